// Where the engine is, found as the docker command line finds it: DOCKER_HOST, then DOCKER_CONTEXT, then the chosen context.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problem } from '../../../../shared/api/problem.ts';
import { type ContextEndpoint, dockerFolder, readContext, readDockerConfig } from './docker-config.ts';

export type EndpointOrigin = 'environment' | 'context' | 'default';

export interface TlsFiles {
  ca: Buffer | undefined;
  cert: Buffer | undefined;
  key: Buffer | undefined;
  rejectUnauthorized: boolean;
}

export type EngineEndpoint = {
  origin: EndpointOrigin;
  /** The context's name; null if DOCKER_HOST decides. */
  context: string | null;
  /** As it is written, for a person; without user or password. */
  host: string;
} & (
  | { kind: 'socket'; path: string }
  | { kind: 'tcp'; hostname: string; port: number; tls: TlsFiles | null; pathPrefix: string }
);

export interface EndpointSource {
  environment: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  home: string;
  platform?: NodeJS.Platform;
}

const defaultHost = (platform: NodeJS.Platform): string =>
  platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock';

/**
 * DOCKER_HOST beats DOCKER_CONTEXT, which beats the config's currentContext; the context "default" is the usual socket.
 * Errors: DOCKER_005 if it leads nowhere, or is of a kind that cannot be used (ssh).
 */
export async function resolveEndpoint(source: EndpointSource): Promise<EngineEndpoint> {
  const { environment, home, platform = process.platform } = source;
  const folder = dockerFolder(environment, home);
  const set = environment['DOCKER_HOST']?.trim();
  if (set) {
    const verify = Boolean(environment['DOCKER_TLS_VERIFY']);
    const usesTls = verify || Boolean(environment['DOCKER_TLS']);
    const tlsFolder = usesTls ? environment['DOCKER_CERT_PATH'] || folder : null;
    return await toEndpoint(set, { origin: 'environment', context: null, tlsFolder, verify });
  }
  const name = environment['DOCKER_CONTEXT'] || (await readDockerConfig(folder)).currentContext || 'default';
  if (name === 'default') {
    return await toEndpoint(defaultHost(platform), {
      origin: 'default',
      context: name,
      tlsFolder: null,
      verify: false,
    });
  }
  const context = await readContext(folder, name);
  if (!context) throw missingContext(name, Boolean(environment['DOCKER_CONTEXT']));
  return await toEndpoint(context.host || defaultHost(platform), {
    origin: 'context',
    context: name,
    tlsFolder: isTcp(context) ? context.tlsFolder : null,
    verify: !context.skipTlsVerify,
  });
}

const isTcp = ({ host }: ContextEndpoint): boolean => /^(tcp|https?):/i.test(host);

const missingContext = (name: string, byEnvironment: boolean) =>
  problem('DOCKER_005', {
    detail: `The Docker context "${name}" does not exist or leads to no engine.`,
    next: byEnvironment
      ? 'Correct the variable DOCKER_CONTEXT, or remove it.'
      : 'Choose one that exists with "docker context use NAME"; "docker context ls" shows them.',
  });

interface Place {
  origin: EndpointOrigin;
  context: string | null;
  tlsFolder: string | null;
  verify: boolean;
}

async function toEndpoint(text: string, { origin, context, tlsFolder, verify }: Place): Promise<EngineEndpoint> {
  const socket = /^(?:unix|npipe):\/\/(.+)$/i.exec(text);
  if (socket?.[1]) {
    const isPipe = text.toLowerCase().startsWith('npipe');
    const path = isPipe ? socket[1].replaceAll('/', '\\') : socket[1];
    return { kind: 'socket', origin, context, host: text, path };
  }
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `tcp://${text}`);
  const where = origin === 'environment' ? 'The variable DOCKER_HOST' : `The Docker context "${context}"`;
  if (url?.protocol === 'ssh:') {
    throw problem('DOCKER_005', {
      detail: `${where} leads to an engine by SSH, which Quayside does not use itself.`,
      next: 'Forward its socket with "ssh -L LOCAL.sock:/var/run/docker.sock HOST" and use a context with that socket, or run Quayside on that machine.',
    });
  }
  if (!url?.hostname || !['tcp:', 'http:', 'https:'].includes(url.protocol)) {
    throw problem('DOCKER_005', {
      detail: `${where} holds no address of an engine.`,
      next: 'Use an address such as unix:///var/run/docker.sock or tcp://HOST:2376.',
    });
  }
  const tls = await readTls(tlsFolder, verify, url.protocol === 'https:');
  const port = Number(url.port) || (tls ? 2376 : 2375);
  const pathPrefix = url.pathname === '/' ? '' : url.pathname.replace(/\/$/, '');
  const host = `${url.protocol}//${url.hostname}:${port}${pathPrefix}`;
  return { kind: 'tcp', origin, context, host, hostname: url.hostname.replace(/^\[|\]$/g, ''), port, tls, pathPrefix };
}

async function readTls(folder: string | null, verify: boolean, isHttps: boolean): Promise<TlsFiles | null> {
  const read = async (file: string) =>
    folder === null ? undefined : await readFile(join(folder, file)).catch(() => undefined);
  const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')]);
  if (!isHttps && !ca && !cert && !key) {
    if (folder === null || !verify) return null;
    // TLS was asked for: to go on in the clear would be worse than to fail.
    if (isContextFolder(folder)) return null;
    throw problem('DOCKER_005', {
      detail: 'DOCKER_TLS_VERIFY is set, but the folder has no certificates (ca.pem, cert.pem, key.pem).',
      next: 'Set DOCKER_CERT_PATH to the folder that has them.',
    });
  }
  return { ca, cert, key, rejectUnauthorized: verify || folder === null };
}

/** A context without TLS has no such folder; that is how it says so. */
const isContextFolder = (folder: string): boolean => /[\\/]contexts[\\/]tls[\\/]/.test(folder);
