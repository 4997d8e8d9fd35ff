// What this docker and its plugin are, asked in ways that need as little as possible (CONTRACT section 1).
import * as z from 'zod';
import type { CliFailure } from '../../cli-error.ts';
import { AnswerError } from '../../cli-error.ts';
import type { CliCommand, CliOutput } from '../../run.ts';
import { isHelp, json } from './answers.ts';
import { classify } from './classify.ts';
import type { Dialect } from './cli-contract.ts';
import { absolutePath } from './grammar.ts';
import { read } from './plan.ts';
import { DockerVersion, InstalledPlugin, PluginMetadata } from './schemas.ts';

export const readVersion = (): CliCommand<string> =>
  read('read the version of docker mcp', () => ({
    args: ['mcp', 'version'],
    parse: ({ stdout }) => {
      const line = stdout.trim().split('\n')[0]?.trim() ?? '';
      if (line !== '' && line.length <= 100) return line;
      throw new AnswerError({ failure: 'unreadable', subject: 'the answer is no version' });
    },
  }));

/** By the top-level help: it shows the truth also where a feature switches the dialect. */
export const readDialect = (): CliCommand<{ dialect: Dialect; commands: string[] }> =>
  read('find out which commands docker mcp has', () => ({
    args: ['mcp', '--help'],
    parse: output => {
      const commands = [...helpOf(output).matchAll(/^ {2}([a-z][\w-]*) {2,}\S/gm)].map(match => match[1] ?? '');
      if (commands.includes('profile')) return { dialect: 'profile', commands };
      if (commands.includes('config') || commands.includes('server')) return { dialect: 'legacy', commands };
      throw new AnswerError({ failure: 'unreadable', subject: 'its help names no command that we know' });
    },
  }));

export const readGatewayFlags = (): CliCommand<ReadonlySet<string>> =>
  read('find out what the gateway of docker mcp can do', () => ({
    args: ['mcp', 'gateway', 'run', '--help'],
    parse: output => new Set([...helpOf(output).matchAll(/^\s+(?:-\w, )?--([\w-]+)/gm)].map(match => match[1] ?? '')),
  }));

/** The plugin's binary itself: 40 ms, without the docker command and without an engine. */
export const readPluginMetadata = (binary: string): CliCommand<PluginMetadata> =>
  read('ask the docker-mcp plugin what it is', () => ({
    program: absolutePath(binary),
    args: ['docker-cli-plugin-metadata'],
    ...json(PluginMetadata),
  }));

const withoutEngine: ReadonlySet<CliFailure> = new Set(['engine-down', 'engine-starting', 'engine-permission']);

/** Without an engine it fails, and has answered all the same. */
const tolerates = (failure: CliFailure, { stdout }: CliOutput): boolean =>
  withoutEngine.has(failure) && /^\s*[[{]/.test(stdout);

export const listPlugins = (): CliCommand<InstalledPlugin[]> =>
  read('list the plugins of docker', () => ({
    args: ['info', '--format', '{{json .ClientInfo.Plugins}}'],
    tolerates,
    ...json(
      z
        .array(InstalledPlugin)
        .nullable()
        .transform(plugins => plugins ?? []),
    ),
  }));

export const readEngine = (): CliCommand<DockerVersion & { engineFailure?: CliFailure }> => {
  const args = ['version', '--format', 'json'];
  return read('ask the Docker engine for its version', () => ({
    args,
    tolerates,
    format: 'json',
    parse: output => {
      const engineFailure = classify(output, args)?.failure;
      return { ...json(DockerVersion).parse(output), ...(engineFailure === undefined ? {} : { engineFailure }) };
    },
  }));
};

function helpOf({ stdout }: CliOutput): string {
  if (isHelp(stdout)) return stdout;
  throw new AnswerError({ failure: 'unreadable', subject: 'the answer is no help text' });
}
