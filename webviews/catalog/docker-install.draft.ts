// The secrets that a Docker server declares, while a person decides where each comes from. Pure: no value is ever in here.
import type { Secret, SecretReference } from '../../shared/api/secrets.ts';
import type { SecretSlot } from '../../shared/api/server-configuration.ts';

/** Where a slot's value comes from: typed now, a stored secret by its id, or nowhere for now. */
export type SlotChoice = { kind: 'new' } | { kind: 'stored'; secretId: string } | { kind: 'later' };

export const newValue = 'new';
export const later = 'later';

export const toChoice = (text: string): SlotChoice =>
  text === newValue ? { kind: 'new' } : text === later ? { kind: 'later' } : { kind: 'stored', secretId: text };

export const fromChoice = (choice: SlotChoice): string => (choice.kind === 'stored' ? choice.secretId : choice.kind);

/** A stored secret that is called as this server's would be, else a new value. */
export function firstChoice(slot: SecretSlot, secrets: readonly Secret[]): SlotChoice {
  const known = secrets.find(({ name }) => name === slot.name.toLowerCase());
  if (known) return { kind: 'stored', secretId: known.id };
  return slot.required ? { kind: 'new' } : { kind: 'later' };
}

/** The name of a new secret for a slot: Docker's own if the vault can hold it and has it not yet. */
export function nameForSlot(slot: SecretSlot, serverId: string, taken: readonly string[]): string {
  const clean = slot.name.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
  const wanted = /^[a-z0-9][a-z0-9._-]*\.[a-z0-9_-]+$/.test(clean)
    ? clean
    : `${serverId}.${slot.environmentVariable.toLowerCase()}`;
  let name = wanted;
  for (let number = 2; taken.includes(name); number++) name = `${wanted}-${number}`;
  return name;
}

/** What is missing before an install may be sent. `characters`: how long the typed value is. */
export const slotError = (slot: SecretSlot, choice: SlotChoice, characters: number): string | undefined =>
  choice.kind === 'new' && characters === 0
    ? slot.required
      ? 'A value is missing. The server is not started without it.'
      : 'A value is missing. Choose “Later” to leave it out for now.'
    : undefined;

export const referenceFor = (slot: SecretSlot, secretId: string): SecretReference => ({
  secretId,
  environmentVariable: slot.environmentVariable,
  required: slot.required,
});
