import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { socketCarrier } from '../../shared/api/carriers.ts';
import { type ApiClient, createApiClient } from '../../shared/api/client.ts';
import type { Problem } from '../../shared/api/problem.ts';
import { Discovery } from '../../shared/domain/discovery.ts';
import { until } from '../support/in-process-daemon.ts';
import { daemonProgram } from '../support/programs.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { addTestServer } from '../support/test-server.ts';

interface Started {
  child: ChildProcess;
  line: { ready: boolean; url?: string | null; socket?: string; warnings?: Problem[]; problem?: Problem };
}

describe('the daemon as a process', function () {
  this.timeout(30_000);
  let folder: TemporaryFolder;
  let children: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await createTemporaryFolder('life');
  });
  afterEach(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    children = [];
    await folder.remove();
  });

  const start = async (...args: string[]): Promise<Started> => {
    const child = spawn(process.execPath, [daemonProgram, '--home', folder.path, '--port', '0', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const [text] = (await once(
      createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }),
      'line',
    )) as [string];
    return { child, line: JSON.parse(text) as Started['line'] };
  };
  const exitCode = async ({ child }: Started): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  };
  const discovery = () => Discovery.parse(JSON.parse(readFileSync(join(folder.path, 'daemon.json'), 'utf8')));
  const api = (): ApiClient => {
    const endpoint = async () => ({ socketPath: discovery().socket, token: discovery().token });
    return createApiClient(socketCarrier({ request: httpRequest, endpoint }));
  };

  it('says that it is ready in one line, and can be found by a file that only the user can read', async () => {
    const { child, line } = await start();
    assert.equal(line.ready, true);
    const found = discovery();
    assert.deepEqual([found.pid, found.url, found.socket, found.persistent], [child.pid, line.url, line.socket, true]);
    assert.equal(statSync(join(folder.path, 'daemon.json')).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder.path, 'run')).mode & 0o777, 0o700);
    assert.equal(statSync(folder.path).mode & 0o777, 0o700);
    assert.equal((await api().getHealth()).status, 'ok');
  });

  it('listens on loopback only', async () => {
    const { child } = await start();
    const inodes = new Set<string>();
    for (const fd of readdirSync(`/proc/${child.pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${child.pid}/fd/${fd}`))?.[1];
      if (inode) inodes.add(inode);
    }
    const addresses = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(table =>
      readFileSync(table, 'utf8')
        .split('\n')
        .map(row => row.trim().split(/\s+/))
        .filter(columns => columns[3] === '0A' && inodes.has(columns[9] ?? ''))
        .map(columns => columns[1]?.split(':')[0]),
    );
    assert.deepEqual(addresses, ['0100007F']);
  });

  it('is alone: a second one says so, with an exit code of its own, and the first goes on', async () => {
    await start();
    const second = await start();
    assert.equal(second.line.problem?.code, 'DAEMON_010');
    assert.equal(await exitCode(second), 10);
    assert.equal((await api().getHealth()).status, 'ok');
  });

  it('ends in good order when it is asked to: servers, socket and discovery file are gone', async () => {
    const started = await start();
    const { socket } = discovery();
    await addTestServer(api(), 'mine');
    const { pid } = await api().startServer({ params: { id: 'mine' } });
    await api().stopDaemon({ body: { reason: 'a test' } });
    assert.equal(await exitCode(started), 0);
    assert.throws(() => process.kill(pid ?? 0, 0), /ESRCH/);
    assert.equal(existsSync(join(folder.path, 'daemon.json')), false);
    assert.equal(existsSync(socket), false);
  });

  it('ends at once when it is told to right after its start', async () => {
    const started = await start();
    started.child.kill('SIGTERM');
    assert.equal(await exitCode(started), 0);
    assert.doesNotMatch(readFileSync(join(folder.path, 'daemon.log'), 'utf8'), /"level":[56]0/);
  });

  it('comes back after a kill with what it had, and with the servers that ran', async () => {
    const first = await start();
    await addTestServer(api(), 'mine');
    const { pid } = await api().startServer({ params: { id: 'mine' } });
    const { token } = discovery();
    first.child.kill('SIGKILL');
    await exitCode(first);
    await until(() => !isAlive(pid ?? 0), 'the orphan to end');
    await start();
    const server = await until(async () => {
      const found = await api().getServer({ params: { id: 'mine' } });
      return found.state === 'running' && found;
    });
    assert.notEqual(server.pid, pid);
    assert.equal(discovery().token, token);
    assert.equal((await api().verifyAudit()).ok, true);
  });

  it('says which program holds the port, and takes another one if it may', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const refused = await start('--port', String(port));
    assert.equal(refused.line.problem?.code, 'DAEMON_004');
    assert.match(
      refused.line.problem?.detail ?? '',
      new RegExp(`^Port ${port} is used by .*\\(process ${process.pid}\\)\\.$`),
    );
    assert.equal(await exitCode(refused), 1);
    const other = await start('--port', String(port), '--port-fallback');
    assert.equal(other.line.ready, true);
    assert.notEqual(other.line.url, `http://127.0.0.1:${port}`);
    assert.deepEqual(
      other.line.warnings?.map(({ code }) => code),
      ['DAEMON_004'],
    );
    assert.deepEqual(
      (await api().getStatus()).warnings.map(({ code }) => code),
      ['DAEMON_004'],
    );
    holder.close();
  });

  it('says when its socket is held by another program, and takes over one that nobody answers at', async () => {
    const first = await start();
    const { socket } = discovery();
    first.child.kill('SIGKILL');
    await exitCode(first);
    assert.ok(existsSync(socket));
    const second = await start();
    assert.equal(second.line.ready, true);
    second.child.kill('SIGTERM');
    await exitCode(second);
    const holder = createServer().listen(socket);
    await once(holder, 'listening');
    const third = await start();
    assert.equal(third.line.problem?.code, 'DAEMON_005');
    holder.close();
  });

  it('says when the state folder cannot be used, and when the database is newer than it is', async () => {
    writeFileSync(join(folder.path, 'file'), '');
    const unwritable = await start('--home', join(folder.path, 'file', 'below'));
    assert.equal(unwritable.line.problem?.code, 'DAEMON_006');
    assert.equal(await exitCode(unwritable), 1);
    const { default: Database } = await import('better-sqlite3');
    const database = new Database(join(folder.path, 'quayside.db'));
    database.pragma('user_version = 99');
    database.close();
    const newer = await start();
    assert.equal(newer.line.problem?.code, 'DAEMON_008');
    assert.match(newer.line.problem?.next ?? '', /Nothing was changed/);
  });

  it('says what is wrong with its arguments', async () => {
    for (const args of [['--port', '70000'], ['--port', 'x'], ['--nonsense'], ['--idle-exit', '0']]) {
      const { line } = await start(...args);
      assert.equal(line.problem?.code, 'REQUEST_001', args.join(' '));
    }
  });

  it('ends some time after its last client, and not while one is there', async () => {
    const started = await start('--idle-exit', '1');
    const abort = new AbortController();
    const events: string[] = [];
    const follower = api().followEvents({ signal: abort.signal, onEvent: event => events.push(event.type) });
    await until(() => events.length > 0);
    await new Promise(resolve => setTimeout(resolve, 1_600));
    assert.equal(started.child.exitCode, null);
    abort.abort();
    await follower;
    assert.equal(await exitCode(started), 0);
  });

  it('cancels a call at the server when the caller hangs up', async () => {
    await start();
    await addTestServer(api(), 'slow', 'slow');
    await api().startServer({ params: { id: 'slow' } });
    const call = (tool: string, args: Record<string, unknown>, signal?: AbortSignal) =>
      api().callTool({ params: { id: 'slow', tool }, body: { arguments: args } }, { signal });
    await until(async () => (await api().listServerTools({ params: { id: 'slow' } })).total > 0);
    const abort = new AbortController();
    const pending = call('wait', { ms: 60_000 }, abort.signal);
    await until(async () => JSON.stringify((await call('begun', {})).content).includes('1'), 'the call');
    abort.abort(new Error('hung up'));
    await assert.rejects(pending, /hung up/);
    await until(async () => JSON.stringify((await call('cancelled', {})).content).includes('1'), 'the cancellation');
  });

  it('writes the new token where clients find it', async () => {
    await start();
    const before = discovery().token;
    const { token } = await api().rotateToken();
    assert.notEqual(token, before);
    assert.equal(discovery().token, token);
    assert.equal((await api().getHealth()).status, 'ok');
    assert.ok(await api().getSession());
  });
});

/** A file may be closed since it was listed. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
