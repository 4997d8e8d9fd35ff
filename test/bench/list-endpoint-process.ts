// The process that is measured: our list of servers with everything that stands before it, and the same rows by Hono and SQLite alone.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { pino } from 'pino';
import { createApp } from '../../daemon/app.ts';
import { compose } from '../../daemon/compose.ts';
import { createAccess } from '../../daemon/features/access/create-access.ts';
import { createAuditRepository } from '../../daemon/features/audit/audit.repository.ts';
import { argon2id } from '../../daemon/features/secrets/key-derivation.ts';
import type { AppEnvironment } from '../../daemon/http/app-environment.ts';
import type { Handlers } from '../../daemon/http/context.ts';
import { systemClock } from '../../daemon/platform/clock.ts';
import { openDatabase } from '../../daemon/storage/database.ts';
import { createSupervisor } from '../../daemon/supervision/create-supervisor.ts';
import { fetchCarrier } from '../../shared/api/carriers.ts';
import { createApiClient } from '../../shared/api/client.ts';
import { createFakeEngine } from '../support/fake-engine.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const rows = 300;
const folder = await createTemporaryFolder('bench-list');
const home = folder.path;
const daemon = compose(
  {
    home,
    socket: join(home, 'daemon.sock'),
    port: 0,
    portFallback: false,
    idleExitSeconds: null,
    logFile: join(home, 'daemon.log'),
    logToOutput: false,
    rateLimits: { strangers: 1_000_000, known: 1_000_000 },
  },
  {
    engine: createFakeEngine(),
    logger: pino({ enabled: false }),
    createSupervisor: events => createSupervisor({ stateFolder: home, version: '0.0.0', events }),
  },
  { onStop: () => {}, onTokenChanged: () => {} },
);

const listen = (fetch: (request: Request, bindings: object) => Response | Promise<Response>): Promise<number> =>
  new Promise(resolve => {
    const server = createServer(getRequestListener((request, bindings) => fetch(request, bindings)));
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
const ours = await listen((request, bindings) => daemon.app.fetch(request, bindings));

/** The same columns, the same page, the same count. */
function createBare(): Hono {
  const database = openDatabase(join(home, 'quayside.db'));
  const page = database.prepare('select * from servers order by title asc, id asc limit ? offset ?');
  const count = database.prepare('select count(*) from servers').pluck();
  const app = new Hono();
  app.get('/servers', c => {
    const limit = Number(c.req.query('limit') ?? 20);
    return c.json({ items: page.all(limit, 0), total: count.get(), page: 1, limit });
  });
  return app;
}
const bareApp = createBare();
const bare = await listen(request => bareApp.fetch(request));

/** The bare rows behind our doors: what border, sign-in, rate limit, policy, audit and validation cost by themselves. */
function createGuarded(): Hono<AppEnvironment> {
  const database = openDatabase(join(home, 'quayside.db'));
  const audit = createAuditRepository(database, systemClock);
  const unused = () => {
    throw new Error('This is not measured.');
  };
  const access = createAccess({
    ...{ database, home, audit, argon2id, clock: systemClock },
    ...{ address: () => null, onTokenChanged: unused, onFailure: unused },
    sealed: { put: unused, get: unused, remove: unused },
    clientSecrets: { check: unused, read: unused },
  });
  const page = database.prepare('select * from servers order by title asc, id asc limit ? offset ?');
  const count = database.prepare('select count(*) from servers').pluck();
  return createApp({
    ...{ audit, authenticator: access, lifelines: access.lifelines, version: '0.0.0', assets: home, onFailure: unused },
    rateLimits: { strangers: 1_000_000, known: 1_000_000 },
    gateway: { fetch: unused } as never,
    openEvents: unused,
    onRequest: () => () => {},
    handlers: {
      listServers: ({ query: { limit } }) =>
        ({ items: page.all(limit, 0), total: count.get(), page: 1, limit }) as never,
    } satisfies Partial<Handlers> as unknown as Handlers,
  });
}

daemon.reachedAt({ url: `http://127.0.0.1:${ours}`, port: ours }, []);
const baseUrl = `http://127.0.0.1:${ours}`;
const api = createApiClient(fetchCarrier({ fetch: fetch as never, baseUrl, token: daemon.token }));
for (let number = 0; number < rows; number++) {
  await api.createServer({ body: { type: 'command', id: `server-${number}`, command: process.execPath } });
}
const password = 'a password for benchmarks';
await api.createUser({ body: { name: 'ada', roles: ['viewer'], password } });
const { accessToken } = await api.createTokens({ body: { grant: 'password', name: 'ada', password } });
const { secret } = await api.createKey({ body: { name: 'bench', kind: 'key', roles: ['viewer'] } });
// Only now: it reads the keys of tokens, which the daemon has made meanwhile.
const guardedApp = createGuarded();
const guarded = await listen((request, bindings) => guardedApp.fetch(request, bindings));
process.send?.({ ours, bare, guarded, tokens: { owner: daemon.token, key: secret, jwt: accessToken } });

process.on('message', async message => {
  if (message === 'cpu') process.send?.({ cpu: process.cpuUsage() });
  if (message !== 'end') return;
  await daemon.close('the end of a benchmark');
  await folder.remove();
  process.exit(0);
});
