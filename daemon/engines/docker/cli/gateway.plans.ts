// How a gateway is run, in each of its modes, with no flag that the plugin does not have (CONTRACT section 6).
import { AnswerError } from '../../cli-error.ts';
import type { CliCommand, CliLaunch } from '../../run.ts';
import type { GatewayPlan, GatewaySource } from './cli-contract.ts';
import {
  absolutePath,
  atLeastOne,
  catalogFile,
  ipAddressOrHost,
  listedPath,
  memorySize,
  profileId,
  refused,
  secretsPath,
  serverName,
  wholeNumber,
} from './grammar.ts';
import { named, optional, read } from './plan.ts';

const run = ['mcp', 'gateway', 'run'];
const operation = 'run the gateway';

/** Flags that a plugin may lack without harm: what they ask for is then as it was before there was such a flag. */
const dispensable: ReadonlySet<string> = new Set(['host', 'block-secrets', 'block-network', 'watch']);

/** Errors: AnswerError "refused", or "unsupported-command" for a flag that this plugin lacks. */
export const gatewayLaunch = (plan: GatewayPlan, flags: ReadonlySet<string>): CliLaunch =>
  named(operation, () => ({ operation, args: [...run, ...gatewayFlags(plan, flags)], ...surroundings(plan) }));

/** What is said on standard error; the outcome of each server is in there. */
export const gatewayDryRun = (plan: GatewayPlan, flags: ReadonlySet<string>): CliCommand<string> =>
  read('try the gateway', () => {
    if (plan.secretLines !== undefined) throw refused('a dry run is given no secrets', 'Run the gateway itself.');
    return {
      args: [...run, ...gatewayFlags({ ...plan, dryRun: true }, flags)],
      time: 'long',
      ...surroundings(plan),
      parse: ({ stderr }) => stderr,
    };
  });

function gatewayFlags(plan: GatewayPlan, flags: ReadonlySet<string>): string[] {
  const isHttp = plan.transport !== 'stdio';
  if (plan.port !== undefined && !isHttp)
    throw refused('a gateway on standard input has no port', 'Leave the port out.');
  const wanted = [
    ...sourceFlags(plan.source),
    ...(isHttp ? ['--transport', plan.transport] : []),
    ...optional('--port', plan.port, port => wholeNumber('a port', port, 1, 65_535)),
    ...(isHttp && flags.has('host') ? optional('--host', plan.host, ipAddressOrHost) : []),
    ...optional('--cpus', plan.cpus, cpus => wholeNumber('a number of processors', cpus, 1, 1_024)),
    ...optional('--memory', plan.memory, memorySize),
    ...switchFlag('long-lived', plan.longLived, false),
    ...switchFlag('dry-run', plan.dryRun, false),
    ...switchFlag('verbose', plan.verbose, false),
    ...switchFlag('watch', plan.watch, true),
    ...switchFlag('block-secrets', plan.blockSecrets, true),
    ...switchFlag('block-network', plan.blockNetwork, false),
  ];
  return wanted.filter(argument => isKnown(argument, flags));
}

/** Only what differs from the CLI's own default is said. */
const switchFlag = (name: string, value: boolean | undefined, usual: boolean): string[] =>
  value === undefined || value === usual ? [] : [value ? `--${name}` : `--${name}=false`];

function isKnown(argument: string, flags: ReadonlySet<string>): boolean {
  const name = /^--([\w-]+)/.exec(argument)?.[1];
  if (name === undefined || flags.has(name)) return true;
  if (dispensable.has(name)) return false;
  throw new AnswerError({ failure: 'unsupported-command', subject: `the gateway of this docker mcp has no --${name}` });
}

function sourceFlags(source: GatewaySource): string[] {
  switch (source.mode) {
    case 'profile':
      return ['--profile', profileId(source.profile)];
    case 'enabled':
      return source.servers ? serversFlag(source.servers) : [];
    case 'files':
      return [
        '--catalog',
        catalogFile(source.catalog),
        // With names the registry file is not looked at, and nothing is reloaded.
        ...(source.registry === undefined ? serversFlag(source.servers) : ['--registry', listedPath(source.registry)]),
        ...optional('--secrets', source.secrets, secrets =>
          secrets === 'descriptor' ? '/dev/fd/3' : secretsPath(secrets),
        ),
        ...optional('--config', source.config, listedPath),
        ...optional('--tools-config', source.toolsConfig, listedPath),
      ];
  }
}

const serversFlag = (names: readonly string[]): string[] => [
  '--servers',
  atLeastOne('server', names).map(serverName).join(','),
];

/** Everything but the arguments; the token and the secrets are nowhere in them. */
function surroundings(plan: GatewayPlan): Omit<CliLaunch, 'args' | 'operation'> {
  const { source, token, secretLines, confidential = [], workingDirectory } = plan;
  const wantsDescriptor = source.mode === 'files' && source.secrets === 'descriptor';
  if (wantsDescriptor !== (secretLines !== undefined))
    throw refused('secrets and the descriptor for them go together', 'Give both, or neither.');
  if (token !== undefined && !/^[\w.~+/=-]{16,500}$/.test(token))
    throw refused('the token cannot be sent in a header', 'Use 16 or more letters and digits.');
  return {
    environment: { ...plan.environment, ...(token === undefined ? {} : { MCP_GATEWAY_AUTH_TOKEN: token }) },
    secrets: [...confidential, ...(token === undefined ? [] : [token]), ...valuesOf(secretLines)],
    ...(secretLines === undefined ? {} : { descriptor3: secretLines }),
    ...(workingDirectory === undefined ? {} : { workingDirectory: absolutePath(workingDirectory) }),
  };
}

/** Every value of the lines "server.key=value", so that none is shown even if nobody has named it. */
const valuesOf = (lines = ''): string[] =>
  lines
    .split('\n')
    .map(line => line.slice(line.indexOf('=') + 1))
    .filter(value => value !== '');
