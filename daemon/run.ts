// The daemon's life: reads what it is told, takes the lock, composes, listens, says that it is ready, and ends in order.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiVersion } from '../shared/api/daemon.ts';
import { isProblemError, type Problem } from '../shared/api/problem.ts';
import { compose, type Daemon } from './compose.ts';
import { createBitwarden } from './engines/bitwarden/bitwarden.cli.ts';
import { createDockerEngine } from './engines/docker/docker.engine.ts';
import type { CreateDockerEngine } from './engines/docker-engine.ts';
import { createProcessEngine } from './engines/process/process.engine.ts';
import { masterKeyPlaces } from './features/secrets/master-key.ts';
import { urlOf, warningsOf } from './http/exposure.ts';
import { type ListeningDoor, listenOnPort, listenOnPortOrAnother, listenOnSocket } from './http/listen.ts';
import { errorToProblem } from './http/to-problem.ts';
import { type DaemonConfig, readConfig } from './platform/config.ts';
import { createDiscoveryFile } from './platform/discovery-file.ts';
import { takeLock } from './platform/lock.ts';
import { createLogger, type Logger } from './platform/logger.ts';
import { ownHeap } from './platform/memory-release.ts';
import { ensurePrivateFolder } from './platform/private-file.ts';
import { readTlsFiles } from './platform/tls-files.ts';
import { version } from './platform/version.ts';
import { createSupervisor } from './supervision/create-supervisor.ts';
import type { SupervisorEvents } from './supervision/supervisor.ts';

/** How long an end may take; then the process ends anyway, and the guardian ends what is left of its children. */
const mostStopMs = 15_000;
const exitCodes = { failed: 1, anotherDaemon: 10 } as const;

/** Runs until it is told to end. Whatever goes wrong before it is ready is said in the one line of output. */
export async function startDaemon(): Promise<void> {
  process.umask(0o077);
  try {
    await run(readConfig(process.argv.slice(2), process.env));
  } catch (error) {
    const failure = errorToProblem(error);
    if (!isProblemError(error)) {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    }
    const code = failure.code === 'DAEMON_010' ? exitCodes.anotherDaemon : exitCodes.failed;
    say({ ready: false, problem: failure }, () => process.exit(code));
  }
}

/** One line for whoever started us; nothing else is ever written to standard output. */
const say = (line: object, said?: () => void): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`, said);
};

async function run(config: DaemonConfig): Promise<void> {
  ensurePrivateFolder(config.home);
  const lock = takeLock(config.home);
  // What is secret is known once there is a daemon; before that nothing secret is.
  let hide = (line: string): string => line;
  const { logger, close: closeLog } = createLogger({
    file: config.logFile,
    alsoToOutput: config.logToOutput,
    level: config.logLevel,
    hide: line => hide(line),
  });
  logger.info({ version, runtime: process.version, home: config.home }, 'starting');
  const discovery = createDiscoveryFile(config.home);
  const doors: ListeningDoor[] = [];

  let end: (reason: string) => void = () => {};
  const writeDiscovery = () =>
    discovery.write({
      version,
      apiVersion,
      pid: process.pid,
      socket: config.socket,
      url: addressOf(doors, config)?.url ?? null,
      token: daemon.token,
      persistent: config.idleExitSeconds === null,
      startedAt: daemon.startedAt,
    });
  const daemon = composeWithEngine(config, logger, { onStop: reason => end(reason), onTokenChanged: writeDiscovery });
  hide = line => daemon.redact(line);
  let isEnding = false;
  end = endOnce(async reason => {
    isEnding = true;
    logger.info({ reason }, 'stopping');
    discovery.remove();
    await daemon.close(reason, doors);
    logger.info('stopped');
    await closeLog();
    lock.release();
  });
  catchSignals(reason => end(reason), logger);

  try {
    await daemon.prepare();
    // It was told to end before it began: nobody gets to know that it was there.
    if (isEnding) return;
    const warnings = await listen(config, daemon, doors);
    if (isEnding) return;
    const address = addressOf(doors, config);
    daemon.reachedAt(address, warnings);
    for (const { code, detail } of warnings) logger.warn({ code, detail }, 'warning');
    writeDiscovery();
    say({ ready: true, pid: process.pid, socket: config.socket, url: address?.url ?? null, version, warnings });
  } catch (error) {
    if (isEnding) return;
    await daemon.close('it could not listen', doors);
    throw error;
  }
  await daemon.restore();
}

function composeWithEngine(config: DaemonConfig, logger: Logger, hooks: Parameters<typeof compose>[2]): Daemon {
  const bundledInstaller = fileURLToPath(new URL('./install-child.mjs', import.meta.url));
  const engine = createProcessEngine({
    folder: join(config.home, 'process'),
    runtime: process.execPath,
    runtimeIsElectron: process.versions.electron !== undefined,
    hostEnvironment: process.env,
    platform: process.platform,
    ...(process.env.QUAYSIDE_VERSION === undefined ? {} : { installerEntry: bundledInstaller }),
    log: message => logger.info(message),
  });
  const masterKeys = masterKeyPlaces(process.env, join(config.home, 'master.key'));
  // Nothing that is started from here on gets to see it.
  delete process.env['QUAYSIDE_MASTER_KEY'];
  const makeSupervisor = (events: SupervisorEvents) => createSupervisor({ stateFolder: config.home, version, events });
  const docker: CreateDockerEngine = memory =>
    createDockerEngine({
      environment: process.env,
      home: homedir(),
      stateFolder: config.home,
      version,
      memory,
      onFailure: error => logger.warn({ err: error, what: 'docker' }),
      onCommand: record => {
        // That there is no plugin is no trouble: many machines have none.
        const isTrouble = record.failure !== undefined && record.failure !== 'plugin-missing';
        logger[isTrouble ? 'warn' : 'debug'](record, 'docker mcp');
      },
    });
  const bitwarden = createBitwarden({
    environment: process.env,
    stateFolder: config.home,
    program: process.env['QUAYSIDE_BW'],
    onCommand: record => logger[record.failure === undefined ? 'debug' : 'warn'](record, 'bw'),
  });
  const isOff = process.env['QUAYSIDE_DOCKER'] === 'off';
  return compose(
    config,
    {
      ...{ engine, docker: isOff ? undefined : docker, bitwarden, logger, masterKeys },
      createSupervisor: makeSupervisor,
      heap: ownHeap(),
    },
    hooks,
  );
}

async function listen(config: DaemonConfig, daemon: Daemon, doors: ListeningDoor[]): Promise<Problem[]> {
  // First of all: with a certificate that cannot be used nothing is opened.
  const tls = config.tls && readTlsFiles(config.tls);
  doors.push(await listenOnSocket(daemon, config.socket));
  if (config.port === null) return [];
  const wanted = { port: config.port, host: config.host, tls };
  const warnings = warningsOf(config);
  if (!config.portFallback) {
    doors.push(await listenOnPort(daemon, wanted));
    return warnings;
  }
  const { door, taken } = await listenOnPortOrAnother(daemon, wanted);
  doors.push(door);
  return taken ? [...warnings, taken.problem] : warnings;
}

function addressOf(doors: readonly ListeningDoor[], config: DaemonConfig): { url: string; port: number } | null {
  const port = doors.find(door => door.port !== null)?.port;
  return port ? { url: urlOf(config, port), port } : null;
}

/** Ends the process once, in bounded time, whoever asks and however often. */
function endOnce(close: (reason: string) => Promise<void>): (reason: string) => void {
  let ending = false;
  return reason => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(exitCodes.failed), mostStopMs).unref();
    close(reason).then(
      () => process.exit(0),
      () => process.exit(exitCodes.failed),
    );
  };
}

function catchSignals(end: (reason: string) => void, logger: Logger): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end(signal));
  // Whoever started us may go away; its pipes are not ours to mourn.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  process.on('unhandledRejection', error => logger.error({ err: error }, 'a rejection that nobody handled'));
  process.on('uncaughtException', error => {
    logger.fatal({ err: error }, 'an error that nobody caught');
    end('an internal error');
  });
}
