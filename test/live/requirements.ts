// What the live tests need, and a home of their own that reaches the same plugin and engine as the person's.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { writeDockerCatalog } from '../support/docker-catalog.ts';

export type Dialect = 'profile' | 'legacy';

export interface Requirements {
  /** The docker program by its full path. */
  docker: string;
  /** The plugin's program. */
  plugin: string;
  version: string;
  /** The dialects that this plugin has: an old one has the new one too, behind a feature. */
  dialects: Dialect[];
  engineVersion: string;
  image: string;
  /** Where the person's docker keeps its settings. */
  dockerFolder: string;
}

/** Something is not there; its message says what to do. */
export class MissingRequirement extends Error {}

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, at most a minute. */
export function runProgram(file: string, args: string[], environment: NodeJS.ProcessEnv): Promise<CommandResult> {
  return new Promise(resolve => {
    const options = { env: environment, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
    execFile(file, args, options, (error, stdout, stderr) => {
      const exitCode = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
      resolve({ exitCode, stdout, stderr: stderr || (error && exitCode === 1 && !stdout ? error.message : stderr) });
    });
  });
}

const missing = (text: string): never => {
  throw new MissingRequirement(text);
};

/** Looks for all that is needed. Throws a MissingRequirement for the first thing that is not there. */
export async function findRequirements(environment: NodeJS.ProcessEnv): Promise<Requirements> {
  const image = environment['QUAYSIDE_LIVE_IMAGE'];
  if (!image)
    missing(
      'Set QUAYSIDE_LIVE_IMAGE to the name of a local image whose entry point is an MCP server on standard input and output.',
    );
  const docker = findDocker(environment);
  const run = (...args: string[]) => runProgram(docker, args, environment);
  const version = await run('mcp', 'version');
  if (version.exitCode !== 0)
    missing(
      `docker mcp is not installed ("docker mcp version" says: ${version.stderr.trim()}). Install Docker's MCP plugin, as ~/.docker/cli-plugins/docker-mcp.`,
    );
  const plugin = await findPlugin(run);
  const engine = await run('version', '--format', 'json');
  if (engine.exitCode !== 0) missing(`The engine does not answer: ${engine.stderr.trim()} Start it.`);
  if ((await run('image', 'inspect', image ?? '')).exitCode !== 0)
    missing(`The engine has no image ${image}. Build or pull it: the tests fetch nothing.`);
  await checkDefaultEngine(docker, image ?? '', environment);
  return {
    docker,
    plugin,
    version: version.stdout.trim(),
    dialects: await findDialects(run),
    engineVersion: JSON.parse(engine.stdout).Server?.Version ?? 'of unknown version',
    image: image ?? '',
    dockerFolder: environment['DOCKER_CONFIG'] ?? join(homedir(), '.docker'),
  };
}

function findDocker(environment: NodeJS.ProcessEnv): string {
  const chosen = environment['QUAYSIDE_LIVE_DOCKER'];
  if (chosen)
    return existsSync(chosen) ? chosen : missing(`QUAYSIDE_LIVE_DOCKER names ${chosen}, which does not exist.`);
  const name = process.platform === 'win32' ? 'docker.exe' : 'docker';
  const places = (environment['PATH'] ?? '').split(delimiter).map(folder => join(folder, name));
  return places.find(existsSync) ?? missing('There is no docker command on PATH. Install Docker.');
}

type Run = (...args: string[]) => Promise<CommandResult>;

async function findPlugin(run: Run): Promise<string> {
  const { stdout } = await run('info', '--format', '{{json .ClientInfo.Plugins}}');
  const plugins: { Name: string; Path: string }[] = JSON.parse(stdout || '[]');
  return (
    plugins.find(({ Name }) => Name === 'mcp')?.Path ?? missing('docker info does not say where its plugin mcp is.')
  );
}

async function findDialects(run: Run): Promise<Dialect[]> {
  const { stdout } = await run('mcp', '--help');
  if (/^ {2}config /m.test(stdout)) {
    const features = await run('mcp', 'feature', 'ls');
    return /^ {2}profiles /m.test(features.stdout) ? ['legacy', 'profile'] : ['legacy'];
  }
  if (/^ {2}profile /m.test(stdout)) return ['profile'];
  return missing(
    'docker mcp --help names neither "profile" nor "config": this plugin has a dialect that is not known.',
  );
}

/** The gateway starts servers with `docker run`, which gets neither DOCKER_HOST nor DOCKER_CONTEXT. */
async function checkDefaultEngine(docker: string, image: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const { DOCKER_HOST, DOCKER_CONTEXT, ...plain } = environment;
  if (!DOCKER_HOST && !DOCKER_CONTEXT) return;
  if ((await runProgram(docker, ['image', 'inspect', image], plain)).exitCode === 0) return;
  const chosen = DOCKER_HOST ? `DOCKER_HOST=${DOCKER_HOST}` : `DOCKER_CONTEXT=${DOCKER_CONTEXT}`;
  missing(
    `The engine with the image is reached by ${chosen} only. The gateway's docker run does not get that variable. Choose the engine by "docker context create" and "docker context use", or run where the default socket is its own.`,
  );
}

export interface DockerHome extends AsyncDisposable {
  dialect: Dialect;
  path: string;
  /** For children that shall use this home. */
  environment: Record<string, string>;
  /** ~/.docker/mcp/catalogs. */
  catalogsFolder: string;
  /** docker in this home. */
  docker(...args: string[]): Promise<CommandResult>;
}

/** A fresh home, with the plugin linked in and the person's choice of engine; removed with all that is in it. */
export async function createDockerHome(requirements: Requirements, dialect: Dialect): Promise<DockerHome> {
  const path = await mkdtemp(join(tmpdir(), 'quayside-live-'));
  await chmod(path, 0o700);
  const folder = join(path, '.docker');
  const catalogsFolder = join(folder, 'mcp', 'catalogs');
  for (const place of [join(folder, 'cli-plugins'), catalogsFolder]) await mkdir(place, { recursive: true });
  await symlink(requirements.plugin, join(folder, 'cli-plugins', basename(requirements.plugin)));
  await copyEngineChoice(requirements.dockerFolder, folder);
  await linkDesktop(path);
  const { DOCKER_CONFIG: _, ...inherited } = process.env;
  const environment: Record<string, string> = {
    ...Object.fromEntries(Object.entries(inherited).filter((pair): pair is [string, string] => pair[1] !== undefined)),
    HOME: path,
    USERPROFILE: path,
    QUAYSIDE_DOCKER: requirements.docker,
    PATH: `${dirname(requirements.docker)}${delimiter}${process.env['PATH'] ?? ''}`,
  };
  const docker = (...args: string[]) => runProgram(requirements.docker, args, environment);
  // Else the first command of this dialect would download Docker's catalog.
  if (dialect === 'legacy') await writeDockerCatalog(path, {});
  if (dialect === 'profile' && requirements.dialects.includes('legacy'))
    await docker('mcp', 'feature', 'enable', 'profiles');
  return {
    dialect,
    path,
    environment,
    catalogsFolder,
    docker,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

// Docker Desktop's own sockets are looked for under the home.
const desktopPlaces = [
  ['.docker', 'desktop'],
  ['.docker', 'run'],
  ['.cache', 'docker-secrets-engine'],
  ['Library', 'Containers', 'com.docker.docker'],
];

async function linkDesktop(home: string): Promise<void> {
  for (const place of desktopPlaces) {
    const real = join(homedir(), ...place);
    if (!existsSync(real)) continue;
    await mkdir(dirname(join(home, ...place)), { recursive: true });
    await symlink(real, join(home, ...place));
  }
}

/** The contexts and which one is used: no logins, no features. */
async function copyEngineChoice(from: string, to: string): Promise<void> {
  if (existsSync(join(from, 'contexts'))) await cp(join(from, 'contexts'), join(to, 'contexts'), { recursive: true });
  const file = join(from, 'config.json');
  const { currentContext } = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : {};
  if (currentContext) await writeFile(join(to, 'config.json'), JSON.stringify({ currentContext }));
}
