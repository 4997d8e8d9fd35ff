// The tools of a private gateway that each of these starts for itself (CONTRACT section 7).
import * as z from 'zod';
import type { CliCommand } from '../../run.ts';
import { json } from './answers.ts';
import type { ToolSource } from './cli-contract.ts';
import { atLeastOne, catalogFile, listedPath, profileId, secretsPath, serverName, toolName } from './grammar.ts';
import { read } from './plan.ts';
import { ToolDefinition } from './schemas.ts';

const tools = ['mcp', 'tools'];
const asJson = ['--format', 'json'];

export const listTools = (source: ToolSource): CliCommand<ToolDefinition[]> =>
  read('list the tools', () => ({
    args: [...tools, 'ls', ...asJson, ...gatewayArgument(source)],
    time: 'long',
    ...json(
      z
        .array(ToolDefinition)
        .nullable()
        .transform(list => list ?? []),
    ),
  }));

export const countTools = (source: ToolSource): CliCommand<number> =>
  read('count the tools', () => ({
    args: [...tools, 'count', ...asJson, ...gatewayArgument(source)],
    time: 'long',
    format: 'json',
    parse: output => json(z.object({ count: z.int() })).parse(output).count,
  }));

export const inspectTool = (tool: string, source: ToolSource): CliCommand<ToolDefinition> =>
  read(`show the tool ${tool}`, () => ({
    args: [...tools, 'inspect', toolName(tool), ...asJson, ...gatewayArgument(source)],
    time: 'long',
    ...json(ToolDefinition),
  }));

/** Cut at commas by the CLI, so that no part may hold one: a second server needs its own flag. */
function gatewayArgument(source: ToolSource): string[] {
  if ('enabled' in source) return [];
  if ('profile' in source) return [`--gateway-arg=--profile=${profileId(source.profile)}`];
  const { catalog, servers, secrets, config } = source;
  const parts = [
    `--catalog=${catalogFile(catalog)}`,
    ...atLeastOne('server', servers).map(name => `--servers=${serverName(name)}`),
    ...(secrets === undefined ? [] : [`--secrets=${secretsPath(secrets)}`]),
    ...(config === undefined ? [] : [`--config=${listedPath(config)}`]),
  ];
  return [`--gateway-arg=${parts.join(',')}`];
}
