// The command line: which commands there are, and the one way in which each of them runs.
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { Command, Help, Option } from 'commander';
import { stateFolder } from '../../shared/domain/discovery.ts';
import { toPort, usualPort } from './arguments/names.ts';
import { type Act, createContext, present, presentFailure } from './command-context.ts';
import { addAccessCommands } from './commands/access.commands.ts';
import { addApprovalCommands } from './commands/approvals.commands.ts';
import { addAuditCommands } from './commands/audit.commands.ts';
import { addBitwardenCommands } from './commands/bitwarden.commands.ts';
import { addCallCommand } from './commands/call.commands.ts';
import { addCallHistoryCommands } from './commands/calls.commands.ts';
import { addCatalogCommands } from './commands/catalog.commands.ts';
import { addCatalogsCommands } from './commands/catalogs.commands.ts';
import { addClientCommands } from './commands/clients.commands.ts';
import { addCompareCommand } from './commands/compare.commands.ts';
import { addConfigCommands } from './commands/config.commands.ts';
import { addContainerCommands } from './commands/containers.commands.ts';
import { addContentCommands } from './commands/contents.commands.ts';
import { addDaemonCommands } from './commands/daemon.commands.ts';
import { addDockerCommands } from './commands/docker.commands.ts';
import { addDoctorCommands } from './commands/doctor.commands.ts';
import { addEventCommand } from './commands/events.commands.ts';
import { addExplainCommands } from './commands/explain.commands.ts';
import { addGatewayCommands } from './commands/gateways.commands.ts';
import { addInstallCommand } from './commands/install.commands.ts';
import { addKeyCommands } from './commands/keys.commands.ts';
import { addLockCommands } from './commands/lock.commands.ts';
import { addMcpCommands } from './commands/mcp.commands.ts';
import { addOperationCommands } from './commands/operations.commands.ts';
import { addProfileCommands } from './commands/profiles.commands.ts';
import { addSecretCommands } from './commands/secrets.commands.ts';
import { addServerCommands } from './commands/servers.commands.ts';
import { addTestCommands } from './commands/test.commands.ts';
import { addToolCommands } from './commands/tools.commands.ts';
import { addUpCommand } from './commands/up.commands.ts';
import { addUpdateCommands } from './commands/updates.commands.ts';
import { addUserCommands } from './commands/users.commands.ts';
import { type ExitCode, exitCodes, UsageError } from './exit-codes.ts';
import type { Interrupt } from './interrupt.ts';
import type { Installation } from './link/installation.ts';
import { createOutput, type TerminalStream } from './terminal/output.ts';

/** What the command line takes from its process. */
export interface CliHost {
  stdout: TerminalStream;
  stderr: TerminalStream;
  stdin: Readable;
  environment: NodeJS.ProcessEnv;
  interrupt: Interrupt;
  installation: Installation;
}

interface GlobalOptions {
  json?: boolean;
  start: boolean;
  home?: string;
}

const groups: readonly (readonly [heading: string, ...add: ((program: Command, act: Act) => void)[]])[] = [
  ['Quayside:', addUpCommand, addDaemonCommands, addAccessCommands],
  ['Servers:', addServerCommands, addConfigCommands],
  ['Catalog:', addCatalogCommands, addCatalogsCommands, addInstallCommand, addOperationCommands],
  [
    'Tools:',
    addToolCommands,
    addCallCommand,
    addContentCommands,
    addCallHistoryCommands,
    addMcpCommands,
    addTestCommands,
    addCompareCommand,
  ],
  ['Guards:', addLockCommands, addApprovalCommands],
  ['Secrets:', addSecretCommands, addBitwardenCommands],
  ['Access:', addUserCommands, addKeyCommands, addExplainCommands],
  [
    'Docker:',
    addProfileCommands,
    addUpdateCommands,
    addDockerCommands,
    addGatewayCommands,
    addDoctorCommands,
    addContainerCommands,
    addClientCommands,
  ],
  ['Watch:', addEventCommand, addAuditCommands],
];

/** Runs one command line (without the program's own two words) and resolves with its exit code. */
export async function runCommandLine(args: readonly string[], host: CliHost): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const program = createProgram(host);
  const act: Act =
    handler =>
    async (...given) => {
      const context = contextOf(program.opts<GlobalOptions>(), host);
      exitCode = present(context, await handler(context, ...given));
    };
  for (const [heading, ...add] of groups) {
    program.commandsGroup(heading);
    for (const each of add) each(program, act);
  }
  // Not program.version(): it would take --version away from "install".
  if (args[0] === '--version' || args[0] === '-V') {
    host.stdout.write(`${host.installation.version}\n`);
    return exitCode;
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    const { json = false } = program.opts<GlobalOptions>();
    const output = createOutput(host.stdout, host.stderr, host.environment, json);
    return presentFailure(output, error, {
      helpCommand: helpCommand(program, args),
      wasInterrupted: host.interrupt.signal.aborted,
    });
  }
}

function createProgram({ stdout, stderr }: CliHost): Command {
  const program = new Command('quayside');
  program
    .description('Install, run, test and watch MCP servers.')
    .exitOverride()
    .configureOutput({
      writeOut: text => stdout.write(text),
      writeErr: text => stderr.write(text),
      // The problem is printed once, by presentFailure.
      outputError: () => {},
    })
    .option('--json', 'print one JSON document, as the API answers it')
    .option('--home <folder>', 'the state folder (default: QUAYSIDE_HOME, or the platform’s own place)')
    .option('--no-start', 'fail if no daemon is running, instead of starting one')
    .addHelpText(
      'after',
      '\nExit codes: 0 ok, 1 usage or a check that found something, 2 the API reported an error, 3 the tool reported an error or callers may break, 70 a fault of ours, 130 Ctrl-C.',
    )
    .configureHelp({
      showGlobalOptions: true,
      visibleOptions(command) {
        const options = new Help().visibleOptions(command);
        return command === program ? [...options, new Option('-V, --version', 'print the version')] : options;
      },
    });
  return program;
}

function contextOf({ json = false, start, home }: GlobalOptions, host: CliHost) {
  const { environment, interrupt, installation, stdin, stdout, stderr } = host;
  return createContext({
    output: createOutput(stdout, stderr, environment, json),
    interrupt,
    stdin,
    environment,
    installation,
    home: resolve(home ?? stateFolder({ platform: process.platform, home: homedir(), environment })),
    mayStart: start,
    port: readPort(environment['QUAYSIDE_PORT']),
  });
}

function readPort(set: string | undefined): string {
  if (!set) return usualPort;
  try {
    return toPort(set);
  } catch {
    throw new UsageError(`QUAYSIDE_PORT must be a port from 0 to 65535 or "none", and not "${set}".`);
  }
}

/** The command whose help says more about a mistake. */
function helpCommand(program: Command, args: readonly string[]): string {
  let at = program;
  const words = [program.name()];
  for (const arg of args) {
    const next = at.commands.find(command => command.name() === arg);
    if (!next) continue;
    words.push(arg);
    at = next;
  }
  return words.join(' ');
}
