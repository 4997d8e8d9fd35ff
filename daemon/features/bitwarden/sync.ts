// Compares the vault with Bitwarden, mapping by mapping, and takes over what is different: one way, values unseen.
import type { BitwardenMapping, BitwardenSync } from '../../../shared/api/bitwarden.ts';
import { isProblemError, type ProblemCode } from '../../../shared/api/problem.ts';
import type { BitwardenItem } from '../../engines/bitwarden-account.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import type { BitwardenRepository, StoredAccount } from './bitwarden.repository.ts';
import { partValue } from './item-parts.ts';

/** The vault, which tells whether a value is the same and never what it is. */
export interface SynchronisedSecrets {
  find(name: string): { id: string; serverId: string | null } | undefined;
  serverExists(id: string): boolean;
  ensureOpen(): void;
  matches(id: string, value: string): boolean;
  hasValue(id: string): boolean;
  put(secret: { id: string | null; name: string; serverId: string | null; value: string }): string;
  takeAway(id: string): boolean;
  release(id: string): void;
}

type Row = BitwardenSync['items'][number];

/** What is to be done for one mapping. */
export interface Step extends Row {
  mapping: BitwardenMapping;
  /** The secret that is there already. */
  secretId: string | null;
  value: string | null;
}

/** Errors: those of `matches`. */
export function planSync(
  mappings: readonly BitwardenMapping[],
  items: readonly BitwardenItem[],
  secrets: Pick<SynchronisedSecrets, 'find' | 'hasValue' | 'matches'>,
): Step[] {
  const byId = new Map(items.map(item => [item.id, item]));
  return mappings.map(mapping => {
    const item = byId.get(mapping.itemId);
    const secretId = mapping.secretId ?? secrets.find(mapping.secretName)?.id ?? null;
    const { id: mappingId, secretName, part } = mapping;
    const row = { mapping, mappingId, secretName, part, itemName: item?.name ?? mapping.itemName, secretId };
    const found = item ? partValue(item, part) : { gone: 'The item is not in Bitwarden any more.' };
    if ('refused' in found) return { ...row, change: 'refused', reason: found.refused, value: null };
    if ('gone' in found) {
      // Only what came from there goes with it.
      const isOurs = mapping.secretId !== null && secrets.hasValue(mapping.secretId);
      return { ...row, change: isOurs ? 'removed' : 'refused', reason: found.gone, value: null };
    }
    const { value } = found;
    if (secretId === null || !secrets.hasValue(secretId)) return { ...row, change: 'added', reason: null, value };
    const isSame = secrets.matches(secretId, value);
    return { ...row, change: isSame ? 'unchanged' : 'changed', reason: null, value };
  });
}

export interface ApplyOptions {
  repository: BitwardenRepository;
  secrets: SynchronisedSecrets;
  audit: AuditSink;
  now: () => string;
}

export interface ApplyBy {
  principal: string;
  requestId: string | null;
  /** A schedule adds and changes; to take away is a person’s decision. */
  mayRemove: boolean;
}

/** Does the steps one by one. One that fails stays as it was, and says why. */
export function applySync(steps: readonly Step[], by: ApplyBy, options: ApplyOptions): Row[] {
  const { repository, secrets, audit, now } = options;
  const record = (step: Step, code: ProblemCode | null): void => {
    audit.record({
      principal: by.principal,
      action: 'syncSecret',
      resource: `${step.secretName}: ${step.change}`,
      outcome: code === null ? 'allowed' : 'failed',
      code,
      requestId: by.requestId,
    });
  };
  const synced = (step: Step, secretId: string | null): void =>
    repository.updateMapping({
      id: step.mappingId,
      itemName: step.itemName,
      secretId,
      syncedAt: now(),
      state: 'synced',
      reason: null,
    });
  const left = (step: Step, state: 'gone' | 'refused', reason: string | null): Row => {
    const { mapping, itemName } = step;
    // It may have been deleted, by us or by a person.
    const isThere = mapping.secretId !== null && secrets.find(mapping.secretName)?.id === mapping.secretId;
    repository.updateMapping({ ...mapping, itemName, state, reason, secretId: isThere ? mapping.secretId : null });
    return { ...toRow(step), reason };
  };
  const put = (step: Step, value: string): Row => {
    const { secretId, secretName, mapping } = step;
    synced(step, secrets.put({ id: secretId, name: secretName, serverId: mapping.serverId, value }));
    record(step, null);
    return toRow(step);
  };

  return steps.map(step => {
    try {
      if (step.change === 'removed') {
        if (by.mayRemove && step.secretId !== null && secrets.takeAway(step.secretId)) record(step, null);
        return left(step, 'gone', step.reason);
      }
      if (step.value === null) return left(step, 'refused', step.reason);
      if (step.change !== 'unchanged') return put(step, step.value);
      synced(step, step.secretId);
      return toRow(step);
    } catch (error) {
      if (!isProblemError(error)) throw error;
      record(step, error.code);
      return { ...left(step, 'refused', error.problem.detail ?? error.code), change: 'refused' };
    }
  });
}

/** The step as it is told. */
export const toRow = ({ mappingId, secretName, itemName, part, change, reason }: Row): Row => ({
  mappingId,
  secretName,
  itemName,
  part,
  change,
  reason,
});

export function summarise(rows: readonly Row[]): NonNullable<StoredAccount['lastSync']> {
  const summary = { added: 0, changed: 0, removed: 0, unchanged: 0, refused: 0 };
  for (const { change } of rows) summary[change] += 1;
  return summary;
}
