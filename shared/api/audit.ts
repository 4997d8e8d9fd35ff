import * as z from 'zod';
import { pageOf, pageQuery, type Route } from './route.ts';

/** A field that an act has changed. null: it was not there, or is not there any more. */
export const AuditChange = z
  .object({
    field: z.string().describe('For example roles, or limits.startSeconds'),
    before: z.string().nullable(),
    after: z.string().nullable().describe('••• stands for a value that may be secret: it is nowhere in the log'),
  })
  .meta({ id: 'AuditChange' });
export type AuditChange = z.infer<typeof AuditChange>;

/** For a person: `roles: viewer → admin`. */
export const describeChange = ({ field, before, after }: AuditChange): string =>
  `${field}: ${before ?? 'nothing'} → ${after ?? 'nothing'}`;

export const AuditEntry = z
  .object({
    id: z.int(),
    at: z.iso.datetime(),
    principal: z.string(),
    action: z.string().describe('The operation, for example startServer'),
    resource: z.string().nullable(),
    outcome: z.enum(['allowed', 'denied', 'failed']),
    code: z.string().nullable().describe('The problem’s code, if it was denied or failed'),
    requestId: z.string().nullable(),
    changes: z.array(AuditChange).describe('What it has changed, as far as it is recorded; empty: nothing'),
    hash: z.string().describe('SHA-256 over this entry and the hash before it'),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditVerification = z
  .object({
    ok: z.boolean(),
    entries: z.int(),
    brokenAt: z.int().nullable().describe('The first entry that does not fit its predecessor'),
    anchors: z.int().describe('How many anchors outside of the database were compared'),
    detail: z.string(),
  })
  .meta({ id: 'AuditVerification' });
export type AuditVerification = z.infer<typeof AuditVerification>;

const filter = {
  outcome: AuditEntry.shape.outcome.optional(),
  q: z.string().max(200).optional().describe('Part of the action, the resource or the principal'),
  action: z.string().max(100).optional(),
  principal: z.string().max(200).optional().describe('How it begins'),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
};

export const listAudit = {
  method: 'get',
  path: '/audit',
  summary: 'List who did what, the newest first unless asked otherwise',
  permission: 'audit:read',
  audited: false,
  query: pageQuery(['id']).extend({
    sort_order: z.enum(['asc', 'desc']).default('desc'),
    ...filter,
  }),
  status: 200,
  response: pageOf(AuditEntry),
  problems: [],
} as const satisfies Route;

export const verifyAudit = {
  method: 'get',
  path: '/audit/verify',
  summary: 'Check that no audit entry was changed or removed',
  permission: 'audit:read',
  audited: false,
  status: 200,
  response: AuditVerification,
  problems: [],
} as const satisfies Route;

export const exportAudit = {
  method: 'get',
  path: '/audit/export',
  summary: 'Export the audit log in order, piece by piece, as JSON lines or CEF',
  permission: 'audit:read',
  audited: true,
  query: z.object({
    ...filter,
    format: z.enum(['jsonl', 'cef']).default('jsonl'),
    after: z.coerce.number().int().min(0).default(0).describe('The number of the last entry that the caller has'),
  }),
  status: 200,
  response: z.object({
    text: z.string(),
    entries: z.int(),
    next: z.int().nullable().describe('What to hand back as after; null: that was all'),
  }),
  problems: [],
} as const satisfies Route;
