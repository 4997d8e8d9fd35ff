// Starts the container of a server: by `docker run` on a real engine, or as a child process that stands for it.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { noSuchHost } from '../failure.mjs';
import { readJson } from '../settings.mjs';
import { ServerError } from './connection.mjs';
import { fill, fillList } from './templates.mjs';

const sensitive = [
  '/etc',
  '/root',
  '/proc',
  '/sys',
  '/dev',
  '/boot',
  '/var/run',
  '/run',
  '/var/lib',
  '/usr',
  '/bin',
  '/sbin',
];

const isUnder = (path, folder) => path === folder || path.startsWith(`${folder}/`);

function checkVolume(name, volume) {
  const source = volume.split(':')[0];
  // A named volume is no host path.
  if (!isAbsolute(source)) return;
  const refuse = why => {
    throw new ServerError(
      `validate volume for ${name}: unsafe docker volume "${volume}": host path "${source}" ${why}`,
    );
  };
  const path = resolve(source);
  if (path === '/' || sensitive.some(folder => isUnder(path, folder))) refuse('is blocked (sensitive system path)');
  const allowed = ['/tmp', ...(process.env.MCP_GATEWAY_DOCKER_BIND_ALLOWED_PATHS ?? '').split(':').filter(Boolean)];
  if (!allowed.some(folder => isUnder(path, folder))) refuse('is not under an allowed path');
  const writable = (process.env.MCP_GATEWAY_DOCKER_BIND_ALLOW_WRITABLE_PATHS ?? '').split(':');
  if (!volume.endsWith(':ro') && !writable.includes(path)) refuse('must be mounted read-only');
}

const mask = value => (value.startsWith('se://') ? value : `${value.slice(0, 4)}****`);

/** The variables of a container: secrets first, then what the configuration fills. `lines` are for the log. */
function variablesOf({ name, spec, config, secrets }) {
  const values = {};
  const lines = [];
  const warnings = [];
  for (const { name: key, env } of spec.secrets ?? []) {
    const value = secrets(key);
    values[env] = value ?? '<UNKNOWN>';
    if (value === undefined)
      warnings.push(`Warning: Secret '${key}' not found for server '${name}', setting ${env}=<UNKNOWN>`);
    else lines.push(`    - ${env}: ${mask(value)}`);
  }
  for (const { name: key, value } of spec.env ?? []) {
    const filled = fill(String(value), config);
    if (filled !== '') values[key] = filled;
  }
  return { values, lines, warnings };
}

const labelsOf = name => ({
  'docker-mcp': 'true',
  'docker-mcp-tool-type': 'mcp',
  'docker-mcp-name': name,
  'docker-mcp-transport': 'stdio',
});

/** The arguments of `docker run` without image and command, and the variables that go into its environment. */
export function planRun(server, { flags, hasVolumes = true }) {
  const { name, spec, config } = server;
  const volumes = hasVolumes ? fillList(spec.volumes ?? [], config) : [];
  for (const volume of volumes) checkVolume(name, volume);
  const { values, lines, warnings } = variablesOf(server);
  const args = [
    ...['run', '--rm', '-i', '--init', '--security-opt', 'no-new-privileges'],
    ...['--cpus', String(flags.cpus ?? 1), '--memory', flags.memory ?? '2Gb', '--pull', 'never'],
    ...Object.entries(labelsOf(name)).flatMap(([key, value]) => ['-l', `${key}=${value}`]),
    ...(spec.disableNetwork ? ['--network', 'none'] : []),
    ...(spec.extraHosts ?? []).flatMap(host => ['--add-host', host]),
    ...Object.keys(values).flatMap(key => ['-e', key]),
    ...volumes.flatMap(volume => ['-v', volume]),
    ...(spec.user ? ['-u', fill(spec.user, config)] : []),
  ];
  return { args, values, lines, warnings, command: fillList(spec.command ?? [], config) };
}

/** A child process for a container; its record lets `docker ps` and the end of a test find it. */
function startProcess(settings, { name, spec }, plan) {
  const image = settings.images[spec.image];
  // Its own process group: what ends the gateway's group does not end a container either.
  const child = spawn(image.command, [...(image.args ?? []), ...plan.command], {
    env: { PATH: process.env.PATH, ...plan.values },
    stdio: 'pipe',
    detached: true,
  });
  mkdirSync(settings.containersFolder, { recursive: true });
  const record = join(settings.containersFolder, `${child.pid}.json`);
  const startedAt = new Date().toISOString();
  writeFileSync(record, JSON.stringify({ pid: child.pid, image: spec.image, labels: labelsOf(name), startedAt }));
  child.once('exit', () => rmSync(record, { force: true }));
  return child;
}

/** Only PATH and the declared variables, as the real one does: neither DOCKER_HOST nor HOME. */
function startContainer(settings, { spec }, plan) {
  const host = settings.defaultHost ? ['--host', settings.defaultHost] : [];
  return spawn(settings.realDocker, [...host, ...plan.args, spec.image, ...plan.command], {
    env: { PATH: process.env.PATH, ...plan.values },
    stdio: 'pipe',
  });
}

/** Why docker cannot run an image now, in its words; undefined if it can. A real engine says it itself. */
export function findRunTrouble(settings, image) {
  if (!settings.images) return undefined;
  // Read now, because an engine may go away while the gateway runs.
  const { engine } = readJson(settings.failureFile, {});
  // The child never gets DOCKER_HOST, so it meets the default engine.
  if (engine === 'down' || engine === 'only-by-host')
    return 'docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
  return settings.images[image] ? undefined : `docker: Error response from daemon: No such image: ${image}`;
}

/** The process of a server's container. */
export const startServerProcess = (settings, server, plan) =>
  settings.images ? startProcess(settings, server, plan) : startContainer(settings, server, plan);

/** Refuses what is not public https, unless the variable allows it. */
export function checkRemote(name, url) {
  const { protocol, hostname } = new URL(url);
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  if (process.env.DOCKER_MCP_ALLOW_INSECURE_REMOTE_URLS === '1' && isLoopback) return;
  const refuse = why => {
    throw new ServerError(`unsafe remote MCP URL for ${name}: ${why}`);
  };
  if (protocol !== 'https:') refuse(`URL scheme must be https, got "${protocol.slice(0, -1)}"`);
  if (isLoopback) refuse(`host "${hostname}" is not a public address`);
  refuse(`resolving remote URL host "${hostname}": ${noSuchHost(hostname, '')}`);
}
