// Finds secrets by the names that people know them by, and the server that a name belongs to.
import type { ApiClient } from '../../../shared/api/client.ts';
import { problem } from '../../../shared/api/problem.ts';
import { type Secret, SecretName } from '../../../shared/api/secrets.ts';
import { UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { by } from './names.ts';

export const toSecretName = by(SecretName);

export async function tryFindSecret(api: ApiClient, name: string, signal: AbortSignal): Promise<Secret | undefined> {
  const page = await listAll(query => api.listSecrets({ query: { ...query, q: name } }, { signal }));
  return page.items.find(secret => secret.name === name);
}

/** Errors: SECRET_001. */
export async function findSecret(api: ApiClient, name: string, signal: AbortSignal): Promise<Secret> {
  const found = await tryFindSecret(api, name, signal);
  if (found) return found;
  throw problem('SECRET_001', { detail: `No secret is called ${name}.`, next: 'See "quayside secrets ls".' });
}

/** The server whose name a secret's name begins with. Errors: UsageError if there is none. */
export async function serverOf(api: ApiClient, name: string, signal: AbortSignal): Promise<string> {
  const servers = await listAll(query => api.listServers({ query }, { signal }));
  const [longest] = servers.items
    .map(({ id }) => id)
    .filter(id => name.startsWith(`${id}.`))
    .toSorted((a, b) => b.length - a.length);
  if (longest !== undefined) return longest;
  throw new UsageError(
    `No server has the name that ${name} begins with. Add --any-server to store it for every server that refers to it.`,
  );
}
