import type { SecretReference } from '../../shared/api/secrets.ts';
import type { MCPServerDetail } from '../../shared/api/servers.ts';

/** One place that a secret goes to. */
export interface Place {
  serverId: string;
  /** `API_KEY`, or `header Authorization`. */
  place: string;
  required: boolean;
}

export const placeOf = (reference: SecretReference): string =>
  'header' in reference ? `header ${reference.header}` : reference.environmentVariable;

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
