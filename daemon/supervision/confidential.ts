// Takes the secrets that a server was given out of what it tells of itself, because that is stored and shown.
// What its tools answer is another matter: that goes to whoever called, as the server sent it.
import type { LaunchPlan } from '../engines/engine.ts';
import { formsOf } from './redact.ts';
import type { McpSession } from './session.ts';

/** A shorter value is found in ordinary words, which would be damaged. */
const shortest = 8;

/** A function that returns the same value with the plan's secrets gone from every text in it. */
export function createHider({ confidential = [] }: LaunchPlan): <T>(value: T) => T {
  const forms = confidential
    .flatMap(formsOf)
    .filter(form => form.length >= shortest)
    .toSorted((a, b) => b.length - a.length);
  if (forms.length === 0) return value => value;
  const hide = (text: string): string => forms.reduce((rest, form) => rest.replaceAll(form, '•••'), text);
  return value => mapTexts(value, hide) as typeof value;
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map(item => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [change(key), mapTexts(member, change)]));
}

/** The session with its lists cleaned. */
export const hideInLists = (session: McpSession, hide: <T>(value: T) => T): McpSession => ({
  ...session,
  listTools: async options => hide(await session.listTools(options)),
  listResources: async options => hide(await session.listResources(options)),
  listPrompts: async options => hide(await session.listPrompts(options)),
});
