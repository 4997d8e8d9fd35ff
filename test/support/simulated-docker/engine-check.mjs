// Which engine a command talks to, and whether it answers: every command asks it first.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { fail } from './failure.mjs';
import { readDockerConfig, readJson } from './settings.mjs';

const defaultHost = 'unix:///var/run/docker.sock';

/** The address that the docker CLI would use, chosen by DOCKER_HOST, DOCKER_CONTEXT and `docker context use`. */
export function resolveHost(settings, environment = process.env) {
  if (environment.DOCKER_HOST) return environment.DOCKER_HOST;
  const context = environment.DOCKER_CONTEXT || readDockerConfig(settings).currentContext || 'default';
  if (context === 'default') return settings.defaultHost ?? undefined;
  const digest = createHash('sha256').update(context).digest('hex');
  const file = join(settings.dockerFolder, 'contexts', 'meta', digest, 'meta.json');
  if (existsSync(file)) return readJson(file).Endpoints.docker.Host;
  return fail(
    `Failed to initialize: unable to resolve docker endpoint: context "${context}": context not found: open ${file}: no such file or directory`,
  );
}

const cannotConnect = host => `Cannot connect to the Docker daemon at ${host}. Is the docker daemon running?`;

/** GET /info of an engine; undefined if nobody answers. */
function askEngine(host) {
  const url = new URL(host);
  const target =
    url.protocol === 'unix:' ? { socketPath: url.pathname } : { host: url.hostname, port: Number(url.port) };
  return new Promise(resolve => {
    const asked = request({ ...target, path: '/info', timeout: 5_000 }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', part => {
        text += part;
      });
      response.on('end', () => resolve(text));
    });
    asked.on('error', () => resolve(undefined));
    asked.on('timeout', () => asked.destroy());
    asked.end();
  });
}

/** Why the engine cannot be used, in the words of the docker CLI; undefined if it can. */
export async function findEngineTrouble(settings) {
  const host = resolveHost(settings);
  const shown = host ?? defaultHost;
  const isDown =
    settings.failure.engine === 'down' || (settings.failure.engine === 'only-by-host' && !process.env.DOCKER_HOST);
  if (isDown) return cannotConnect(shown);
  if (settings.failure.engine === 'permission') {
    const path = shown.replace('unix://', '');
    return `permission denied while trying to connect to the Docker daemon socket at ${shown}: Get "http://${encodeURIComponent(path)}/v1.51/info": dial unix ${path}: connect: permission denied`;
  }
  if (host === undefined) return undefined;
  const answer = await askEngine(host);
  if (answer === undefined) return cannotConnect(shown);
  return /"OperatingSystem":"Docker Desktop"/.test(answer) ? 'desktop' : undefined;
}

/** What stands before every command that needs the engine. Ends the command if it cannot go on. */
export async function requireEngine(settings) {
  if (process.env.DOCKER_MCP_IN_CONTAINER === '1') return;
  const desktop = settings.failure.desktop;
  const trouble = desktop ? 'desktop' : await findEngineTrouble(settings);
  if (trouble === undefined) return;
  if (trouble !== 'desktop') fail(`failed to ping Docker daemon: ${trouble}`);
  if (desktop === 'toolkit-disabled')
    fail('The "Docker MCP Toolkit" feature needs to be enabled in Docker Desktop Settings');
  fail('Docker Desktop is not running');
}
