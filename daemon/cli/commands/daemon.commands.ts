import { once } from 'node:events';
import type { Command } from 'commander';
import type { DaemonStatus } from '../../../shared/api/daemon.ts';
import type { DockerStatus } from '../../../shared/api/docker.ts';
import { toPort } from '../arguments/names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { endDaemon, findUsable, notRunning } from '../link/connection.ts';
import { findDaemon } from '../link/discovery.ts';
import { type LaunchedDaemon, launchDaemon } from '../link/launch.ts';
import { count, describeBytes } from '../terminal/describe.ts';
import { describeDocker } from '../terminal/docker-text.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { renderPairs } from '../terminal/table.ts';

/** A daemon that was asked to end and has not after this time is killed. */
const endMilliseconds = 30_000;

export function addDaemonCommands(program: Command, act: Act): void {
  program
    .command('status')
    .description('show the daemon, its engines and what is wrong; never starts one')
    .action(act(showStatus));
  const daemon = program
    .command('daemon')
    .description('run the daemon here until Ctrl-C')
    .option(
      '--port <number>',
      'the port of page and API on 127.0.0.1; 0 for any free one, none for the socket only',
      toPort,
    )
    .option('--host <address>', 'the address that the port is opened on, instead of 127.0.0.1')
    .option(
      '--expose',
      'allow an address that other machines can reach; give it a certificate (QUAYSIDE_TLS_CERT, QUAYSIDE_TLS_KEY)',
    )
    .option('--foreground', 'run it here; this is what happens anyway')
    .action(act(runDaemon));
  daemon.command('stop').description('stop the daemon and all servers').action(act(stopDaemon));
}

async function showStatus(context: CommandContext): Promise<CommandResult> {
  const { home, signal, output } = context;
  const found = await findUsable({ home, signal, mayStart: false, notice: output.notice });
  if (!found) throw notRunning(home);
  const [status, docker] = await Promise.all([
    found.api.getStatus({}, { signal }),
    // An older daemon knows nothing of Docker.
    output.json ? undefined : found.api.getDocker({}, { signal }).catch(() => undefined),
  ]);
  return { document: status, text: statusText(status, docker, context) };
}

function statusText(status: DaemonStatus, docker: DockerStatus | undefined, { output }: CommandContext): string {
  const { total, running, failed } = status.servers;
  const engines = status.engines
    .filter(({ kind }) => kind !== 'docker' || !docker)
    .map(({ title, available, reason }) => [title, available ? 'available' : `not available: ${reason}`] as const);
  const facts = renderPairs(
    [
      ['Version', status.version],
      ['Page', status.url],
      ['MCP clients', status.mcpUrl],
      ['Socket', status.socket],
      ['State folder', status.stateFolder],
      ['Process', `${status.pid} (${status.runtime}, ${describeBytes(status.memoryBytes)})`],
      ['Started', status.startedAt],
      ['Ends', status.persistent ? 'when it is stopped' : 'some minutes after its last client'],
      ['Servers', `${total} (${running} running, ${failed} failed)`],
      ['Clients', count(status.clients, 'connection')],
      ...engines,
      ['Docker', docker && describeDocker(docker)],
    ],
    output.style,
  );
  const warnings = [...status.warnings, ...(docker?.warnings ?? [])].map(
    ({ title, detail, code }) => `Warning: ${safeLine(`${title}. ${detail}`)} (${code})`,
  );
  return [facts, ...warnings].join('\n');
}

async function runDaemon(
  context: CommandContext,
  { port, host, expose }: { port?: string; host?: string; expose?: boolean },
): Promise<ExitCode> {
  const { home, installation, output, signal } = context;
  const launched = await launchDaemon({
    installation,
    home,
    port: port ?? context.port,
    portFallback: false,
    host,
    expose,
    idleExitSeconds: null,
    life: 'foreground',
    signal,
  });
  const { ready } = launched;
  for (const { detail } of ready.warnings) output.notice(detail);
  if (output.json) output.document(ready);
  else
    output.text(`Quayside ${ready.version} is ready at ${ready.url ?? ready.socket}. Ctrl-C stops it and its servers.`);
  return superviseDaemon(launched, signal);
}

/** Stays until the daemon ends, and ends it when this process shall: Ctrl-C is its orderly end, so the code is 0 then. */
export async function superviseDaemon({ child }: LaunchedDaemon, signal: AbortSignal): Promise<ExitCode> {
  const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
  let killer: NodeJS.Timeout | undefined;
  const end = () => {
    child.kill('SIGTERM');
    killer = setTimeout(() => child.kill('SIGKILL'), endMilliseconds);
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  await exited;
  clearTimeout(killer);
  signal.removeEventListener('abort', end);
  return child.exitCode === 0 ? exitCodes.ok : exitCodes.api;
}

async function stopDaemon({ home, signal }: CommandContext): Promise<CommandResult> {
  const found = await findDaemon(home, signal);
  if (!found) return { document: {}, text: 'No daemon is running.' };
  await endDaemon(found, 'asked by a command', signal);
  return { document: {}, text: 'The daemon and its servers have stopped.' };
}
