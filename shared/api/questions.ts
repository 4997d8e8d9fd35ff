// What servers ask while a watched call of them runs.
import * as z from 'zod';
import { Name } from '../domain/names.ts';
import type { Route } from './route.ts';

export const Question = z
  .object({
    id: z.string(),
    callId: z.string(),
    serverId: Name,
    kind: z.enum(['sampling', 'elicitation', 'roots']),
    request: z.record(z.string(), z.unknown()).describe('What the server asks, as it sent it; it is hostile'),
    askedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Question', description: 'Something that a server asks while a watched call of it runs.' });
export type Question = z.infer<typeof Question>;

export const listQuestions = {
  method: 'get',
  path: '/questions',
  summary: 'List what servers ask in the middle of your watched calls',
  permission: 'tools:call',
  audited: false,
  query: z.object({ call: z.uuid().optional() }),
  status: 200,
  response: z.object({ items: z.array(Question) }),
  problems: [],
} as const satisfies Route;

export const QuestionAnswer = z
  .object({
    action: z.enum(['accept', 'decline', 'cancel']),
    content: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('elicitation: what was filled in. sampling: role, content, model. roots: roots'),
  })
  .strict()
  .meta({ id: 'QuestionAnswer' });
export type QuestionAnswer = z.infer<typeof QuestionAnswer>;

export const answerQuestion = {
  method: 'post',
  path: '/questions/{id}/answer',
  summary: 'Answer a server, decline, or cancel',
  permission: 'tools:call',
  audited: true,
  auditedFields: ['action'],
  params: z.object({ id: z.uuid() }),
  body: QuestionAnswer,
  status: 200,
  response: z.object({}),
  problems: ['CALL_003'],
} as const satisfies Route;
