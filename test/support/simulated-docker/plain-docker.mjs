// `docker` without `mcp`: handed to the real CLI when there is a real engine, else answered as a machine with an idle engine would.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findEngineTrouble, resolveHost } from './engine-check.mjs';
import { fail } from './failure.mjs';
import { compactJson } from './go-format.mjs';
import { stateOfImage } from './images.mjs';
import { readDockerConfig, readJson } from './settings.mjs';

const pluginFile = settings => join(settings.dockerFolder, 'cli-plugins', 'docker-mcp');

/** As docker finds it: in the user's plugin folder or in the system's. */
export const isPluginInstalled = settings =>
  existsSync(pluginFile(settings)) || (settings.systemPlugin !== undefined && existsSync(settings.systemPlugin));

const formatOf = words => {
  const at = words.findIndex(word => word === '--format' || word === '-f');
  return at < 0 ? words.find(word => word.startsWith('--format='))?.slice(9) : words[at + 1];
};

function passOn(settings, words) {
  const host = settings.defaultHost && !process.env.DOCKER_HOST ? ['--host', settings.defaultHost] : [];
  const hasChoice = process.env.DOCKER_CONTEXT || readDockerConfig(settings).currentContext;
  const child = spawn(settings.realDocker, [...(hasChoice ? [] : host), ...words], { stdio: 'inherit' });
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => child.kill(name));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal ? 137 : 1)));
  });
}

const plugins = settings =>
  isPluginInstalled(settings)
    ? [
        {
          SchemaVersion: '0.1.0',
          Vendor: 'Docker Inc.',
          Version: settings.version,
          ShortDescription: 'Docker MCP Plugin',
          Name: 'mcp',
          Path: existsSync(pluginFile(settings)) ? pluginFile(settings) : settings.systemPlugin,
        },
      ]
    : [];

const client = apiVersion => ({
  Version: '28.2.2',
  ApiVersion: apiVersion,
  DefaultAPIVersion: '1.50',
  GitCommit: 'e6534b4',
  GoVersion: 'go1.24.3',
  Os: 'linux',
  Arch: 'amd64',
  BuildTime: 'Fri May 30 12:07:14 2025',
  Context: process.env.DOCKER_CONTEXT || 'default',
});

const server = {
  Platform: { Name: '' },
  Components: [
    { Name: 'Engine', Version: '20.10.24+dfsg1', Details: { ApiVersion: '1.41', Arch: 'amd64', Os: 'linux' } },
  ],
  Version: '20.10.24+dfsg1',
  ApiVersion: '1.41',
  MinAPIVersion: '1.12',
  Os: 'linux',
  Arch: 'amd64',
};

async function version(settings, words, { print }) {
  const trouble = await findEngineTrouble(settings);
  if (formatOf(words) !== 'json') fail('The simulated docker prints its version as JSON only.');
  print(`${compactJson({ Client: client(trouble ? '1.50' : '1.41'), Server: trouble ? null : server })}\n`);
  if (trouble) fail(trouble);
}

async function info(settings, words, { print }) {
  const trouble = await findEngineTrouble(settings);
  const answers = {
    '{{json .ClientInfo.Plugins}}': plugins(settings),
    '{{json .ServerErrors}}': null,
    '{{json .OperatingSystem}}': 'Debian GNU/Linux 12 (bookworm)',
  };
  const full = {
    ID: 'SIMU:LATE',
    Containers: 0,
    Images: Object.keys(settings.images ?? {}).length,
    ServerVersion: '20.10.24+dfsg1',
    OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
    OSType: 'linux',
    Architecture: 'x86_64',
    NCPU: 2,
    MemTotal: 4_000_000_000,
    DockerRootDir: '/var/lib/docker',
    ClientInfo: { ...client('1.41'), Plugins: plugins(settings) },
  };
  const wanted = formatOf(words);
  const whole = trouble ? { ClientInfo: full.ClientInfo, ServerErrors: [trouble] } : full;
  const answer = wanted === undefined || /^(?:json|\{\{json \.\}\})$/.test(wanted) ? whole : answers[wanted];
  if (answer === undefined) fail(`The simulated docker info knows no format ${wanted}.`);
  print(`${compactJson(answer)}\n`);
  if (trouble) fail(trouble);
}

function context(settings, words, { print }) {
  const host = resolveHost(settings) ?? 'unix:///var/run/docker.sock';
  const name = process.env.DOCKER_CONTEXT || readDockerConfig(settings).currentContext || 'default';
  if (words[1] === 'show') return print(`${name}\n`);
  const row = { Current: true, Description: '', DockerEndpoint: host, Error: '', Name: name };
  if (words[1] === 'ls') return print(`${compactJson(row)}\n`);
  const meta = { Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } };
  if (words[1] === 'inspect') return print(`${JSON.stringify([meta], null, 4)}\n`);
  return fail(`The simulated docker knows no context ${words[1]}.`);
}

const isAlive = pid => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** The processes that stand for containers and still run. */
export const listContainers = settings =>
  existsSync(settings.containersFolder)
    ? readdirSync(settings.containersFolder)
        .map(name => readJson(join(settings.containersFolder, name), null))
        .filter(record => record !== null && isAlive(record.pid))
    : [];

function ps(settings, words, { print }) {
  const labels = words.flatMap((word, at) => (word === '--filter' ? [words[at + 1].replace(/^label=/, '')] : []));
  for (const { pid, image, labels: own, startedAt } of listContainers(settings)) {
    const pairs = Object.entries(own).map(([key, value]) => `${key}=${value}`);
    if (!labels.every(label => pairs.includes(label))) continue;
    const ID = pid.toString(16).padStart(12, '0');
    const row = {
      Command: '"process"',
      CreatedAt: startedAt,
      ID,
      Image: image,
      Labels: pairs.join(','),
      Names: `process_${pid}`,
      State: 'running',
      Status: 'Up',
    };
    print(`${compactJson(row)}\n`);
  }
}

function image(settings, words) {
  const name = words.at(-1);
  if (stateOfImage(settings, name) !== 'present') fail(`Error response from daemon: No such image: ${name}`);
}

/** Runs a command that is not the plugin's. Answers its exit code, or nothing for 0. */
export async function runDocker(settings, words, streams) {
  if (settings.images === undefined) return passOn(settings, words);
  const commands = { version, info, context, ps, image };
  const command = commands[words[0]];
  if (!command) fail(`docker: The simulated docker without an engine knows no "${words.join(' ')}".`);
  return command(settings, words, streams);
}
