// Finds the docker command and its plugins on the disk, without starting anything.
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import * as z from 'zod';
import { dockerFolder, readDockerConfig } from './api/docker-config.ts';

export interface HostPlace {
  environment: Readonly<Record<string, string | undefined>>;
  home: string;
  platform: NodeJS.Platform;
}

/**
 * The docker program: an absolute path as it is, a name as PATH has it. Undefined if there is none that may be run;
 * a relative path is none, because it would depend on where the daemon was started.
 */
export async function findDockerProgram(
  program: string,
  { environment, platform }: HostPlace,
): Promise<string | undefined> {
  const path = platform === 'win32' ? win32 : posix;
  const names = withExtensions(program, environment, platform);
  if (path.isAbsolute(program)) return await firstRunnable(names);
  if (/[\\/]/.test(program)) return undefined;
  const folders = (variable(environment, 'PATH') ?? '').split(path.delimiter).filter(folder => path.isAbsolute(folder));
  return await firstRunnable(folders.flatMap(folder => names.map(name => path.join(folder, name))));
}

/** The binary of a plugin, where the docker command looks for it: the user's folders before the system's. */
export async function findPlugin(name: string, place: HostPlace): Promise<string | undefined> {
  const path = place.platform === 'win32' ? win32 : posix;
  const file = place.platform === 'win32' ? `docker-${name}.exe` : `docker-${name}`;
  return await firstRunnable((await pluginFolders(place)).map(folder => path.join(folder, file)));
}

const ExtraFolders = z.looseObject({ cliPluginsExtraDirs: z.array(z.string()).optional().catch(undefined) });

async function pluginFolders({ environment, home, platform }: HostPlace): Promise<string[]> {
  const path = platform === 'win32' ? win32 : posix;
  const own = dockerFolder(environment, home);
  const extra = ExtraFolders.parse(await readDockerConfig(own)).cliPluginsExtraDirs ?? [];
  return [path.join(own, 'cli-plugins'), ...extra.filter(path.isAbsolute), ...systemFolders(environment, platform)];
}

function systemFolders(environment: HostPlace['environment'], platform: NodeJS.Platform): string[] {
  if (platform === 'win32') {
    return ['ProgramData', 'ProgramFiles'].flatMap(name => {
      const folder = variable(environment, name.toUpperCase());
      return folder ? [win32.join(folder, 'Docker', 'cli-plugins')] : [];
    });
  }
  const unix = ['/usr/local/lib', '/usr/local/libexec', '/usr/lib', '/usr/libexec'];
  const folders = unix.map(folder => `${folder}/docker/cli-plugins`);
  return platform === 'darwin'
    ? [...folders, '/Applications/Docker.app/Contents/Resources/cli-plugins', '/opt/homebrew/lib/docker/cli-plugins']
    : folders;
}

function withExtensions(program: string, environment: HostPlace['environment'], platform: NodeJS.Platform): string[] {
  if (platform !== 'win32') return [program];
  const extensions = (variable(environment, 'PATHEXT') ?? '.COM;.EXE').split(';').filter(Boolean);
  const has = extensions.some(extension => program.toLowerCase().endsWith(extension.toLowerCase()));
  return has ? [program] : extensions.map(extension => program + extension.toLowerCase());
}

async function firstRunnable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await isRunnable(path)) return path;
  return undefined;
}

async function isRunnable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** Windows does not tell PATH from Path. */
const variable = (environment: HostPlace['environment'], name: string): string | undefined =>
  environment[name] ?? Object.entries(environment).find(([key]) => key.toUpperCase() === name)?.[1];

export interface Surroundings {
  insideContainer: boolean;
  wsl: boolean;
}

/** Whether this system is itself a container, or Linux inside Windows. `root` stands for "/" in tests. */
export async function findSurroundings({ environment, platform }: HostPlace, root = '/'): Promise<Surroundings> {
  if (platform !== 'linux') return { insideContainer: environment['DOCKER_MCP_IN_CONTAINER'] === '1', wsl: false };
  const read = async (file: string) => await readFile(posix.join(root, file), 'utf8').catch(() => '');
  const there = async (file: string) =>
    await stat(posix.join(root, file)).then(
      () => true,
      () => false,
    );
  const [cgroup, release, dockerMark, podmanMark] = await Promise.all([
    read('proc/1/cgroup'),
    read('proc/sys/kernel/osrelease'),
    there('.dockerenv'),
    there('run/.containerenv'),
  ]);
  const byGroup = /\/(?:docker|containerd|kubepods|libpod|lxc)[/-]/.test(cgroup);
  return {
    insideContainer: environment['DOCKER_MCP_IN_CONTAINER'] === '1' || dockerMark || podmanMark || byGroup,
    wsl: Boolean(environment['WSL_DISTRO_NAME']) || /microsoft/i.test(release),
  };
}
