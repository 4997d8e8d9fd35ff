// What `bw --response` prints: one JSON document, whether it worked or not.
import * as z from 'zod';
import type { BitwardenItem, BitwardenStatus } from '../bitwarden-account.ts';

const Envelope = z.union([
  z.object({ success: z.literal(true), data: z.unknown() }),
  z.object({ success: z.literal(false), message: z.string().catch('') }),
]);
export type BwAnswer = { success: true; data: unknown } | { success: false; message: string };

/** Errors: SyntaxError, ZodError. */
export const readAnswer = (text: string): BwAnswer => Envelope.parse(JSON.parse(text));

const text = z
  .string()
  .nullish()
  .transform(value => value ?? null);

/** What `login` and `unlock` answer: the key that opens the vault for commands after it. */
export const SessionAnswer = z.object({ raw: z.base64().min(40).max(200) }).transform(({ raw }) => raw);

export const StatusAnswer = z
  .object({
    template: z.object({
      serverUrl: text,
      lastSync: text,
      userEmail: text,
      userId: text,
      status: z.enum(['unauthenticated', 'locked', 'unlocked']),
    }),
  })
  .transform(
    ({ template }): BitwardenStatus => ({
      state: template.status === 'unauthenticated' ? 'logged-out' : template.status,
      serverUrl: template.serverUrl,
      email: template.userEmail,
      userId: template.userId,
      lastSyncAt: template.lastSync,
    }),
  );

/** CipherType of Bitwarden’s API. */
const kinds: Record<number, BitwardenItem['kind']> = { 1: 'login', 2: 'note', 3: 'card', 4: 'identity', 5: 'ssh-key' };

const Item = z
  .object({
    id: z.string().min(1).max(64),
    name: text,
    type: z.int(),
    notes: text,
    reprompt: z.int().nullish(),
    login: z.object({ username: text, password: text, totp: text }).nullish(),
    fields: z.array(z.object({ name: text, value: text })).nullish(),
    attachments: z.array(z.unknown()).nullish(),
  })
  .transform(
    (item): BitwardenItem => ({
      id: item.id,
      name: item.name ?? '',
      kind: kinds[item.type] ?? 'other',
      login: item.login ?? null,
      notes: item.notes,
      fields: (item.fields ?? []).map(({ name, value }) => ({ name: name ?? '', value })),
      attachments: item.attachments?.length ?? 0,
      asksAgain: item.reprompt === 1,
    }),
  );

export const ItemsAnswer = z.object({ data: z.array(Item) }).transform(({ data }) => data);
