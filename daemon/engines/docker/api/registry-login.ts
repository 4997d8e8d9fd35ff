// The login for a registry, from where the docker command line keeps it: its config, or a credential helper that it names.
import type Docker from 'dockerode';
import { type DockerConfig, dockerFolder, readDockerConfig } from './docker-config.ts';
import type { EndpointSource } from './endpoint.ts';

/** Asks `docker-credential-NAME get`. Undefined if it knows no login; it may reject. */
export type AskCredentialHelper = (
  helper: string,
  server: string,
) => Promise<{ username: string; secret: string } | undefined>;

export type RegistryLogin = Docker.AuthConfig;

/** Under this name the config has Docker Hub's login. */
const hubServer = 'https://index.docker.io/v1/';

/**
 * Undefined if there is none, which is what most images need. A helper that fails is told of and passed over, as the
 * docker command line does.
 */
export async function findRegistryLogin(
  registry: string,
  source: EndpointSource,
  ask?: AskCredentialHelper,
): Promise<RegistryLogin | undefined> {
  const config = await readDockerConfig(dockerFolder(source.environment, source.home));
  const server = registry === 'docker.io' ? hubServer : registry;
  const helper = config.credHelpers?.[server] ?? config.credHelpers?.[registry] ?? config.credsStore;
  if (helper && ask && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(helper)) {
    const found = await ask(helper, server).catch(() => undefined);
    if (found) return toLogin(found.username, found.secret, server);
  }
  return findStaticLogin(config, server, registry);
}

/** By this name helpers hand out a token instead of a password. */
const tokenUser = '<token>';

const toLogin = (username: string, secret: string, server: string): RegistryLogin =>
  username === tokenUser
    ? { identitytoken: secret, serveraddress: server }
    : { username, password: secret, serveraddress: server };

function findStaticLogin(config: DockerConfig, server: string, registry: string): RegistryLogin | undefined {
  const auths = config.auths ?? {};
  const names = [
    server,
    registry,
    `https://${registry}`,
    `https://${registry}/v1/`,
    `https://${registry}/v2/`,
    `http://${registry}`,
  ];
  const entry = names.map(name => auths[name]).find(each => each !== undefined);
  if (!entry) return undefined;
  if (entry.identitytoken) return toLogin(tokenUser, entry.identitytoken, server);
  if (entry.username && entry.password) return toLogin(entry.username, entry.password, server);
  const text = Buffer.from(entry.auth ?? '', 'base64')
    .toString('utf8')
    .replace(/\0+$/, '');
  const at = text.indexOf(':');
  return at <= 0 ? undefined : toLogin(text.slice(0, at), text.slice(at + 1), server);
}
