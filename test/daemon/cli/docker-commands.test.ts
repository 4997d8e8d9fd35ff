// The commands for Docker, the doctor and clients, on handlers that answer what they are told to.
import assert from 'node:assert/strict';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import type { Act, CommandContext, CommandResult } from '../../../daemon/cli/command-context.ts';
import { addClientCommands } from '../../../daemon/cli/commands/clients.commands.ts';
import { addDockerCommands } from '../../../daemon/cli/commands/docker.commands.ts';
import { addDoctorCommands } from '../../../daemon/cli/commands/doctor.commands.ts';
import { createOutput, type TerminalStream } from '../../../daemon/cli/terminal/output.ts';
import type { Handlers } from '../../../daemon/http/context.ts';
import type { ClientBackup, McpClient } from '../../../shared/api/clients.ts';
import type { DoctorCheck } from '../../../shared/api/doctor.ts';
import { toProblem } from '../../../shared/api/problem.ts';
import { createHandlersApp } from '../../support/handlers-app.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';
import { healthyDocker } from '../features/doctor/fake-needs.ts';

/** Runs one command as the program would, on these handlers. */
async function run(args: string[], handlers: Partial<Handlers>): Promise<CommandResult & { printed: string }> {
  const { api } = createHandlersApp(handlers);
  const stdout: TerminalStream = new PassThrough();
  const output = createOutput(stdout, new PassThrough(), {}, false);
  const signal = new AbortController().signal;
  const context = { output, signal, stdin: new PassThrough(), connect: async () => api } as unknown as CommandContext;
  let result: CommandResult | undefined;
  const act: Act =
    handler =>
    async (...given) => {
      const answer = await handler(context, ...given);
      assert.equal(typeof answer, 'object');
      result = answer as CommandResult;
    };
  const program = new Command('quayside').exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  for (const add of [addDockerCommands, addDoctorCommands, addClientCommands]) add(program, act);
  await program.parseAsync(args, { from: 'user' });
  assert.ok(result);
  stdout.end();
  let printed = '';
  for await (const piece of stdout as PassThrough) printed += String(piece);
  return { ...result, printed };
}

const check = (change: Partial<DoctorCheck>): DoctorCheck => ({
  id: 'docker.engine',
  title: 'The Docker engine answers',
  state: 'ok',
  detail: 'Docker Engine 20.10.',
  cause: null,
  fix: null,
  link: null,
  durationMs: 1,
  ...change,
});

const reporting = (...checks: DoctorCheck[]): Partial<Handlers> => ({
  runDoctor: () => ({
    state: checks.some(({ state }) => state === 'error') ? 'error' : 'ok',
    checks,
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 12,
  }),
});

describe('quayside doctor', () => {
  it('ends with 0 unless there is an error, and tells what to do', async () => {
    const warning = check({
      state: 'warning',
      id: 'containers.orphans',
      title: 'No containers were left behind',
      detail: '2 containers of gateways that are gone.',
      fix: { label: 'Remove 2 containers', id: 'sweep-orphans', command: null },
    });
    const fine = await run(['doctor'], reporting(check({}), warning));
    assert.equal(fine.exitCode, 0);
    assert.match(fine.text, /^✓ The Docker engine answers\n! No containers were left behind\n/);
    assert.match(fine.text, /Remove 2 containers: quayside doctor --fix sweep-orphans/);
    assert.match(fine.text, /0 errors, 1 warning, 1 ok, 0 skipped, in 12 ms\.$/);
    assert.ok(!fine.text.includes('Docker Engine 20.10.'));
    assert.match((await run(['doctor', '--all'], reporting(check({})))).text, /Docker Engine 20\.10\./);
    const skipped = check({ state: 'skipped', detail: 'Not looked at.', cause: 'It needs this first: x.' });
    assert.match(
      (await run(['doctor'], reporting(skipped))).text,
      /^- The Docker engine answers: It needs this first: x\.\n/,
    );
    const bad = await run(
      ['doctor'],
      reporting(
        check({
          state: 'error',
          cause: 'Down.',
          fix: { label: 'Start it', id: null, command: 'sudo systemctl start docker' },
        }),
      ),
    );
    assert.equal(bad.exitCode, 1);
    assert.match(bad.text, /Start it: sudo systemctl start docker/);
  });

  it('applies a fix', async () => {
    const asked: string[] = [];
    const applyDoctorFix: Handlers['applyDoctorFix'] = ({ body }) => {
      asked.push(body.id);
      return check({ id: 'containers.orphans' });
    };
    assert.equal((await run(['doctor', '--fix', 'sweep-orphans'], { applyDoctorFix })).exitCode, 0);
    assert.deepEqual(asked, ['sweep-orphans']);
  });

  it('writes the bundle as a private file, and over nothing that is there', async () => {
    await using folder = await createTemporaryFolder('bundle');
    const makeSupportBundle: Handlers['makeSupportBundle'] = () => ({
      fileName: 'x.zip',
      mediaType: 'application/zip',
      base64: Buffer.from('zip').toString('base64'),
      bytes: 3,
      contents: [{ name: 'report.json', bytes: 3, about: 'What was found' }],
    });
    const file = join(folder.path, 'x.zip');
    const { text, document } = await run(['doctor', '--bundle', file], { makeSupportBundle });
    assert.equal(await readFile(file, 'utf8'), 'zip');
    assert.match(text, /report\.json: What was found/);
    assert.ok(!JSON.stringify(document).includes('base64'));
    await writeFile(join(folder.path, 'mine'), 'mine');
    await symlink(join(folder.path, 'mine'), join(folder.path, 'link.zip'));
    for (const taken of ['x.zip', 'link.zip'])
      await assert.rejects(
        run(['doctor', '--bundle', join(folder.path, taken)], { makeSupportBundle }),
        /cannot be written/,
      );
    assert.equal(await readFile(join(folder.path, 'mine'), 'utf8'), 'mine');
  });
});

describe('quayside docker', () => {
  it('shows what can be done, what cannot, and why', async () => {
    const capabilities = [
      { id: 'profiles' as const, available: false, reason: 'This docker mcp (v0.41.0) has no profiles.' },
      { id: 'gateway' as const, available: true, reason: null },
    ];
    const warnings = [toProblem('DOCKER_016', { detail: 'v0.41.0 is old.', next: 'Update.' })];
    const { text } = await run(['docker'], { getDocker: () => ({ ...healthyDocker, capabilities, warnings }) });
    assert.match(text, /^Docker +available: docker mcp v0\.43\.3 on Docker Engine 20\.10\.24$/m);
    assert.match(text, /^profiles +no +This docker mcp \(v0\.41\.0\) has no profiles\.$/m);
    assert.match(text, /^gateway +yes/m);
    assert.match(text, /^Warning: This docker mcp has known weaknesses: v0\.41\.0 is old\. Update\. \(DOCKER_016\)$/m);
  });

  it('says once what stands in the way of everything', async () => {
    const reason = 'There is no docker command on PATH. Install Docker.';
    const capabilities = healthyDocker.capabilities.map(({ id }) => ({ id, available: false, reason }));
    const problem = toProblem('DOCKER_001', { detail: 'There is no docker command on PATH.' });
    const { text } = await run(['docker'], {
      getDocker: () => ({ ...healthyDocker, available: false, problem, capabilities }),
    });
    assert.match(text, /^Docker +not available: There is no docker command on PATH\.$/m);
    assert.equal(text.split(reason).length, 2);
  });

  it('looks again when asked', async () => {
    let looked = 0;
    const probeDocker = () => {
      looked += 1;
      return healthyDocker;
    };
    await run(['docker', '--probe'], { probeDocker });
    assert.equal(looked, 1);
  });
});

describe('quayside clients', () => {
  const client: McpClient = {
    id: 'cursor',
    title: 'Cursor',
    scope: 'global',
    installed: true,
    supported: true,
    connected: false,
    profile: null,
    file: '/home/me/.cursor/mcp.json',
    problem: null,
    servers: [],
  };
  const backup: ClientBackup = {
    id: 'b-1',
    client: 'cursor',
    file: '/home/me/.cursor/mcp.json',
    action: 'connect',
    existed: true,
    bytes: 2,
    madeAt: '2026-01-01T00:00:00.000Z',
    restoredAt: null,
    changedSince: false,
  };
  const handlers = (asked: unknown[] = []): Partial<Handlers> => ({
    listClients: ({ query }) => {
      asked.push(query);
      return { items: [client, { ...client, id: 'gordon', file: null }], total: 2, page: 1, limit: 100 };
    },
    previewClientChange: () => ({
      file: client.file ?? '',
      exists: true,
      before: '{}',
      after: '{"x":1}',
      diff: '--- a\n+++ a\n@@ -1 +1 @@\n-{}\n+{"x":1}\u001b[2J\n',
      losesComments: true,
      revision: 'r-1',
    }),
    changeClient: ({ body }) => {
      asked.push(body);
      return { client: { ...client, connected: true, profile: 'dev' }, backup, diff: '-{}\n+{"x":1}\n' };
    },
    listClientBackups: () => ({ items: [backup], total: 1, page: 1, limit: 100 }),
    restoreClientBackup: ({ params, body }) => {
      asked.push({ ...params, ...body });
      return { ...backup, restoredAt: backup.madeAt };
    },
  });

  it('lists them, in a project too', async () => {
    const asked: unknown[] = [];
    const { text } = await run(['clients', '--project', '/projects/app'], handlers(asked));
    assert.match(text, /^cursor +not connected +- +\/home\/me\/\.cursor\/mcp\.json$/m);
    assert.match(text, /^gordon .* not known/m);
    assert.match(JSON.stringify(asked), /"scope":"project","folder":"\/projects\/app"/);
  });

  it('shows the change before it asks, and does nothing where nobody can be asked', async () => {
    const asked: unknown[] = [];
    await assert.rejects(run(['clients', 'connect', 'cursor', '--profile', 'dev'], handlers(asked)), /--yes/);
    assert.deepEqual(asked, []);
  });

  it('changes with --yes what was looked at, and says how to undo it', async () => {
    const asked: unknown[] = [];
    const { text } = await run(['clients', 'connect', 'cursor', '--profile', 'dev', '--yes'], handlers(asked));
    assert.deepEqual(asked, [{ action: 'connect', scope: 'global', profile: 'dev', revision: 'r-1' }]);
    assert.match(text, /Connected cursor to dev\.\nUndo it with: quayside clients undo b-1$/);
  });

  it('changes the file of the project that is named after the client', async () => {
    const asked: unknown[] = [];
    await run(
      ['clients', 'connect', 'cursor', '--profile', 'dev', '--project', '/projects/app', '--yes'],
      handlers(asked),
    );
    await run(['clients', 'disconnect', 'cursor', '--project', '/projects/app', '--yes'], handlers(asked));
    assert.deepEqual(asked, [
      { action: 'connect', scope: 'project', folder: '/projects/app', profile: 'dev', revision: 'r-1' },
      { action: 'disconnect', scope: 'project', folder: '/projects/app', revision: 'r-1' },
    ]);
  });

  it('lists and undoes backups', async () => {
    const asked: unknown[] = [];
    assert.match((await run(['clients', 'backups'], handlers())).text, /^b-1 +cursor +connect .* can be undone/m);
    const { text } = await run(['clients', 'undo', 'b-1', '--force'], handlers(asked));
    assert.deepEqual(asked, [{ id: 'b-1', force: true }]);
    assert.match(text, /is as it was/);
  });
});
