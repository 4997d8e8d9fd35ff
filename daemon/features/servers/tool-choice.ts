// Between the check boxes, which say what is off, and Docker's list, which says what is on.
import { problem } from '../../../shared/api/problem.ts';

export interface ToolChoice {
  /** Docker's list now; null: all tools. */
  allowed: readonly string[] | null;
  /** The tools that are known: by the definition, and by the server itself when it ran. */
  known: readonly string[];
}

/** What the check boxes show as off. */
export function disabledOf({ allowed, known }: ToolChoice): string[] {
  if (allowed === null) return [];
  const on = new Set(allowed);
  return known.filter(name => !on.has(name));
}

/**
 * Docker's list for what shall be off, or undefined if nothing changes. All on is null, so that tools that an update brings
 * are on as well; all off is the empty list. Only what differs from now is changed: a tool that nobody knows keeps its state.
 * Errors: SERVER_010 if all are on, one shall be off, and the others are not known.
 */
export function allowedFor(
  choice: ToolChoice,
  disabled: readonly string[],
  title: string,
): string[] | null | undefined {
  const { allowed, known } = choice;
  const before = new Set(disabledOf(choice));
  const after = new Set(disabled);
  const switchedOff = disabled.filter(name => !before.has(name));
  const switchedOn = [...before].filter(name => !after.has(name));
  if (switchedOff.length === 0 && switchedOn.length === 0) return undefined;
  if (allowed === null) {
    if (known.length === 0) throw unknownTools(title);
    return known.filter(name => !after.has(name));
  }
  const on = [...allowed.filter(name => !after.has(name)), ...switchedOn];
  const isAll = known.length > 0 && known.every(name => on.includes(name)) && disabled.length === 0;
  return isAll ? null : on;
}

const unknownTools = (title: string) =>
  problem('SERVER_010', {
    detail: `The tools of ${title} are not known yet, so one of them cannot be switched off alone.`,
    next: 'Start the server once, so that it can tell its tools.',
    errors: [{ path: '/configuration/disabledTools', message: 'The other tools are not known.' }],
  });
