// From the command line through a real daemon to a docker that is simulated: look, connect a client, undo, bundle.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { ClientChanged } from '../../../shared/api/clients.ts';
import { DockerStatus } from '../../../shared/api/docker.ts';
import { DoctorReport } from '../../../shared/api/doctor.ts';
import { createSimulatedDocker, type SimulatedDocker } from '../../support/simulated-docker/simulated-docker.ts';
import { type CommandLine, createCommandLine } from './command-line.ts';

describe('Commands for Docker on a whole daemon', function () {
  this.timeout(60_000);
  let docker: SimulatedDocker;
  let quayside: CommandLine;
  let environment: Record<string, string>;
  before(async () => {
    docker = await createSimulatedDocker({ dialect: 'profile' });
    await docker.run(['mcp', 'profile', 'create', '--name', 'Dev Tools']);
    environment = docker.environment;
    quayside = await createCommandLine('doctor');
  });
  after(async () => {
    await quayside[Symbol.asyncDispose]();
    await docker[Symbol.asyncDispose]();
  });

  it('say what Docker can do, also in the status', async () => {
    const status = DockerStatus.parse(await quayside.json(['docker'], { environment }));
    assert.equal(status.plugin.dialect, 'profile');
    const { stdout } = await quayside.run(['status'], { environment });
    assert.match(stdout, /^Docker +available: docker mcp HEAD on Docker Engine/m);
  });

  it('examine everything in order', async () => {
    const { code, stdout } = await quayside.run(['--json', 'doctor'], { environment });
    const { state, checks } = DoctorReport.parse(JSON.parse(stdout));
    assert.equal(code, state === 'error' ? 1 : 0);
    assert.equal(checks.find(({ id }) => id === 'docker.usable')?.state, 'ok', stdout);
  });

  it('connect a client of a project, and undo it byte for byte', async () => {
    const project = join(docker.home, 'project');
    const file = join(project, '.cursor', 'mcp.json');
    const before = '{\n  // mine\n  "mcpServers": {}\n}\n';
    await mkdir(join(project, '.git'), { recursive: true });
    await mkdir(join(project, '.cursor'));
    await writeFile(file, before);
    const args = ['clients', 'connect', 'cursor', '--profile', 'dev_tools', '--project', project];
    const asked = await quayside.run(args, { environment });
    assert.equal(asked.code, 1);
    assert.match(asked.stdout, /^-\s+\/\/ mine$/m);
    assert.match(asked.stdout, /comments in this file will be lost/);
    assert.equal(await readFile(file, 'utf8'), before);
    const { backup } = ClientChanged.parse(await quayside.json([...args, '--yes'], { environment }));
    assert.match(await readFile(file, 'utf8'), /^\{"mcpServers":\{"MCP_DOCKER":/);
    assert.equal((await quayside.run(['clients', 'undo', backup.id], { environment })).code, 0);
    assert.equal(await readFile(file, 'utf8'), before);
  });

  it('write a bundle that can be read', async () => {
    const file = join(docker.home, 'bundle.zip');
    assert.equal((await quayside.run(['doctor', '--bundle', file], { environment })).code, 0);
    const files = unzipSync(await readFile(file));
    assert.ok(files['report.json'] && files['logs/daemon.log']);
    const discovery = await quayside.discovery();
    assert.ok(discovery?.token);
    for (const [name, bytes] of Object.entries(files)) assert.ok(!strFromU8(bytes).includes(discovery.token), name);
  });
});
