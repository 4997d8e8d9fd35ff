import { type Command, InvalidArgumentError } from 'commander';
import type { Gateway, GatewayDetail } from '../../../shared/api/gateways.ts';
import { ProfileId } from '../../../shared/domain/docker-names.ts';
import { describeServerState } from '../../../shared/domain/server-state.ts';
import { by } from '../arguments/names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { colourOfState, count } from '../terminal/describe.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { renderPairs, renderTable } from '../terminal/table.ts';

const profileId = ['<profile>', 'the profile’s id', by(ProfileId)] as const;

export function addGatewayCommands(program: Command, act: Act): void {
  const gateway = program
    .command('gateway')
    .description('list Docker’s gateways, one of each profile, or control one')
    .action(act(listGateways));
  gateway
    .command('show')
    .description('show one gateway with its servers and last output')
    .argument(...profileId)
    .action(act(showGateway));
  const operations = [
    ['start', 'start a gateway with the servers that ran last, or with all of them', 'startGateway'],
    ['stop', 'stop a gateway and all its containers', 'stopGateway'],
    ['restart', 'restart a gateway, with all changes that wait', 'restartGateway'],
  ] as const;
  for (const [name, description, operation] of operations) {
    gateway
      .command(name)
      .description(description)
      .argument(...profileId)
      .action(act((context: CommandContext, profile: string) => operate(context, profile, operation)));
  }
  gateway
    .command('logs')
    .description('print the last output of a gateway')
    .argument(...profileId)
    .option('--follow', 'go on with what it says, until Ctrl-C')
    .action(act(showLogs));
  gateway
    .command('own-tools')
    .description('switch Docker’s own tools, which can change profiles, on or off')
    .argument('<on|off>', 'whether they are served', toSwitch)
    .argument('[profile]', 'the profile’s id; without it, all profiles', by(ProfileId))
    .action(act(switchOwnTools));
}

function toSwitch(text: string): 'on' | 'off' {
  if (text === 'on' || text === 'off') return text;
  throw new InvalidArgumentError('Write "on" or "off".');
}

async function listGateways(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const page = await listAll(query => api.listGateways({ query }, { signal: context.signal }));
  const empty = 'There are no profiles, so there are no gateways. See: quayside docker';
  return { document: page, text: page.total === 0 ? empty : table(page.items, context) };
}

const table = (gateways: Gateway[], { output }: CommandContext): string =>
  renderTable(
    gateways,
    [
      { heading: 'PROFILE', value: ({ profile }) => profile },
      {
        heading: 'STATE',
        value: ({ state }) => describeServerState(state),
        colour: ({ state }) => colourOfState(state),
      },
      { heading: 'SERVERS', value: ({ servers }) => servers.filter(({ state }) => state === 'ready').length },
      { heading: 'ADDRESS', value: ({ url, transport }) => url ?? (transport === 'stdio' ? 'no port' : '') },
      { heading: 'PROBLEM', value: ({ problem }) => problem?.detail ?? '' },
    ],
    output.look,
  );

async function showGateway(context: CommandContext, profile: string): Promise<CommandResult> {
  const api = await context.connect();
  const gateway = await api.getGateway({ params: { profile } }, { signal: context.signal });
  return { document: gateway, text: detail(gateway, context) };
}

const modes = { profile: 'from Docker’s profile', files: 'from files made of the profile' } as const;
const edits = { 'at-once': 'at once', 'by-restart': 'with the next restart' } as const;

function detail(gateway: GatewayDetail, { output }: CommandContext): string {
  const { problem } = gateway;
  const facts = renderPairs(
    [
      ['Profile', gateway.profile],
      ['Title', gateway.title],
      ['State', describeServerState(gateway.state)],
      ['Problem', problem && `${problem.title}: ${problem.detail} ${problem.next ?? ''}`],
      ['Next try', gateway.nextTryAt],
      ['Started', gateway.startedAt],
      ['Restarts', gateway.restarts],
      ['Process', gateway.pid],
      ['Address', gateway.url],
      ['Mode', gateway.mode && modes[gateway.mode]],
      ['Why', gateway.modeReason],
      ['Edits apply', gateway.editsApply && edits[gateway.editsApply]],
      ['Changes wait', gateway.changesWaiting ? `yes: quayside gateway restart ${gateway.profile}` : null],
      ['Own tools', gateway.ownTools ? 'on: a connected model can change profiles' : 'off'],
    ],
    output.style,
  );
  const servers = renderTable(
    gateway.servers,
    [
      { heading: 'SERVER', value: ({ serverId }) => serverId },
      { heading: 'STATE', value: ({ state }) => state },
      { heading: 'TOOLS', value: ({ tools }) => tools },
      { heading: 'PROBLEM', value: ({ problem: why }) => why?.detail ?? '' },
    ],
    output.look,
  );
  const lines = gateway.output.slice(-20).map(line => `  ${safeLine(line)}`);
  const last = lines.length === 0 ? [] : ['', output.style('dim', 'Last output'), ...lines];
  return [facts, ...(gateway.servers.length === 0 ? [] : ['', servers]), ...last].join('\n');
}

async function operate(
  context: CommandContext,
  profile: string,
  operation: 'startGateway' | 'stopGateway' | 'restartGateway',
): Promise<CommandResult> {
  const api = await context.connect();
  const gateway = await api[operation]({ params: { profile } }, { signal: context.signal });
  const ready = gateway.servers.filter(({ state }) => state === 'ready').length;
  const others = gateway.servers.filter(({ state }) => state === 'failed' || state === 'left-out');
  for (const { serverId, problem } of others)
    context.output.notice(`${serverId}: ${problem?.detail ?? 'it does not run'}`);
  const running = gateway.state === 'running' ? `, ${count(ready, 'server')}` : '';
  return { document: gateway, text: `${profile}: ${describeServerState(gateway.state).toLowerCase()}${running}.` };
}

async function showLogs(
  context: CommandContext,
  profile: string,
  { follow = false }: { follow?: boolean },
): Promise<CommandResult | ExitCode> {
  const api = await context.connect();
  const { output, signal } = context;
  const gateway = await api.getGateway({ params: { profile } }, { signal });
  if (!follow) return { document: gateway.output, text: gateway.output.map(safeLine).join('\n') };
  const print = (line: string) => (output.json ? output.line(line) : output.text(safeLine(line)));
  for (const line of gateway.output) print(line);
  await api.followEvents({
    signal,
    onEvent(event) {
      if (event.type === 'gateway.output' && event.profile === profile) for (const line of event.lines) print(line);
    },
  });
  return exitCodes.interrupted;
}

async function switchOwnTools(
  context: CommandContext,
  wanted: 'on' | 'off',
  only: string | undefined,
): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const all = only === undefined ? (await listAll(query => api.listGateways({ query }, { signal }))).items : [];
  const profiles = only === undefined ? all.map(({ profile }) => profile) : [only];
  const gateways: Gateway[] = [];
  for (const profile of profiles)
    gateways.push(await api.updateGateway({ params: { profile }, body: { ownTools: wanted === 'on' } }, { signal }));
  const text = `Docker’s own tools are ${wanted} in ${count(profiles.length, 'profile')}.`;
  return { document: gateways, text: profiles.length === 0 ? 'There are no profiles.' : text };
}
