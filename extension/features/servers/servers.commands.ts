import { env, type TreeView, window } from 'vscode';
import { ProblemError } from '../../../shared/api/problem.ts';
import { type MCPServer, NewServer, type TestResult } from '../../../shared/api/servers.ts';
import { Name, nameFromPackage, PlainValue } from '../../../shared/domain/names.ts';
import { canStart, canStop } from '../../../shared/domain/server-state.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { runOperation } from '../../daemon-link/run-operation.ts';
import { askFor, confirm, withCancellableProgress } from '../../platform/ask.ts';
import type { RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { HostProblem } from '../../platform/host-problem.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import { pickServer } from '../../platform/pick-server.ts';
import { forNotification } from '../../platform/plain-text.ts';
import type { ReportProblem } from '../../platform/report-problem.ts';
import { describeSource } from '../../platform/server-node.ts';
import { splitWords } from './command-line.ts';
import type { Row } from './servers.nodes.ts';

export interface ServerCommandsOptions {
  link: DaemonLink;
  mirror: Mirror;
  register: RegisterCommand;
  report: ReportProblem;
  open: OpenPanel;
  showOutput: (server: MCPServer) => Promise<void>;
  view: TreeView<Row>;
}

export function registerServerCommands(options: ServerCommandsOptions) {
  const { link, mirror, register, report, open, view } = options;
  const api = link.api;
  const server = createServerArgument(mirror, view);

  const start = async ({ id, title }: MCPServer, call: 'startServer' | 'restartServer') => {
    try {
      await withCancellableProgress(`Starting ${title}`, async signal => {
        // Leaving the request does not end the start, so a cancelled one is stopped.
        signal.addEventListener('abort', () => void api.stopServer({ params: { id } }).catch(report), { once: true });
        await api[call]({ params: { id } }, { signal });
      });
    } catch (error) {
      await report(error, { serverId: id });
    }
  };

  const change = (title: string, doing: string, body: { kind: 'update' | 'roll-back'; serverId: string }) =>
    runOperation({ link, report, title: `${doing} ${title}`, begin: () => api.createOperation({ body }) });

  return [
    register(commands.refresh, () => mirror.refresh()),
    register(commands.startServer, async argument =>
      start(await server(argument, 'Start Server', each => canStart(each.state)), 'startServer'),
    ),
    register(commands.restartServer, async argument =>
      start(await server(argument, 'Restart Server', each => canStop(each.state)), 'restartServer'),
    ),
    register(commands.stopServer, async argument => {
      const { id, title } = await server(argument, 'Stop Server', each => canStop(each.state));
      await withCancellableProgress(`Stopping ${title}`, signal => api.stopServer({ params: { id } }, { signal }));
    }),
    register(commands.testServer, async argument => {
      const chosen = await server(argument, 'Test Server');
      const result = await withCancellableProgress(`Testing ${chosen.title}`, signal =>
        api.testServer({ params: { id: chosen.id } }, { signal }),
      );
      await tell(chosen, result, report);
    }),
    register(commands.removeServer, async argument => {
      const chosen = await server(argument, 'Remove Server');
      await confirm(
        `Remove ${chosen.title}?`,
        `It is stopped and removed with its configuration and files (${describeSource(chosen.source)}). This cannot be undone.`,
        'Remove',
      );
      await api.deleteServer({ params: { id: chosen.id } });
    }),
    register(commands.updateServer, async argument => {
      const { id, title, update } = await server(argument, 'Update Server', each => each.update !== null);
      await confirm(
        `Update ${title}?`,
        `${update?.detail ?? 'There is a newer definition in its catalog.'}\nIts settings, secrets and choice of tools stay. "Roll Back Server" undoes it.`,
        'Update',
      );
      await change(title, 'Updating', { kind: 'update', serverId: id });
    }),
    register(commands.rollBackServer, async argument => {
      const { id, title } = await server(argument, 'Roll Back Server', each => each.canRollBack);
      await confirm(
        `Roll back ${title}?`,
        'It gets the definition and image that it had before its last update.',
        'Roll Back',
      );
      await change(title, 'Rolling back', { kind: 'roll-back', serverId: id });
    }),
    register(commands.openServer, async argument => {
      const { id } = await server(argument, 'Open Server');
      open(`server/${id}`);
    }),
    register(commands.showServerOutput, async argument => options.showOutput(await server(argument, 'Show Output'))),
    register(commands.copyServerName, async argument => {
      const { id } = await server(argument, 'Copy Server Name');
      await env.clipboard.writeText(id);
    }),
    register(commands.addCommandServer, () => addCommandServer(link)),
    register(commands.addRemoteServer, () => addRemoteServer(link)),
  ];
}

/** The server that a command is about: a row, an id, the selected row for a key, or the one that is chosen from a list. */
function createServerArgument(mirror: Mirror, view: TreeView<Row>) {
  return async (argument: unknown, title: string, fits: (server: MCPServer) => boolean = () => true) => {
    await mirror.ready();
    const id = toServerId(isFromKey(argument) ? view.selection[0] : argument);
    if (id === undefined) return await pickServer(mirror.servers.filter(fits), title);
    const found = mirror.findServer(id);
    if (!found) throw new HostProblem('goneServer');
    return found;
  };
}

const isFromKey = (argument: unknown): boolean =>
  typeof argument === 'object' && argument !== null && 'from' in argument && argument.from === 'selection';

function toServerId(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (typeof argument !== 'object' || argument === null) return undefined;
  if (!('server' in argument)) return undefined;
  const { server } = argument;
  return typeof server === 'object' && server !== null && 'id' in server && typeof server.id === 'string'
    ? server.id
    : undefined;
}

async function tell({ id, title }: MCPServer, result: TestResult, report: ReportProblem): Promise<void> {
  if (result.problem) return await report(new ProblemError(result.problem), { serverId: id });
  const time = `${Math.round(result.durationMs)} ms`;
  const steps = result.steps.map(step => step.detail).filter(Boolean);
  void window.showInformationMessage(forNotification(`${title} works. ${steps.at(-1) ?? ''} It took ${time}.`));
}

const askForName = (usual: string) =>
  askFor(Name, { title: 'Name of the Server', prompt: 'What this server is called here.', value: usual });

async function addCommandServer({ api, connect }: DaemonLink): Promise<void> {
  await connect();
  const line = await askFor(PlainValue, {
    title: 'Add Command Server',
    prompt: 'The program and its arguments. Quotes keep words together; no shell is involved.',
    placeHolder: 'node /path/to/server.js --option "a value"',
  });
  const [command = '', ...args] = splitWords(line);
  const id = await askForName(
    nameFromPackage(
      command
        .split(/[/\\]/)
        .at(-1)
        ?.replace(/\.\w+$/, '') ?? '',
    ),
  );
  await confirm(
    `Add ${id}?`,
    `When it is started, this program runs with your rights on this machine:\n${[command, ...args].map(quote).join(' ')}`,
    'Add',
  );
  await api.createServer({ body: { type: 'command', id, command, configuration: { arguments: args } } });
}

async function addRemoteServer({ api, connect }: DaemonLink): Promise<void> {
  await connect();
  const url = await askFor(NewServer.options[1].shape.url, {
    title: 'Add Remote Server',
    prompt: 'The address at which the server speaks MCP over HTTP.',
    placeHolder: 'https://example.com/mcp',
  });
  const id = await askForName(nameFromPackage(new URL(url).hostname));
  await api.createServer({ body: { type: 'remote', id, url } });
}

const quote = (word: string): string => (/^[\w./:=@-]+$/.test(word) ? word : JSON.stringify(word));
