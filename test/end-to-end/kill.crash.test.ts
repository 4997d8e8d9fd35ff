// Twenty times the daemon is killed in the middle of something. What it had acknowledged must be there afterwards.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { hasEnded } from '../../shared/api/operations.ts';
import type { NewServer } from '../../shared/api/servers.ts';
import { commandFile, type RunningDaemon, startDaemon, waitForOperation } from '../support/daemon.ts';
import { findProcessesOf, type RunningProcess } from '../support/processes.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { type CrashModel, createCrashModel, listAllServers } from './crash-model.ts';

const rounds = 20;
const seed = Number(process.env['QUAYSIDE_SEED'] ?? Date.now() % 1_000_000);
const echoServer = join(import.meta.dirname, '..', 'support', 'mcp-servers', 'echo.mjs');
const stubbornServer = join(import.meta.dirname, '..', 'support', 'mcp-servers', 'grandchildren.mjs');
const entries = ['memory', 'sequential-thinking', 'everything', 'filesystem'];

/** A small generator of numbers from 0 to 1, so that a failure can be repeated with QUAYSIDE_SEED. */
function createRandom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Work = (daemon: RunningDaemon, model: CrashModel, round: number) => Promise<void>;

const work: Record<'an install' | 'starts and stops' | 'calls', Work> = {
  'an install': async ({ api, home }, model, round) => {
    const entry = entries[round % entries.length] ?? 'memory';
    const serverId = `${entry}-${round}`;
    const inputs = entry === 'filesystem' ? { directories: [home] } : {};
    await model.change(serverId, { exists: true, enabled: round % 2 === 0 }, async () => {
      const body = {
        kind: 'install',
        from: { catalogEntry: entry },
        serverId,
        start: round % 2 === 0,
        inputs,
      } as const;
      const { id } = await api.createOperation({ body });
      const operation = await waitForOperation(api, id);
      assert.equal(operation.state, 'succeeded', JSON.stringify(operation.problem));
    });
  },
  'starts and stops': async ({ api }, model) => {
    for (let turn = 0; turn < 20; turn++) {
      for (const id of ['echo', 'stubborn']) {
        const enabled = turn % 2 === 1;
        const params = { id };
        const act = enabled ? () => api.startServer({ params }) : () => api.stopServer({ params });
        await model.change(id, { enabled }, act);
      }
    }
  },
  calls: async ({ api }, model) => {
    await model.change('echo', { enabled: true }, () => api.startServer({ params: { id: 'echo' } }));
    const one = async () => {
      for (let turn = 0; turn < 200; turn++) {
        const message = `${turn}`;
        await model.call(() =>
          api.callTool({ params: { id: 'echo', tool: 'echo' }, body: { arguments: { message } } }),
        );
      }
    };
    await Promise.all([one(), one(), one()]);
  },
};
const kinds = Object.keys(work) as (keyof typeof work)[];

/** Processes of the folder that are neither the daemon nor descend from it, after a time to settle. */
async function waitForNoOrphan(
  home: string,
  daemon: RunningDaemon | undefined,
  before: Set<number>,
): Promise<RunningProcess[]> {
  const find = () => findProcessesOf(home).filter(({ pid }) => pid !== daemon?.pid && before.has(pid));
  const limit = Date.now() + 10_000;
  while (find().length > 0 && Date.now() < limit) await pause(50);
  return find();
}

async function verifyAudit(home: string): Promise<void> {
  const { stdout } = await promisify(execFile)(process.execPath, [commandFile, 'audit', 'verify', '--json'], {
    env: { ...process.env, QUAYSIDE_HOME: home },
    timeout: 30_000,
  });
  const { ok, detail }: { ok: boolean; detail: string } = JSON.parse(stdout);
  assert.ok(ok, detail);
}

describe(`a daemon that is killed (seed ${seed})`, () => {
  const random = createRandom(seed);
  const model = createCrashModel();
  let folder: TemporaryFolder;
  let home: string;
  let daemon: RunningDaemon | undefined;

  before(async () => {
    folder = await createTemporaryFolder('crash');
    home = join(folder.path, 'home');
    daemon = await startDaemon({ home });
    const { api } = daemon;
    for (const [id, script] of [
      ['echo', echoServer],
      ['stubborn', stubbornServer],
    ] as const) {
      const configuration = { arguments: [script] };
      const body: NewServer = { type: 'command', id, command: process.execPath, configuration };
      const created = await model.change(id, { exists: true }, () => api.createServer({ body }));
      assert.ok(created, `${id} could not be added`);
    }
  });

  after(async () => {
    await daemon?.stop();
    const left = findProcessesOf(home);
    for (const { pid } of left) process.kill(pid, 'SIGKILL');
    await folder.remove();
    assert.deepEqual(left, [], 'processes were left after an end in good order');
  });

  async function killDuring(kind: keyof typeof work, round: number): Promise<Set<number>> {
    assert.ok(daemon);
    const running = daemon;
    const doing = work[kind](running, model, round).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    await pause(Math.floor(random() ** 2 * (kind === 'an install' ? 6_000 : 1_500)));
    const before = new Set(findProcessesOf(home).map(({ pid }) => pid));
    await running.kill();
    const failure = await doing;
    if (failure) throw failure.error;
    return before;
  }

  for (let round = 1; round <= rounds; round++) {
    const kind = kinds[round % kinds.length] ?? 'calls';
    it(`keeps what it acknowledged and leaves no child, killed during ${kind} (${round} of ${rounds})`, async () => {
      const before = await killDuring(kind, round);
      daemon = await startDaemon({ home });
      const { api } = daemon;
      assert.deepEqual(model.compareWith(await listAllServers(api)), [], 'what was acknowledged');
      assert.deepEqual(await waitForNoOrphan(home, daemon, before), [], 'children of the killed daemon');
      const { items: operations } = await api.listOperations({ query: { limit: 100 } });
      assert.deepEqual(
        operations.filter(operation => !hasEnded(operation)),
        [],
        'operations of the killed daemon',
      );
      const { total } = await api.listAudit({ query: { limit: 1 } });
      assert.ok(total >= model.acknowledged, `${total} audit entries for ${model.acknowledged} acknowledged acts`);
      await verifyAudit(home);
    });
  }

  it('works as before after all of it: every server that is there can be started and stopped', async () => {
    assert.ok(daemon);
    const { api } = daemon;
    for (const { id } of await listAllServers(api)) {
      const { state, problem } = await api.startServer({ params: { id } });
      assert.equal(state, 'running', `${id}: ${JSON.stringify(problem)}`);
      await api.stopServer({ params: { id } });
    }
    const calls = await api
      .callTool({ params: { id: 'echo', tool: 'echo' }, body: { arguments: { message: 'hi' } } })
      .catch(() => undefined);
    assert.equal(calls, undefined, 'a stopped server must not answer');
  });
});
