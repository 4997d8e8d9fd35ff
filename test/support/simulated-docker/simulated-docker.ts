// A `docker` with the plugin `mcp` for tests: a real child process with state in files, which behaves as the recordings say.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import { stringify } from 'yaml';
import { makeProgram } from '../program-file.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

/** A program that stands for an image: it gets the entry's command as further arguments. */
export interface SimulatedImage {
  command: string;
  args?: string[];
  /** The label io.docker.server.metadata; without it the image cannot be added by docker://. */
  metadata?: Record<string, unknown>;
}

/** How one command goes wrong. `match` begins its words, as ['mcp', 'profile', 'list']. */
export interface CommandFailure {
  match: string[];
  delayMilliseconds?: number;
  stdout?: string;
  stderr?: string;
  exitCode?: number;
  /** Says what it says and does not end. */
  hang?: boolean;
  /** Does not mind SIGTERM. */
  deaf?: boolean;
  /** A child of it keeps the output open. */
  fork?: boolean;
}

export interface SimulatedFailure {
  /** `only-by-host`: the default engine does not answer, one that DOCKER_HOST names may. */
  engine?: 'down' | 'permission' | 'only-by-host';
  desktop?: 'not-running' | 'toolkit-disabled';
  database?: 'locked' | 'migration-lock' | 'dirty' | 'corrupt' | 'newer' | 'read-only';
  /** How long a locked database lets wait; the real one does 5,000. */
  waitMilliseconds?: number;
  commands?: CommandFailure[];
}

export interface SimulatedDockerOptions {
  dialect: 'profile' | 'legacy';
  /** What `docker mcp version` prints. */
  version?: string;
  /** HOME of the person; a fresh folder unless it is given. */
  home?: string;
  /** Programs that stand for images: the fast path. Without them servers run on a real engine. */
  images?: Record<string, SimulatedImage>;
  /** A real engine: its address is what docker reaches when nothing else is chosen, by a context of this home. */
  engine?: { host: string; docker?: string };
  /** Addresses of OCI registries that answer; they keep what is pushed in a folder. */
  registries?: string[];
  /** Whether the plugin is there at first. */
  plugin?: boolean;
  /** `stub`: secrets can be written; nothing resolves them, as on a plain engine. `desktop`: gateways find them, as with Desktop. */
  pass?: 'missing' | 'stub' | 'desktop';
  /** Legacy dialect: the catalog that Docker would have been asked for, by server name. */
  dockerCatalog?: Record<string, unknown>;
  /** Between reading and writing a profile, so that two writers collide for certain. */
  raceMilliseconds?: number;
}

export interface SimulatedDocker extends AsyncDisposable {
  /** Has the program `docker`: put it first on PATH. */
  readonly binFolder: string;
  readonly home: string;
  /** For a child that shall use it: PATH and HOME, and nothing that chooses another engine. */
  readonly environment: Record<string, string>;
  /** ~/.docker/mcp/catalogs of its home. */
  readonly catalogsFolder: string;
  /** Where the plugin's program is. */
  readonly pluginFile: string;
  /** What goes wrong from now on; nothing with {}. */
  setFailure(failure: SimulatedFailure): Promise<void>;
  /** Writes a catalog file: entries by server name. Answers its name under the catalogs folder. */
  writeCatalog(name: string, registry: Record<string, unknown>, more?: Record<string, unknown>): Promise<string>;
  /** Processes that stand for containers and still run. */
  runningContainers(): Promise<{ pid: number; image: string; labels: Record<string, string> }[]>;
  /** The words of every command that was run so far, in order. */
  commands(): Promise<string[][]>;
  /** Runs one command to its end. */
  run(words: string[], options?: RunOptions): Promise<RunResult>;
  /** Ends what it left running, and removes its folders. */
  close(): Promise<void>;
}

export interface RunOptions {
  cwd?: string;
  environment?: Record<string, string>;
  stdin?: string;
  /** Signals it after so many milliseconds. */
  signalAfter?: { milliseconds: number; signal: NodeJS.Signals };
}

export interface RunResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

let bundled: Promise<string> | undefined;

/** The program in one file: it starts in half the time, and tests start it very often. */
function bundleProgram(): Promise<string> {
  bundled ??= build({
    entryPoints: [join(import.meta.dirname, 'docker.mjs')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'warning',
    banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  }).then(({ outputFiles: [file] }) => file?.text ?? '');
  return bundled;
}

const server = (name: string) => join(import.meta.dirname, 'servers', name);

const findOnPath = (name: string): string =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(file => existsSync(file)) ?? name;

/** `docker context use` for that engine: so everything that reads this home finds it, and no variable is needed. */
async function chooseEngine(dockerFolder: string, host: string): Promise<void> {
  const name = 'simulated';
  const folder = join(dockerFolder, 'contexts', 'meta', createHash('sha256').update(name).digest('hex'));
  await mkdir(folder, { recursive: true });
  const meta = { Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } };
  await writeFile(join(folder, 'meta.json'), JSON.stringify(meta));
  await writeFile(join(dockerFolder, 'config.json'), JSON.stringify({ currentContext: name }));
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** The image of the probe, whose server fails on demand; the recordings' entries give it the arguments crash and hang. */
export const probeImages: Record<string, SimulatedImage> = {
  'mcp-local/probe:1': { command: process.execPath, args: [server('probe.mjs')] },
};

/** An image whose server has what the file describes. */
export const describedImage = (file: string, ...traits: ('stays' | 'changes')[]): SimulatedImage => ({
  command: process.execPath,
  args: [server('described.mjs'), file, ...traits],
});

/** Prepares a home with the plugin, and a folder with the program `docker`. */
export async function createSimulatedDocker(options: SimulatedDockerOptions): Promise<SimulatedDocker> {
  const folder = await createTemporaryFolder('docker');
  const home = options.home ?? join(folder.path, 'home');
  const binFolder = join(folder.path, 'bin');
  const state = join(folder.path, 'state');
  const plugins = join(home, '.docker', 'cli-plugins');
  const catalogsFolder = join(home, '.docker', 'mcp', 'catalogs');
  const containersFolder = join(state, 'containers');
  for (const path of [binFolder, state, catalogsFolder, containersFolder, plugins])
    await mkdir(path, { recursive: true });

  const settingsFile = join(state, 'settings.json');
  const failureFile = join(state, 'failure.json');
  const commandsFile = join(state, 'commands.log');
  const pluginFile = join(plugins, 'docker-mcp');
  const settings = {
    dialect: options.dialect,
    version: options.version ?? (options.dialect === 'profile' ? 'HEAD' : 'v0.41.0'),
    home,
    failureFile,
    commandsFile,
    containersFolder,
    registryFolder: join(state, 'registry'),
    registries: options.registries ?? ['localhost:5055'],
    pass: options.pass ?? 'missing',
    raceMilliseconds: options.raceMilliseconds ?? 0,
    ...(options.engine
      ? { defaultHost: options.engine.host, realDocker: options.engine.docker ?? findOnPath('docker') }
      : { images: options.images ?? probeImages }),
  };
  await writeFile(settingsFile, JSON.stringify(settings));
  await writeFile(failureFile, '{}');
  const main = join(state, 'docker.mjs');
  await writeFile(main, await bundleProgram());
  // The program's own Node and settings, so that it works with any environment.
  const command = [process.execPath, main, settingsFile];
  await makeProgram(join(binFolder, 'docker'), command);
  if (options.engine) await chooseEngine(join(home, '.docker'), options.engine.host);
  if (options.plugin !== false) await makeProgram(pluginFile, command);
  const environment = { PATH: `${binFolder}${delimiter}${process.env['PATH']}`, HOME: home };

  const writeCatalog: SimulatedDocker['writeCatalog'] = async (name, registry, more = {}) => {
    await writeFile(join(catalogsFolder, `${name}.yaml`), stringify({ name, ...more, registry }));
    return `${name}.yaml`;
  };
  if (options.dockerCatalog)
    await writeCatalog('docker-mcp', options.dockerCatalog, { displayName: 'Docker MCP Catalog' });

  const runningContainers: SimulatedDocker['runningContainers'] = async () => {
    const files = await readdir(containersFolder).catch(() => []);
    const records = await Promise.all(
      files.map(name => readFile(join(containersFolder, name), 'utf8').catch(() => undefined)),
    );
    return records
      .filter(text => text !== undefined)
      .map(text => JSON.parse(text))
      .filter(({ pid }) => isAlive(pid));
  };

  const close = async () => {
    for (const { pid } of await runningContainers()) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
    }
    await folder.remove();
  };

  return {
    binFolder,
    home,
    environment,
    catalogsFolder,
    pluginFile,
    writeCatalog,
    runningContainers,
    async commands() {
      const text = await readFile(commandsFile, 'utf8').catch(() => '');
      return text
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line));
    },
    setFailure: failure => writeFile(failureFile, JSON.stringify(failure)),
    run: (words, run = {}) => runToEnd(join(binFolder, 'docker'), words, { ...environment, ...run.environment }, run),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function runToEnd(
  program: string,
  words: string[],
  environment: Record<string, string>,
  { cwd, stdin, signalAfter }: RunOptions,
): Promise<RunResult> {
  const child = spawn(program, words, { env: environment, ...(cwd ? { cwd } : {}), stdio: 'pipe' });
  child.stdin.on('error', () => {});
  child.stdin.end(stdin ?? '');
  const timer = signalAfter && setTimeout(() => child.kill(signalAfter.signal), signalAfter.milliseconds);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', part => {
    stdout += part;
  });
  child.stderr.setEncoding('utf8').on('data', part => {
    stderr += part;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', exitCode => {
      clearTimeout(timer);
      resolve({ exitCode, stdout, stderr });
    });
  });
}
