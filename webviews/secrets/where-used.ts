import { isFile, type SecretReference } from '../../shared/api/secrets.ts';
import type { MCPServerDetail } from '../../shared/api/servers.ts';

/** One place that a secret goes to. */
export interface Place {
  serverId: string;
  /** `API_KEY`, `file API_KEY_FILE`, or `header Authorization`. */
  place: string;
  required: boolean;
}

export function placeOf(reference: SecretReference): string {
  if ('header' in reference) return `header ${reference.header}`;
  return `${isFile(reference) ? 'file ' : ''}${reference.environmentVariable}`;
}

/** Where each secret is referred to, by its id. */
export function placesBySecret(
  servers: readonly Pick<MCPServerDetail, 'id' | 'configuration'>[],
): ReadonlyMap<string, readonly Place[]> {
  const found = new Map<string, Place[]>();
  for (const { id, configuration } of servers) {
    for (const reference of configuration.secretReferences) {
      const places = found.get(reference.secretId) ?? [];
      places.push({ serverId: id, place: placeOf(reference), required: reference.required });
      found.set(reference.secretId, places);
    }
  }
  return found;
}
