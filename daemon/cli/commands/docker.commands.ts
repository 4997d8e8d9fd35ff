import { type Command, Option } from 'commander';
import type { DockerStatus } from '../../../shared/api/docker.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { describeDocker } from '../terminal/docker-text.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { renderPairs, renderTable } from '../terminal/table.ts';

export function addDockerCommands(program: Command, act: Act): void {
  program
    .command('docker')
    .description('show what Docker and docker mcp can do here, and why not')
    .addOption(new Option('--probe', 'look at Docker again, and read its profiles anew'))
    .action(act(showDocker));
}

async function showDocker(context: CommandContext, { probe = false }: { probe?: boolean }): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const status = probe ? await api.probeDocker({}, { signal }) : await api.getDocker({}, { signal });
  return { document: status, text: dockerText(status, context) };
}

function dockerText(status: DockerStatus, { output }: CommandContext): string {
  const { plugin, engine, docker } = status;
  const commands = { profile: 'profiles', legacy: 'one fixed selection (older commands)' } as const;
  const from = {
    environment: 'by an environment variable',
    context: 'by the context',
    default: 'the usual place',
  } as const;
  const facts = renderPairs(
    [
      ['Docker', describeDocker(status)],
      ['Command', docker.path && `${docker.path}${docker.version ? ` (${docker.version})` : ''}`],
      ['docker mcp', plugin.installed ? (plugin.version ?? 'of unknown version') : null],
      ['Plugin', plugin.path],
      ['Commands', plugin.dialect && commands[plugin.dialect]],
      [
        'Engine',
        engine.reachable ? `${engine.version ?? '?'} on ${engine.os ?? '?'}/${engine.architecture ?? '?'}` : null,
      ],
      ['Context', engine.context],
      ['Address', engine.host && `${engine.host}${engine.hostFrom ? ` (${from[engine.hostFrom]})` : ''}`],
      ['In a container', status.insideContainer ? 'yes' : null],
      ['docker pass', status.passInstalled ? 'installed' : 'not installed'],
      ['Own tools', status.ownTools ? 'on: a connected model can change profiles' : 'off'],
    ],
    output.style,
  );
  const table = capabilityTable(status, output);
  const warnings = status.warnings.map(({ title, detail, next, code }) =>
    output.style(
      code === 'DOCKER_016' ? 'red' : 'yellow',
      `Warning: ${safeLine(`${title}: ${detail} ${next ?? ''}`.trim())} (${code})`,
    ),
  );
  return [facts, ...warnings, '', table].join('\n');
}

/** One sentence instead of a table that says the same in every row. */
function capabilityTable({ capabilities }: DockerStatus, { look }: CommandContext['output']): string {
  const [first] = capabilities;
  if (first?.reason && capabilities.every(({ reason }) => reason === first.reason))
    return `Nothing can be done with Docker. ${safeLine(first.reason)}`;
  return renderTable(
    capabilities,
    [
      { heading: 'CAPABILITY', value: ({ id }) => id },
      {
        heading: 'AVAILABLE',
        value: ({ available }) => (available ? 'yes' : 'no'),
        colour: ({ available }) => (available ? 'green' : 'yellow'),
      },
      { heading: 'REASON', value: ({ reason }) => reason ?? '' },
    ],
    look,
  );
}
