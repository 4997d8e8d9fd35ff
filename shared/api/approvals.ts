// Who has to be asked before a call: rules as data, requests that wait for a person, and grants that are used once.
import * as z from 'zod';
import { CallName } from '../domain/call-name.ts';
import { Name } from '../domain/names.ts';
import { Digest } from './locks.ts';
import { pageOf, pageQuery, type Route } from './route.ts';

const Glob = z.string().min(1).max(200).describe('* stands for any characters, ? for one; everything else is itself');
const CallerKind = z.enum(['owner', 'user', 'key', 'agent']);
const Via = z.enum(['mcp', 'api', 'test']);

export const ArgumentTest = z
  .object({
    pointer: z
      .string()
      .max(500)
      .regex(/^(?:\/(?:[^~/]|~[01])*)*$/, 'A JSON Pointer is empty or starts with a slash (RFC 6901).')
      .optional()
      .describe('One place in the arguments, for example /path'),
    jsonPath: z
      .string()
      .max(200)
      .optional()
      .describe('Several places (RFC 9535), for example $.files[*].path; without match() and search()'),
    exists: z.boolean().optional(),
    // Any JSON. Not z.json(): it refers to itself, and the OpenAPI document would never end.
    equals: z.unknown().optional(),
    glob: Glob.optional(),
    regex: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe(
        'Found anywhere unless it has ^ and $; (?i) at the start for any case. As in JavaScript with the flag u, but no references and no look-around',
      ),
  })
  .strict()
  .refine(
    ({ pointer, jsonPath }) => (pointer === undefined) !== (jsonPath === undefined),
    'Give either pointer or jsonPath.',
  )
  .refine(
    ({ exists, equals, glob, regex }) => [exists, equals, glob, regex].filter(each => each !== undefined).length === 1,
    'Give one of exists, equals, glob and regex.',
  )
  .meta({
    id: 'ArgumentTest',
    description:
      'Of a rule that asks or denies, one value that fits is enough. Of a rule that allows, every value has to fit and there has to be one.',
  });
export type ArgumentTest = z.infer<typeof ArgumentTest>;

export const RuleConditions = z
  .object({
    server: Glob.optional(),
    tool: Glob.optional().describe(
      'The server’s own name of the tool; method:name for a method that the protocol does not know',
    ),
    annotations: z
      .object({ readOnly: z.boolean(), destructive: z.boolean(), openWorld: z.boolean() })
      .partial()
      .strict()
      .optional()
      .describe(
        'What the server says of its tool. A hint that is missing is: not read-only, destructive, open world. A hostile server may lie.',
      ),
    arguments: z.array(ArgumentTest).min(1).max(20).optional().describe('All have to hold'),
    caller: z
      .object({ id: z.string().max(200), kind: z.array(CallerKind).min(1).max(4), name: Glob })
      .partial()
      .strict()
      .optional(),
    via: z.array(Via).min(1).max(3).optional(),
    tainted: z
      .boolean()
      .optional()
      .describe('The session has had a result of an open-world tool before: what it does next may be another’s wish'),
  })
  .strict()
  .meta({ id: 'RuleConditions', description: 'All that are given have to hold; none: every call' });
export type RuleConditions = z.infer<typeof RuleConditions>;

export const RuleVerdict = z.enum(['allow', 'ask', 'deny']).meta({ id: 'RuleVerdict' });
export type RuleVerdict = z.infer<typeof RuleVerdict>;

export const ApprovalRule = z
  .object({
    id: Name,
    when: RuleConditions,
    verdict: RuleVerdict,
    reason: z.string().max(300).describe('Shown to whoever is asked or denied'),
  })
  .strict()
  .meta({ id: 'ApprovalRule' });
export type ApprovalRule = z.infer<typeof ApprovalRule>;

export const presets = ['off', 'ask-destructive', 'ask-all-writes', 'read-only'] as const;
export const PresetName = z.enum(presets).meta({ id: 'ApprovalPreset' });
export type PresetName = z.infer<typeof PresetName>;

/** Of what the rules are made. Rules of another format than this are not guessed at: they deny every call. */
export const ruleFormat = 1;

export const mostRules = 200;

const ruleSetFields = {
  rules: z
    .array(ApprovalRule)
    .max(mostRules)
    .refine(rules => new Set(rules.map(({ id }) => id)).size === rules.length, 'Two rules have the same id.')
    .describe('Looked at in order; the first that fits decides'),
  otherwise: RuleVerdict.describe('What holds where no rule fits'),
  askSeconds: z.int().min(5).max(3_600).describe('How long a person is waited for; then the call is denied'),
};

export const RuleSet = z
  .object({ format: z.literal(ruleFormat), ...ruleSetFields })
  .strict()
  .meta({ id: 'ApprovalRuleSet' });
export type RuleSet = z.infer<typeof RuleSet>;

export const ApprovalRules = z
  .object({
    version: z.int().describe('Counts changes; to be given back with a change'),
    format: z.int(),
    preset: PresetName.nullable().describe('null: rules of one’s own'),
    ...ruleSetFields,
    problem: z.string().nullable().describe('Why the stored rules cannot be used; every call is denied then'),
    changedAt: z.iso.datetime().nullable(),
    changedBy: z.string().nullable(),
    presets: z.array(z.object({ name: PresetName, title: z.string(), detail: z.string() })),
  })
  .meta({ id: 'ApprovalRules' });
export type ApprovalRules = z.infer<typeof ApprovalRules>;

export const ApprovalState = z
  .enum(['waiting', 'approved', 'used', 'denied', 'expired', 'withdrawn'])
  .meta({ id: 'ApprovalState' });
export type ApprovalState = z.infer<typeof ApprovalState>;

export const Approval = z
  .object({
    id: z.string().describe('Of a call that waits: the call’s own id'),
    kind: z.enum(['call', 'grant']).describe('call: somebody waits for an answer; grant: given before the call'),
    state: ApprovalState,
    serverId: Name,
    tool: z.string(),
    arguments: z
      .string()
      .describe(
        'The exact arguments as indented JSON; values of the vault are taken out, what is invisible is written out',
      ),
    besides: z
      .string()
      .describe(
        'What else reaches the server, in the same form: _meta, task and other params; empty if there is nothing',
      ),
    digest: Digest.describe(
      'Of server, tool, arguments, what else is sent, caller and session: what a decision is bound to',
    ),
    caller: z.object({ id: z.string(), kind: z.string(), name: z.string() }),
    session: z.string().nullable().describe('A mark to tell sessions apart; not the session’s id'),
    client: z.string().nullable().describe('What the client calls itself'),
    via: z.string().nullable(),
    annotations: z.object({ readOnly: z.boolean(), destructive: z.boolean(), openWorld: z.boolean() }),
    ruleId: z.string().nullable(),
    reason: z.string(),
    askedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    decidedAt: z.iso.datetime().nullable(),
    decidedBy: z.string().nullable(),
    decision: z.string().nullable().describe('What whoever decided said'),
    usedBy: z.string().nullable().describe('The id of the call that used the grant'),
  })
  .meta({ id: 'Approval' });
export type Approval = z.infer<typeof Approval>;

const ApprovalParams = z.object({ id: z.string().min(1).max(64) });
const one = { params: ApprovalParams, status: 200, response: Approval } as const;

export const listApprovals = {
  method: 'get',
  path: '/approvals',
  summary: 'List the calls that wait for a person, and those that were decided',
  permission: 'approvals:read',
  audited: false,
  query: pageQuery(['asked_at']).extend({ state: ApprovalState.optional(), server_id: Name.optional() }),
  status: 200,
  response: pageOf(Approval),
  problems: [],
} as const satisfies Route;

export const getApproval = {
  ...one,
  method: 'get',
  path: '/approvals/{id}',
  summary: 'Show one approval, or wait until it is decided',
  permission: 'approvals:read',
  audited: false,
  query: z.object({
    wait: z.coerce.number().int().min(0).max(60).default(0).describe('Seconds to wait while nobody has decided'),
  }),
  problems: ['APPROVAL_002'],
} as const satisfies Route;

export const approveCall = {
  ...one,
  method: 'post',
  path: '/approvals/{id}/approve',
  summary: 'Let the call that waits pass, once',
  permission: 'approvals:decide',
  audited: true,
  body: z
    .object({
      digest: Digest.describe('Of the call that the person has seen'),
      remember: z
        .enum(['session', 'always'])
        .optional()
        .describe(
          'Also make it a rule for this caller and tool: for its session, or for good (needs approvals:manage)',
        ),
    })
    .strict(),
  auditedFields: ['digest', 'remember'],
  problems: ['APPROVAL_002', 'APPROVAL_003', 'APPROVAL_005', 'ACCESS_002', 'ACCESS_007'],
} as const satisfies Route;

export const denyCall = {
  ...one,
  method: 'post',
  path: '/approvals/{id}/deny',
  summary: 'Refuse the call that waits, or take a grant back',
  permission: 'approvals:decide',
  audited: true,
  body: z.object({ reason: z.string().max(300).default('') }).strict(),
  problems: ['APPROVAL_002', 'APPROVAL_003'],
} as const satisfies Route;

export const createGrant = {
  method: 'post',
  path: '/approvals',
  summary: 'Approve one later call before it is made',
  permission: 'approvals:decide',
  audited: true,
  auditedFields: ['serverId', 'tool', 'callerId'],
  body: z
    .object({
      serverId: Name,
      tool: CallName,
      arguments: z.record(z.string(), z.unknown()).default({}),
      besides: z
        .record(z.string(), z.unknown())
        .default({})
        .describe('What else the client will send, exactly: _meta, task and other params'),
      anyMeta: z
        .boolean()
        .default(false)
        .describe('Whatever _meta says: some clients write a new id into it with each call'),
      callerId: z.string().min(1).max(200).describe('Of the user, key or agent that will call; "owner" for the owner'),
      seconds: z.int().min(10).max(86_400).default(600).describe('How long it is good'),
    })
    .strict(),
  status: 201,
  response: Approval,
  problems: ['SERVER_001'],
} as const satisfies Route;

export const getApprovalRules = {
  method: 'get',
  path: '/approval-rules',
  summary: 'Read the rules that decide which calls wait for a person',
  permission: 'approvals:read',
  audited: false,
  status: 200,
  response: ApprovalRules,
  problems: [],
} as const satisfies Route;

export const replaceApprovalRules = {
  method: 'put',
  path: '/approval-rules',
  summary: 'Replace the rules, or choose a preset',
  permission: 'approvals:manage',
  audited: true,
  auditedFields: ['version', 'preset'],
  body: z
    .union([
      z.object({ version: z.int(), preset: PresetName, askSeconds: ruleSetFields.askSeconds.optional() }).strict(),
      z
        .object({
          version: z.int(),
          rules: ruleSetFields.rules,
          otherwise: ruleSetFields.otherwise.optional(),
          askSeconds: ruleSetFields.askSeconds.optional(),
        })
        .strict(),
    ])
    .meta({ id: 'ApprovalRulesChange' }),
  status: 200,
  response: ApprovalRules,
  problems: ['APPROVAL_004'],
} as const satisfies Route;

export const explainApproval = {
  method: 'post',
  path: '/approval-rules/explain',
  summary: 'Tell which rule decides about a call, and why',
  permission: 'approvals:read',
  audited: false,
  body: z
    .object({
      serverId: Name,
      tool: CallName,
      arguments: z.record(z.string(), z.unknown()).default({}),
      caller: z
        .object({
          id: z.string().max(200).default(''),
          kind: CallerKind.default('agent'),
          name: z.string().max(200).default(''),
        })
        .strict()
        .default({ id: '', kind: 'agent', name: '' }),
      via: Via.default('mcp'),
      tainted: z.boolean().default(false),
    })
    .strict(),
  status: 200,
  response: z
    .object({
      verdict: RuleVerdict,
      ruleId: z.string().nullable().describe('null: no rule fits'),
      reason: z.string(),
      annotations: Approval.shape.annotations,
      trail: z.array(z.object({ ruleId: z.string(), fits: z.boolean(), detail: z.string() })),
    })
    .meta({ id: 'ApprovalExplanation' }),
  problems: [],
} as const satisfies Route;
