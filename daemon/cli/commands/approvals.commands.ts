import { type Command, Option } from 'commander';
import { type Approval, type ApprovalRules, ApprovalState, PresetName } from '../../../shared/api/approvals.ts';
import type { ApiClient } from '../../../shared/api/client.ts';
import { readJsonObject } from '../arguments/json-input.ts';
import { by, toCallName, toServerName, toWholeNumber } from '../arguments/names.ts';
import { confirm, readTextFile } from '../arguments/secret-input.ts';
import { findKey } from '../arguments/users.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { safeLine, safeText } from '../terminal/safe-text.ts';
import { renderPairs, renderTable } from '../terminal/table.ts';

const approvalId = ['<id>', 'the approval’s id, which "approvals list" shows'] as const;

export function addApprovalCommands(program: Command, act: Act): void {
  const approvals = program.command('approvals').description('decide about calls that wait for a person');
  approvals
    .command('list', { isDefault: true })
    .description('list the calls that wait')
    .addOption(new Option('--state <state>', 'those in this state').choices(ApprovalState.options).default('waiting'))
    .option('--all', 'those in every state')
    .action(act(listApprovals));
  approvals
    .command('show')
    .description('show the exact call')
    .argument(...approvalId)
    .action(act(showApproval));
  approvals
    .command('approve')
    .description('let a call pass, once')
    .argument(...approvalId)
    .option('--digest <digest>', 'only if it is the call with this digest, which "approvals show" prints')
    .addOption(new Option('--remember <how>', 'also allow the tool to this caller').choices(['session', 'always']))
    .option('--yes', 'do not ask')
    .action(act(approve));
  approvals
    .command('deny')
    .description('refuse a call, or take a grant back')
    .argument(...approvalId)
    .option('--reason <text>', 'what the caller reads', '')
    .action(act(deny));
  approvals
    .command('wait')
    .description('wait until a call is decided; exit code 0 if it was approved, 1 if not')
    .argument(...approvalId)
    .option('--seconds <number>', 'how long at most', toWholeNumber(1, 3_600), 120)
    .action(act(wait));
  addGrantCommand(approvals, act);
  addRuleCommands(approvals, act);
}

function addGrantCommand(approvals: Command, act: Act): void {
  approvals
    .command('grant')
    .description('approve one later call before it is made')
    .argument('<server>', 'the server’s name', toServerName)
    .argument('<tool>', 'the tool’s name, or method:name', toCallName)
    .requiredOption('--for <caller>', 'a key or agent by its name or id; "owner" for the owner')
    .option('--args <json>', 'the exact arguments, @file to read a file, - to read standard input', '{}')
    .option('--besides <json>', 'what else will be sent, exactly: "_meta", "task"; @file or - as above', '{}')
    .option('--any-meta', 'whatever "_meta" says: some clients write a new id into it with each call')
    .option('--seconds <number>', 'how long it is good', toWholeNumber(10, 86_400), 600)
    .action(act(grant));
}

function addRuleCommands(approvals: Command, act: Act): void {
  approvals
    .command('rules')
    .description('show the rules, or replace them with those of a file')
    .option('--from-file <file>', 'JSON with "rules", and maybe "otherwise" and "askSeconds"')
    .action(act(rules));
  approvals
    .command('preset')
    .description('replace the rules with one of the presets')
    .argument('<preset>', PresetName.options.join(', '), by(PresetName))
    .action(act(choosePreset));
  approvals
    .command('explain')
    .description('tell which rule decides about a call, and why')
    .argument('<server>', 'the server’s name', toServerName)
    .argument('<tool>', 'the tool’s name, or method:name', toCallName)
    .option('--args <json>', 'the arguments, @file to read a file, - to read standard input', '{}')
    .addOption(new Option('--kind <kind>', 'who calls').choices(['owner', 'user', 'key', 'agent']).default('agent'))
    .option('--name <name>', 'what the caller is called', '')
    .addOption(new Option('--via <way>', 'how it comes').choices(['mcp', 'api', 'test']).default('mcp'))
    .option('--tainted', 'the session has had a result from the open world')
    .action(act(explain));
}

async function listApprovals(
  context: CommandContext,
  { state, all = false }: { state: ApprovalState; all?: boolean },
): Promise<CommandResult> {
  const api = await context.connect();
  const filter = all ? {} : { state };
  const page = await listAll(query =>
    api.listApprovals({ query: { ...query, ...filter } }, { signal: context.signal }),
  );
  const table = renderTable(
    page.items,
    [
      { heading: 'ID', value: approval => approval.id },
      { heading: 'STATE', value: approval => approval.state },
      { heading: 'CALLER', value: approval => approval.caller.name },
      { heading: 'CALL', value: approval => `${approval.serverId}/${approval.tool}`, colour: () => 'bold' },
      { heading: 'UNTIL', value: approval => approval.expiresAt },
      { heading: 'ARGUMENTS', value: approval => approval.arguments },
    ],
    context.output.look,
  );
  return { document: page, text: page.total === 0 ? 'No call waits for a person.' : table };
}

const read = (api: ApiClient, id: string, { signal }: CommandContext): Promise<Approval> =>
  api.getApproval({ params: { id } }, { signal });

async function showApproval(context: CommandContext, id: string): Promise<CommandResult> {
  const approval = await read(await context.connect(), id, context);
  return { document: approval, text: approvalText(approval, context) };
}

function approvalText(approval: Approval, { output }: CommandContext): string {
  const { readOnly, destructive, openWorld } = approval.annotations;
  const says = [readOnly ? 'reads only' : '', destructive ? 'may destroy' : '', openWorld ? 'open world' : ''];
  const facts = renderPairs(
    [
      ['Call', `${approval.serverId}/${approval.tool}`],
      ['State', `${approval.state}${approval.decidedBy ? `, by ${approval.decidedBy}` : ''}`],
      ['Caller', `${approval.caller.name}${approval.client ? `, ${approval.client}` : ''}`],
      ['Session', approval.session],
      ['Tool says', says.filter(each => each !== '').join(', ')],
      ['Why', `${approval.ruleId ? `rule ${approval.ruleId}: ` : ''}${approval.reason}`],
      ['Until', approval.expiresAt],
      ['Digest', approval.digest],
    ],
    output.style,
  );
  const besides = approval.besides === '' ? '' : `\n\nSent besides:\n${safeText(approval.besides)}`;
  return `${facts}\n\n${safeText(approval.arguments)}${besides}`;
}

interface ApproveOptions {
  digest?: string;
  remember?: 'session' | 'always';
  yes?: boolean;
}

async function approve(context: CommandContext, id: string, options: ApproveOptions): Promise<CommandResult> {
  const api = await context.connect();
  const { remember, yes = false } = options;
  const approval = await read(api, id, context);
  if (!yes && options.digest === undefined) {
    if (!context.output.json) context.output.text(approvalText(approval, context));
    if (!(await confirm(context, 'Let it pass?'))) return { document: approval, text: 'Nothing was decided.' };
  }
  const body = { digest: options.digest ?? approval.digest, ...(remember ? { remember } : {}) };
  const document = await api.approveCall({ params: { id }, body }, { signal: context.signal });
  return { document, text: `Approved ${document.serverId}/${document.tool}, once.` };
}

async function deny(context: CommandContext, id: string, { reason }: { reason: string }): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.denyCall({ params: { id }, body: { reason } }, { signal: context.signal });
  return { document, text: `Denied ${document.serverId}/${document.tool}.` };
}

/** One request waits for half a minute at most; an unfinished one begins the next. */
async function wait(context: CommandContext, id: string, { seconds }: { seconds: number }): Promise<CommandResult> {
  const api = await context.connect();
  const end = performance.now() + seconds * 1_000;
  let approval = await read(api, id, context);
  while (approval.state === 'waiting' && performance.now() < end) {
    const left = Math.max(1, Math.min(30, Math.ceil((end - performance.now()) / 1_000)));
    approval = await api.getApproval({ params: { id }, query: { wait: left } }, { signal: context.signal });
  }
  const isApproved = approval.state === 'used' || approval.state === 'approved';
  const text = `${approval.serverId}/${approval.tool} ${isApproved ? 'was approved' : `is ${approval.state}`}.`;
  return { document: approval, text: safeLine(text), exitCode: isApproved ? exitCodes.ok : exitCodes.differs };
}

interface GrantOptions {
  for: string;
  args: string;
  besides: string;
  anyMeta?: boolean;
  seconds: number;
}

async function grant(
  context: CommandContext,
  serverId: string,
  tool: string,
  options: GrantOptions,
): Promise<CommandResult> {
  if (options.args === '-' && options.besides === '-') throw new UsageError('Standard input is read once.');
  const args = await readJsonObject(options.args, context.stdin);
  const besides = await readJsonObject(options.besides, context.stdin);
  const api = await context.connect();
  const { signal } = context;
  const callerId = options.for === 'owner' ? 'owner' : (await findKey(api, options.for, signal)).id;
  const { anyMeta = false, seconds } = options;
  const body = { serverId, tool, arguments: args, besides, anyMeta, callerId, seconds };
  const document = await api.createGrant({ body }, { signal });
  return {
    document,
    text: `Granted ${serverId}/${tool} to ${safeLine(options.for)}, once, until ${document.expiresAt}.`,
  };
}

async function rules(context: CommandContext, { fromFile }: { fromFile?: string }): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const current = await api.getApprovalRules({ signal });
  if (fromFile === undefined) return { document: current, text: rulesText(current, context) };
  const given = parseRules(await readTextFile(fromFile), fromFile);
  const document = await api.replaceApprovalRules({ body: { ...given, version: current.version } }, { signal });
  return { document, text: rulesText(document, context) };
}

function parseRules(text: string, file: string): Pick<ApprovalRules, 'rules'> {
  try {
    const { rules: list, otherwise, askSeconds } = JSON.parse(text);
    return { rules: list, ...(otherwise ? { otherwise } : {}), ...(askSeconds ? { askSeconds } : {}) };
  } catch {
    throw new UsageError(`${file} is no JSON with rules.`);
  }
}

function rulesText(
  { rules: list, otherwise, askSeconds, preset, problem }: ApprovalRules,
  context: CommandContext,
): string {
  const { output } = context;
  const facts = renderPairs(
    [
      ['Preset', preset ?? 'none: rules of your own'],
      ['Otherwise', otherwise],
      ['Asks for', `${askSeconds} seconds; then the call is denied`],
      ['Problem', problem],
    ],
    output.style,
  );
  if (list.length === 0) return facts;
  const table = renderTable(
    list,
    [
      { heading: 'RULE', value: rule => rule.id },
      { heading: 'THEN', value: rule => rule.verdict },
      { heading: 'WHEN', value: rule => JSON.stringify(rule.when) },
      { heading: 'WHY', value: rule => rule.reason },
    ],
    output.look,
  );
  return `${facts}\n\n${table}`;
}

async function choosePreset(context: CommandContext, name: string): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const { version } = await api.getApprovalRules({ signal });
  const document = await api.replaceApprovalRules({ body: { version, preset: PresetName.parse(name) } }, { signal });
  return { document, text: rulesText(document, context) };
}

interface ExplainOptions {
  args: string;
  kind: 'owner' | 'user' | 'key' | 'agent';
  name: string;
  via: 'mcp' | 'api' | 'test';
  tainted?: boolean;
}

async function explain(
  context: CommandContext,
  serverId: string,
  tool: string,
  { args, kind, name, via, tainted = false }: ExplainOptions,
): Promise<CommandResult> {
  const given = await readJsonObject(args, context.stdin);
  const api = await context.connect();
  const body = { serverId, tool, arguments: given, caller: { kind, name }, via, tainted };
  const document = await api.explainApproval({ body }, { signal: context.signal });
  const trail = document.trail.map(
    ({ ruleId, fits, detail }) => `${fits ? 'fits' : '    '}  ${ruleId}  ${safeLine(detail)}`,
  );
  const verdict = `${document.verdict}: ${safeLine(document.reason)}`;
  return { document, text: [...trail, verdict].join('\n') };
}
