// Where a value could lie that nobody should find: files, command lines, answers.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { socketCarrier } from '../../../shared/api/carriers.ts';
import { createApiClient } from '../../../shared/api/client.ts';
import { operationIds, routes } from '../../../shared/api/routes.ts';
import type { CommandLine } from './command-line.ts';

export function filesBelow(folder: string): [path: string, content: Buffer][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => {
      const path = join(entry.parentPath, entry.name);
      return [path, readFileSync(path)];
    });
}

export function allCommandLines(): [place: string, content: Buffer][] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => {
      try {
        return [[`command line of ${pid}`, readFileSync(`/proc/${pid}/cmdline`)] as [string, Buffer]];
      } catch {
        return [];
      }
    });
}

/** What each route that only reads answers, for every server and secret. */
export async function everyAnswer(quayside: CommandLine): Promise<[name: string, text: string][]> {
  const found = await quayside.discovery();
  assert.ok(found);
  const { socket, token } = found;
  const api = createApiClient(socketCarrier({ request, endpoint: async () => ({ socketPath: socket, token }) }));
  const ids = {
    servers: (await api.listServers()).items.map(({ id }) => id),
    secrets: (await api.listSecrets()).items.map(({ id }) => id),
  };
  const answers: [string, string][] = [];
  for (const operationId of operationIds) {
    const route = routes[operationId];
    if (route.method !== 'get' || operationId === 'streamEvents' || operationId === 'getToken') continue;
    const which = route.path.startsWith('/secrets/') ? ids.secrets : route.path.includes('{') ? ids.servers : [''];
    for (const id of which) {
      const call = api[operationId] as (input: object) => Promise<unknown>;
      const answer = await call({ params: { id } }).catch((error: unknown) => String(error));
      answers.push([`${operationId} ${id}`, JSON.stringify(answer)]);
    }
  }
  return answers;
}
