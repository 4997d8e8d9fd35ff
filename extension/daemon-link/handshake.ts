import { compareVersions } from '../../shared/domain/versions.ts';

export interface VersionPair {
  version: string;
  apiVersion: number;
}

/**
 * What to do about a daemon that runs already. `replace`: it is older, so stop it and start ours; its state stays.
 * `refuse`: it is newer and speaks another API. Replacing it would set two windows of different versions against
 * each other, and an old daemon cannot read a newer database.
 */
export function decideHandshake(ours: VersionPair, theirs: VersionPair): 'use' | 'replace' | 'refuse' {
  const order = compareVersions(theirs.version, ours.version);
  if (order < 0) return 'replace';
  if (theirs.apiVersion === ours.apiVersion) return 'use';
  return order > 0 ? 'refuse' : 'replace';
}
