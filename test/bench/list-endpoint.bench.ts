// node test/bench/list-endpoint.bench.ts: the list of servers with auth, rate limit and audit beside bare Hono and SQLite, as JSON.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { type Summary, summarise } from './statistics.ts';

const rounds = 15;
const requests = 600;
const atOnce = 8;
const target = 0.65;

interface Begun {
  ours: number;
  bare: number;
  guarded: number;
  tokens: Record<'owner' | 'key' | 'jwt', string>;
}

export interface ListEndpointFigures {
  target: number;
  /** Processor time of the bare server by that of the same rows behind our doors, by what the caller proves itself with. */
  ratio: Record<keyof Begun['tokens'], Summary>;
  /** The same for the whole list of servers, whose rows have more in them and are presented with their state. */
  ratioOfServers: Summary;
  /** Microseconds of processor time for one request. */
  microseconds: Record<'bare' | 'servers' | keyof Begun['tokens'], Summary>;
}

const agent = new Agent({ keepAlive: true, maxSockets: atOnce });

const ask = (port: number, path: string, headers: Record<string, string>): Promise<void> =>
  new Promise((resolve, reject) => {
    const sent = request({ agent, host: '127.0.0.1', port, path, headers }, response => {
      response.resume();
      response.once('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${response.statusCode}`)),
      );
    });
    sent.once('error', reject);
    sent.end();
  });

export async function measureListEndpoint(): Promise<ListEndpointFigures> {
  const child = fork(join(import.meta.dirname, 'list-endpoint-process.ts'), { stdio: ['ignore', 2, 2, 'ipc'] });
  const [{ ours, bare, guarded, tokens }] = (await once(child, 'message')) as [Begun];
  const spent = async (): Promise<number> => {
    child.send('cpu');
    const [{ cpu }] = (await once(child, 'message')) as [{ cpu: NodeJS.CpuUsage }];
    return cpu.user + cpu.system;
  };
  /** Of the measured process alone, so that neither the asking nor a busy machine counts. */
  const measure = async (port: number, path: string, headers: Record<string, string>): Promise<number> => {
    const before = await spent();
    let left = requests;
    const worker = async () => {
      while (left-- > 0) await ask(port, path, headers);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return ((await spent()) - before) / requests;
  };
  const figures: Record<keyof ListEndpointFigures['microseconds'], number[]> = {
    bare: [],
    servers: [],
    owner: [],
    key: [],
    jwt: [],
  };
  const list = '/api/v1/servers?limit=20';
  const kinds = ['owner', 'key', 'jwt'] as const;
  for (let round = -3; round < rounds; round++) {
    const found = { bare: await measure(bare, '/servers?limit=20', {}), servers: 0, owner: 0, key: 0, jwt: 0 };
    found.servers = await measure(ours, list, { authorization: `Bearer ${tokens.owner}` });
    for (const kind of kinds) {
      found[kind] = await measure(guarded, list, { authorization: `Bearer ${tokens[kind]}` });
    }
    if (round < 0) continue;
    for (const name of ['bare', 'servers', ...kinds] as const) figures[name].push(found[name]);
  }
  child.send('end');
  agent.destroy();
  await once(child, 'exit');
  const shareOf = (kind: (typeof kinds)[number] | 'servers') =>
    summarise(figures[kind].map((ours, at) => (figures.bare[at] ?? ours) / ours));
  return {
    target,
    ratio: { owner: shareOf('owner'), key: shareOf('key'), jwt: shareOf('jwt') },
    ratioOfServers: shareOf('servers'),
    microseconds: {
      bare: summarise(figures.bare),
      servers: summarise(figures.servers),
      owner: summarise(figures.owner),
      key: summarise(figures.key),
      jwt: summarise(figures.jwt),
    },
  };
}

if (import.meta.main) console.log(JSON.stringify(await measureListEndpoint(), null, 2));
