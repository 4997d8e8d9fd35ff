// npm run code-server: the whole product in a browser, on a machine without VS Code. Ctrl-C ends it.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Discovery, discoveryFile } from '../../../shared/domain/discovery.ts';
import { packExtension, vsixFile } from '../package.ts';
import { signal } from '../processes.ts';
import { cacheFolder, ensureCodeServer } from './install.ts';
import { installExtension, startCodeServer } from './server.ts';

const usualPort = 8443;

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

const kept = (names: string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap(name => (process.env[name] ? [[name, process.env[name]]] : [])));

/** A daemon that was started from this code-server ends with it; one that somebody started to stay is left alone. */
async function endOwnDaemon(since: Date): Promise<void> {
  try {
    const place = { platform: process.platform, home: homedir(), environment: process.env };
    const found = Discovery.parse(JSON.parse(await readFile(discoveryFile(place), 'utf8')));
    if (!found.persistent && new Date(found.startedAt) >= since) signal(found.pid, 'SIGTERM');
  } catch {
    // There is none.
  }
}

async function serve(): Promise<void> {
  const since = new Date();
  const asked = Number(process.env['PORT'] ?? usualPort);
  const port = (await isFree(asked)) ? asked : 0;
  if (port === 0 && asked !== 0) console.log(`Port ${asked} is taken by another program; using a free one.`);
  await ensureCodeServer(console.log);
  console.log('Packing and installing the extension ...');
  await packExtension();
  const folder = join(cacheFolder(), 'code-server-data');
  await installExtension(vsixFile, folder);
  const server = await startCodeServer({ folder, port, keepSettings: true, environment: kept(['QUAYSIDE_HOME']) });
  console.log(`\nOpen ${server.origin} in a browser. Quayside is the crane in the bar at the left. Ctrl-C ends it.`);
  const ended = Promise.withResolvers<void>();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => ended.resolve());
  await ended.promise;
  await server.stop();
  await endOwnDaemon(since);
}

try {
  await serve();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
