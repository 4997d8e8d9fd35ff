// Finds the program that a command names, as a shell would, but without a shell.
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import { problem } from '../../../shared/api/problem.ts';
import { looksLikeFlag } from '../../../shared/domain/names.ts';

export interface ProgramPlace {
  platform: NodeJS.Platform;
  /** The environment whose PATH is searched. */
  environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The absolute path of a program. A relative path is refused: it would depend on where the daemon was started.
 * Errors: SERVER_004.
 */
export async function findProgram(command: string, { platform, environment }: ProgramPlace): Promise<string> {
  const path = platform === 'win32' ? win32 : posix;
  if (looksLikeFlag(command) || command === '') {
    throw cannotStart(`"${command}" is not a program: it would be read as a flag.`);
  }
  if (path.isAbsolute(command)) return await checkProgram(command, platform, environment);
  if (command.includes('/') || (platform === 'win32' && command.includes('\\'))) {
    throw cannotStart(`"${command}" is a relative path.`, 'Give the full path of the program, or its name on PATH.');
  }
  for (const folder of searchPath(environment, path.delimiter)) {
    const found = await firstRunnable(path.join(folder, command), platform, environment);
    if (found) return found;
  }
  throw cannotStart(`There is no program "${command}" on PATH.`, 'Install the program, or give its full path.');
}

async function checkProgram(command: string, platform: NodeJS.Platform, environment: ProgramPlace['environment']) {
  const found = await firstRunnable(command, platform, environment);
  if (found) return found;
  const entry = await stat(command).catch(() => undefined);
  if (!entry) throw cannotStart(`There is no program at ${command}.`, 'Install the program, or correct its path.');
  if (entry.isDirectory()) throw cannotStart(`${command} is a folder, not a program.`, 'Give the path of the program.');
  throw cannotStart(`${command} may not be run.`, `Make it executable, for example with: chmod +x "${command}"`);
}

async function firstRunnable(path: string, platform: NodeJS.Platform, environment: ProgramPlace['environment']) {
  for (const candidate of candidates(path, platform, environment)) if (await isRunnable(candidate)) return candidate;
  return undefined;
}

function candidates(path: string, platform: NodeJS.Platform, environment: ProgramPlace['environment']): string[] {
  if (platform !== 'win32') return [path];
  const extensions = (variable(environment, 'PATHEXT') ?? '.COM;.EXE;.BAT;.CMD').split(';').filter(Boolean);
  const hasExtension = extensions.some(extension => path.toLowerCase().endsWith(extension.toLowerCase()));
  return hasExtension ? [path] : extensions.map(extension => path + extension.toLowerCase());
}

const isRunnable = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
};

const searchPath = (environment: ProgramPlace['environment'], delimiter: string): string[] =>
  (variable(environment, 'PATH') ?? '').split(delimiter).filter(folder => folder !== '' && folder !== '.');

/** Windows does not tell PATH from Path. */
const variable = (environment: ProgramPlace['environment'], name: string): string | undefined =>
  environment[name] ?? Object.entries(environment).find(([key]) => key.toUpperCase() === name)?.[1];

const cannotStart = (detail: string, next = 'Correct the command of this server.') =>
  problem('SERVER_004', { detail, next });
