// The live tests on the simulated plugin over a private engine: node test/live/rehearsal.ts [profile|legacy]. As root, and after a build.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startTestEngine } from '../support/docker-engine/engine.ts';
import { buildMcpServer, mcpImage } from '../support/docker-engine/images.ts';
import { createSimulatedDocker } from '../support/simulated-docker/simulated-docker.ts';

const dialect = process.argv[2] === 'legacy' ? 'legacy' : 'profile';

await using engine = await startTestEngine('rehearsal');
await buildMcpServer(engine.docker);
await using docker = await createSimulatedDocker({ dialect, engine: { host: engine.host } });

const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
  env: { ...process.env, ...docker.environment, QUAYSIDE_LIVE_IMAGE: mcpImage },
  stdio: 'inherit',
});
process.exitCode = await new Promise<number>(resolve => child.once('close', code => resolve(code ?? 1)));

const commands = await docker.commands();
const left = await engine.docker.listContainers({ all: true });
console.log(`${commands.length} docker commands were run; ${left.length} containers are left.`);
if (process.env['QUAYSIDE_LIVE_COMMANDS']) for (const words of commands) console.log(words.join(' ').slice(0, 160));
if (left.length > 0) process.exitCode = 1;
