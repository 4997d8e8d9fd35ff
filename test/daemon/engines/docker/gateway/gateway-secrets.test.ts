import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GatewayCli } from '../../../../../daemon/engines/docker/cli/docker-cli.ts';
import { createSecretsPipe } from '../../../../../daemon/engines/docker/gateway/secrets-pipe.ts';
import { createTemporaryFolder } from '../../../../support/temporary-folder.ts';
import {
  call,
  createGatewayBench,
  type GatewayBench,
  planOf,
  policy,
  probe,
  textOf,
  until,
  withSecret,
} from './gateway-bench.ts';

const canary = 'canary-7f3a9c41e2';

/** Every text below the folder that holds the value. */
async function findInFiles(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    files.map(async file => ((await readFile(file, 'latin1').catch(() => '')).includes(text) ? [file] : [])),
  );
  return found.flat();
}

/** What the process and all that it has started show to the outside. */
async function findInProcess(pid: number, text: string): Promise<string[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const below = children.trim() === '' ? [] : children.trim().split(' ').map(Number);
  const own = await Promise.all(
    ['cmdline', 'environ'].map(async name =>
      (await readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '')).includes(text) ? [`${pid} ${name}`] : [],
    ),
  );
  return [...own.flat(), ...(await Promise.all(below.map(each => findInProcess(each, text)))).flat()];
}

describe('secrets of a gateway', () => {
  let bench: GatewayBench;
  afterEach(() => bench?.[Symbol.asyncDispose]());

  const provesHandOver = async () => {
    const plan = withSecret(probe('safe'), { PROBE_API_KEY: canary });
    await bench.supervisor.start('safe', async () => plan, policy());
    const pid = bench.gateways.gateways.status('dev').pid ?? 0;
    const shown = await findInProcess(pid, canary);
    // The gateway alone: a container has its secrets in its environment, that is what they are for.
    const containers = (await bench.docker.runningContainers()).map(each => `${each.pid} environ`);
    assert.deepEqual(
      shown.filter(place => !containers.includes(place)),
      [],
    );
    assert.deepEqual(await findInFiles(bench.stateFolder, canary), []);
    assert.deepEqual(await findInFiles(join(bench.docker.home, '.docker'), canary), []);
    const said = await bench.supervisor.session('safe').callTool('probe_env', { name: 'PROBE_API_KEY' }, call);
    assert.match(textOf(said), new RegExp(canary));
    const told = [
      ...bench.gatewayLines,
      ...bench.lines.map(({ line }) => line),
      ...bench.supervisor.output('safe'),
    ].join('\n');
    assert.ok(!told.includes(canary.slice(0, 4)), told);
  };

  it('go by a pipe with a name, and stand nowhere else', async () => {
    bench = await createGatewayBench();
    await provesHandOver();
    assert.equal(bench.gateways.gateways.status('dev').editsApply, 'at-once');
  });

  it('go by an inherited descriptor where no pipe can be made', async () => {
    bench = await createGatewayBench({ supervisor: { makeFifo: () => Promise.reject(new Error('no pipes here')) } });
    await provesHandOver();
    assert.equal(bench.gateways.gateways.status('dev').editsApply, 'by-restart');
  });

  it('are told by name and variable when one is missing, and the other servers run', async () => {
    bench = await createGatewayBench();
    const poor = bench.supervisor.start('poor', async () => withSecret(probe('poor'), {}), policy());
    const rest = bench.supervisor.start('rest', planOf(probe('rest')), policy());
    await assert.rejects(poor, { code: 'SERVER_011', message: /poor\.api_key \(PROBE_API_KEY\)/ });
    await rest;
    assert.equal(bench.supervisor.health('poor').problem?.code, 'SERVER_011');
    assert.equal(bench.gateways.gateways.status('dev').servers.find(({ name }) => name === 'poor')?.state, 'left-out');
    assert.ok(!bench.gatewayLines.some(line => line.includes('UNKNOWN')));
  });

  it('that would arrive as another value are refused', async () => {
    bench = await createGatewayBench();
    for (const value of ['two\nlines', 'space at the end ', '<UNKNOWN>', 'se://docker/mcp/x']) {
      const plan = withSecret(probe('odd'), { PROBE_API_KEY: value });
      await assert.rejects(
        bench.supervisor.start('odd', async () => plan, policy()),
        { code: 'SERVER_011' },
      );
    }
  });

  it('of one name and two values reach each server as its own', async () => {
    bench = await createGatewayBench();
    const shared = (name: string, value: string) => {
      const plan = withSecret(probe(name), { PROBE_API_KEY: value });
      const slot = { name: 'shared.key', environmentVariable: 'PROBE_API_KEY', description: null, required: true };
      return { ...plan, secretSlots: [slot] };
    };
    await Promise.all([
      bench.supervisor.start('a', async () => shared('a', 'value-of-a'), policy()),
      bench.supervisor.start('b', async () => shared('b', 'value-of-b'), policy()),
    ]);
    for (const name of ['a', 'b']) {
      const said = await bench.supervisor.session(name).callTool('probe_env', { name: 'PROBE_API_KEY' }, call);
      assert.match(textOf(said), new RegExp(`value-of-${name}`));
    }
  });

  it('that got lost on their way stop their server, and nobody else', async () => {
    // A gateway that reads another file than ours.
    const cli = (real: GatewayCli): GatewayCli => ({
      ...real,
      start: (plan, lines) =>
        plan.source.mode === 'files' && plan.source.servers.includes('poor')
          ? real.start({ ...plan, source: { ...plan.source, secrets: '/dev/null' } }, lines)
          : real.start(plan, lines),
    });
    bench = await createGatewayBench({ cli });
    const plan = withSecret(probe('poor'), { PROBE_API_KEY: canary });
    const poor = bench.supervisor.start('poor', async () => plan, policy());
    const rest = bench.supervisor.start('rest', planOf(probe('rest')), policy());
    await assert.rejects(poor, { code: 'SERVER_011', message: /did not reach/ });
    await rest;
    assert.equal(bench.supervisor.health('rest').state, 'running');
  });

  it('of Docker’s own store are looked for there, and a missing one is told', async () => {
    const status = { platform: 'desktop' as const };
    bench = await createGatewayBench({ status, supervisor: { dockerSecrets: async () => new Set(['other.key']) } });
    await assert.rejects(
      bench.supervisor.start('poor', async () => withSecret(probe('poor'), {}), policy()),
      {
        code: 'SERVER_011',
      },
    );
  });
});

describe('a pipe for secrets', () => {
  const makeFifo = async (path: string) => {
    const { execFile } = await import('node:child_process');
    await new Promise<void>((resolve, reject) =>
      execFile('mkfifo', ['-m', '600', path], error => (error ? reject(error) : resolve())),
    );
  };

  it('gives each reader the whole text of its time, also one larger than a pipe holds', async () => {
    await using folder = await createTemporaryFolder('pipe');
    const pipe = await createSecretsPipe(join(folder.path, 'secrets'), makeFifo);
    try {
      const large = `a.key=${'x'.repeat(300_000)}\n`;
      for (const text of ['a.key=first\n', 'a.key=second\n', large, '']) {
        pipe.set(text);
        pipe.expectReader();
        assert.equal(await readFile(pipe.path, 'utf8'), text);
      }
    } finally {
      await pipe.close();
    }
  });

  it('takes a reader that comes when nobody expects it', async () => {
    await using folder = await createTemporaryFolder('pipe');
    const times = { often: 10, rarely: 50, alert: 0, settle: 20, patience: 1_000 };
    const pipe = await createSecretsPipe(join(folder.path, 'secrets'), makeFifo, times);
    pipe.set('a=1\n');
    assert.equal(await readFile(pipe.path, 'utf8'), 'a=1\n');
    await pipe.close();
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('survives a reader that goes away in the middle, and one that reads no further', async () => {
    await using folder = await createTemporaryFolder('pipe');
    const times = { often: 10, rarely: 50, alert: 10_000, settle: 20, patience: 200 };
    const pipe = await createSecretsPipe(join(folder.path, 'secrets'), makeFifo, times);
    pipe.set('x'.repeat(1_000_000));
    const { open } = await import('node:fs/promises');
    const reader = await open(pipe.path, 'r');
    await reader.read(Buffer.alloc(10));
    await until(() => pipe.fed === 1, 'it gives up on the reader');
    await reader.close();
    pipe.set('whole');
    await new Promise(resolve => setTimeout(resolve, 100));
    assert.equal(await readFile(pipe.path, 'utf8'), 'whole');
    await pipe.close();
  });
});
