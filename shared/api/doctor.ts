import * as z from 'zod';
import type { Route } from './route.ts';

export const DoctorCheck = z
  .object({
    id: z.string().describe('Stable, for example docker.plugin'),
    title: z.string().describe('The question that it answers, as a short statement: "docker mcp is installed"'),
    state: z.enum(['ok', 'warning', 'error', 'skipped']),
    detail: z.string().describe('What was found'),
    cause: z.string().nullable().describe('Why that is a problem, or why the check was skipped'),
    fix: z
      .object({
        label: z.string().describe('On a button: "Remove 2 orphan containers"'),
        id: z.string().nullable().describe('What to hand to POST /doctor/fixes; null: the person has to do it'),
        command: z.string().nullable().describe('A command that the person can run'),
      })
      .nullable(),
    link: z.url().nullable(),
    durationMs: z.number(),
  })
  .meta({ id: 'DoctorCheck' });
export type DoctorCheck = z.infer<typeof DoctorCheck>;

export const DoctorReport = z
  .object({
    state: z.enum(['ok', 'warning', 'error']),
    checks: z.array(DoctorCheck),
    startedAt: z.iso.datetime(),
    durationMs: z.number(),
  })
  .meta({ id: 'DoctorReport' });
export type DoctorReport = z.infer<typeof DoctorReport>;

export const SupportBundle = z
  .object({
    fileName: z.string(),
    mediaType: z.literal('application/zip'),
    base64: z.string(),
    bytes: z.int(),
    contents: z.array(z.object({ name: z.string(), bytes: z.int(), about: z.string() })),
  })
  .meta({ id: 'SupportBundle', description: 'A zip with what a helper needs to know, without secrets' });
export type SupportBundle = z.infer<typeof SupportBundle>;

export const runDoctor = {
  method: 'post',
  path: '/doctor',
  summary: 'Check everything that servers need, in order, and say how to mend it',
  permission: 'daemon:read',
  audited: false,
  status: 200,
  response: DoctorReport,
  problems: [],
} as const satisfies Route;

export const applyDoctorFix = {
  method: 'post',
  path: '/doctor/fixes',
  summary: 'Apply a fix that the doctor offers, and check that point again',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['id'],
  body: z.object({ id: z.string().min(1).max(128) }).strict(),
  status: 200,
  response: DoctorCheck,
  problems: ['DOCTOR_001', 'DOCTOR_002'],
} as const satisfies Route;

export const makeSupportBundle = {
  method: 'post',
  path: '/doctor/bundle',
  summary: 'Make a support bundle: report, versions, states and logs, without secrets',
  permission: 'daemon:manage',
  audited: true,
  status: 200,
  response: SupportBundle,
  problems: [],
} as const satisfies Route;
