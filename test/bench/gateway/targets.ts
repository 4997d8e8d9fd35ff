// What is measured side by side: the floors, ourselves, and the gateways from npm. Each stands in front of the same servers.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { startDaemon } from '../../support/daemon.ts';
import { endWithUs, stopProcessGroup } from '../../support/processes.ts';
import { peerProgram } from './peers.ts';
import { pidsOfGroup } from './process-figures.ts';

export interface Target {
  name: string;
  transport: 'stdio' | 'http' | 'sse';
  /** Of http and sse. */
  url: string;
  headers: Record<string, string>;
  /** The tool that gives back what it gets, as this target calls it. */
  call(tool: 'echo' | 'big', message: string): { name: string; arguments: Record<string, unknown> };
  /** The processes of the target itself, without those of the servers behind it. */
  pids(): number[];
  stop(): Promise<void>;
}

export interface TargetKind {
  name: string;
  /** It can stand in front of several servers. */
  many: boolean;
  /** A gateway of somebody else. */
  peer: boolean;
  start(servers: number, folder: string): Promise<Target>;
}

export const floorName = 'pass-through';
export const upstreamFile = join(import.meta.dirname, 'upstream.mjs');
const plain = (tool: 'echo' | 'big', message: string) => ({
  name: `up0_${tool}`,
  arguments: tool === 'echo' ? { message } : {},
});
const names = (servers: number): string[] => Array.from({ length: servers }, (_, each) => `up${each}`);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address.port;
}

function run(command: string, args: string[], folder: string, environment: Record<string, string> = {}): ChildProcess {
  const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: join(folder, 'config'), ...environment };
  return endWithUs(spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'], detached: true }));
}

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`It ended with ${code}.`)));
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
  });

/** Waits until something answers there that does not say that it is not ready. */
async function untilItAnswers(url: string, child: ChildProcess, headers: Record<string, string> = {}): Promise<void> {
  const limit = Date.now() + 30_000;
  while (Date.now() < limit && child.exitCode === null) {
    const signal = AbortSignal.timeout(2_000);
    const answered = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal }).catch(() => {});
    await answered?.body?.cancel();
    if (answered && answered.status < 500) return;
    await pause(50);
  }
  throw new Error(`Nothing answers at ${url}.`);
}

function toTarget(kind: { name: string }, child: ChildProcess, more: Partial<Target> & { url: string }): Target {
  child.stdout?.resume();
  return {
    name: kind.name,
    transport: 'http',
    headers: {},
    call: plain,
    pids: () => pidsOfGroup(child.pid ?? 0, upstreamFile),
    stop: () => stopProcessGroup(child),
    ...more,
  };
}

const direct: TargetKind = {
  name: 'direct-stdio',
  many: false,
  peer: false,
  async start() {
    return {
      name: this.name,
      transport: 'stdio',
      url: '',
      headers: {},
      call: plain,
      pids: () => [],
      stop: async () => {},
    };
  },
};

const sdk = (name: string, file: string): TargetKind => ({
  name,
  many: true,
  peer: false,
  async start(servers, folder) {
    const child = run(process.execPath, [join(import.meta.dirname, file), String(servers)], folder);
    return toTarget(this, child, { url: await firstLine(child) });
  },
});

/** What no gateway can do in less: see the program. */
const floor: TargetKind = {
  name: floorName,
  many: false,
  peer: false,
  async start(_servers, folder) {
    const child = run(process.execPath, [join(import.meta.dirname, 'pass-through.mjs'), upstreamFile, 'up0'], folder);
    return toTarget(this, child, { url: await firstLine(child) });
  },
};

const quayside: TargetKind = {
  name: 'quayside',
  many: true,
  peer: false,
  async start(servers, folder) {
    const home = join(folder, 'home');
    const daemon = await startDaemon({
      home,
      environment: { QUAYSIDE_RATE_LIMIT: '1000000', QUAYSIDE_DOCKER: 'off' },
    });
    for (const id of names(servers)) {
      const configuration = { arguments: [upstreamFile, id] };
      await daemon.api.createServer({ body: { type: 'command', id, command: process.execPath, configuration } });
    }
    await Promise.all(names(servers).map(id => daemon.api.startServer({ params: { id } })));
    return {
      name: this.name,
      transport: 'http',
      url: `${daemon.url}/mcp`,
      headers: { authorization: `Bearer ${daemon.token}` },
      call: plain,
      pids: () => [daemon.pid],
      stop: daemon.stop,
    };
  },
};

const mcpProxy: TargetKind = {
  name: 'mcp-proxy',
  many: false,
  peer: true,
  async start(_servers, folder) {
    const port = await freePort();
    const [program, ...first] = peerProgram('mcp-proxy');
    const args = [...first, '--port', String(port), '--host', '127.0.0.1', '--server', 'stream', '--'];
    const child = run(program, [...args, process.execPath, upstreamFile, 'up0'], folder);
    const url = `http://127.0.0.1:${port}/mcp`;
    await untilItAnswers(url, child);
    return toTarget(this, child, { url });
  },
};

const supergateway: TargetKind = {
  name: 'supergateway',
  many: false,
  peer: true,
  async start(_servers, folder) {
    const port = await freePort();
    const [program, ...first] = peerProgram('supergateway');
    const args = ['--outputTransport', 'streamableHttp', '--stateful', '--logLevel', 'none', '--port', String(port)];
    const child = run(program, [...first, '--stdio', `${process.execPath} ${upstreamFile} up0`, ...args], folder);
    const url = `http://127.0.0.1:${port}/mcp`;
    await untilItAnswers(url, child);
    return toTarget(this, child, { url });
  },
};

const mcpHub: TargetKind = {
  name: 'mcp-hub',
  many: true,
  peer: true,
  async start(servers, folder) {
    const port = await freePort();
    const config = join(folder, 'hub.json');
    const mcpServers = Object.fromEntries(
      names(servers).map(name => [name, { command: process.execPath, args: [upstreamFile, name] }]),
    );
    await writeFile(config, JSON.stringify({ mcpServers }));
    const [program, ...first] = peerProgram('mcp-hub');
    const child = run(program, [...first, '--port', String(port), '--config', config], folder);
    const url = `http://127.0.0.1:${port}/mcp`;
    await untilItAnswers(url, child);
    return toTarget(this, child, {
      url,
      transport: 'sse',
      call: (tool, message) => ({ ...plain(tool, message), name: `up0__up0_${tool}` }),
    });
  },
};

const slop: TargetKind = {
  name: 'slop-mcp',
  many: true,
  peer: true,
  async start(servers, folder) {
    const port = await freePort();
    // Its configuration takes one argument a line; a wrapper in its folder brings ours along.
    const entries = await Promise.all(
      names(servers).map(async name => {
        const file = join(folder, `${name}.mjs`);
        await writeFile(file, `process.argv[2] = '${name}';\nawait import(${JSON.stringify(upstreamFile)});\n`);
        return `mcp "${name}" {\n    command "${process.execPath}"\n    args "${file}"\n}\n`;
      }),
    );
    await mkdir(join(folder, 'config'), { recursive: true });
    await writeFile(join(folder, '.slop-mcp.kdl'), entries.join(''));
    const [program, ...first] = peerProgram('slop-mcp');
    const child = run(program, [...first, 'serve', '--port', String(port)], folder);
    const url = `http://127.0.0.1:${port}/sse`;
    await untilItAnswers(url, child);
    return toTarget(this, child, {
      url,
      transport: 'sse',
      pids: () => pidsOfGroup(child.pid ?? 0, `${folder}/up`),
      call(tool, message) {
        const { name, arguments: parameters } = plain(tool, message);
        return { name: 'execute_tool', arguments: { mcp_name: 'up0', tool_name: name, parameters } };
      },
    });
  },
};

const passthrough: TargetKind = {
  name: 'passthrough-mcp-server',
  many: false,
  peer: true,
  async start(_servers, folder) {
    // It takes servers over HTTP only.
    const server = run(process.execPath, [join(import.meta.dirname, 'sdk-session-server.mjs'), '1'], folder);
    const { origin } = new URL(await firstLine(server));
    server.stdout?.resume();
    const port = await freePort();
    const [program, ...first] = peerProgram('passthrough-mcp-server');
    const environment = { PORT: String(port), TARGET_SERVER_URL: origin, LOG_LEVEL: 'error' };
    const child = run(program, first, folder, environment);
    const url = `http://127.0.0.1:${port}/mcp`;
    await untilItAnswers(url, child);
    return toTarget(this, child, {
      url,
      async stop() {
        await stopProcessGroup(child);
        await stopProcessGroup(server);
      },
    });
  },
};

export const targetKinds: readonly TargetKind[] = [
  direct,
  floor,
  sdk('http-sdk', 'sdk-server.mjs'),
  sdk('http-sdk-1', 'sdk-session-server.mjs'),
  quayside,
  mcpProxy,
  supergateway,
  mcpHub,
  slop,
  passthrough,
];
