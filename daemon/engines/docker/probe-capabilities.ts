// What this combination of docker, docker mcp and engine can do, and for what it cannot, a sentence that helps.
import { type DockerCapability, type DockerStatus, dockerCapabilities } from '../../../shared/api/docker.ts';
import { compareVersions } from '../../../shared/domain/versions.ts';
import type { Dialect } from './cli/docker-cli.ts';

/** The first version whose HTTP gateway can be bound to one address (CONTRACT section 1). */
export const safeVersion = 'v0.43.1';

/** The first version that knows the feature "profiles" (CONTRACT section 1). */
const firstProfiles = '0.28.0';

export interface PluginFacts {
  version: string | null;
  dialect: Dialect | null;
  flags: ReadonlySet<string>;
}

const numberOf = (version: string | null): string | undefined =>
  /^v?(\d+\.\d+\.\d+(?:-[\w.]+)?)/.exec(version ?? '')?.[1];

/**
 * Whether the version is without known weaknesses. A self-built plugin says HEAD, a commit or v0.0.0-dev, so it is judged
 * by what the hardening release has brought.
 */
export function isSafe({ version, flags }: PluginFacts): boolean {
  const number = numberOf(version);
  const isRelease = number !== undefined && compareVersions(number, '0.0.1') > 0;
  if (!isRelease) return flags.has('host') && flags.has('allow-unauthenticated');
  return compareVersions(number, safeVersion.slice(1)) >= 0 && flags.has('host');
}

export interface CapabilityFacts {
  plugin: PluginFacts & { installed: boolean };
  safe: boolean;
  /** Why no command can be run, in one sentence with what to do; null if they can. */
  blocked: string | null;
  /** Why the engine's own API cannot be used; null if it can. */
  engineBlocked: string | null;
  desktop: boolean;
  passInstalled: boolean;
  platform: NodeJS.Platform;
}

type Reasons = Partial<Record<DockerCapability, string | null>>;

export function findCapabilities(facts: CapabilityFacts): DockerStatus['capabilities'] {
  const reasons = facts.blocked === null ? reasonsOf(facts) : {};
  const reasonFor = (id: DockerCapability): string | null => {
    if (id === 'containers' || id === 'images') return facts.engineBlocked;
    return facts.blocked ?? reasons[id] ?? null;
  };
  return dockerCapabilities.map(id => {
    const reason = reasonFor(id);
    return { id, available: reason === null, reason };
  });
}

function reasonsOf(facts: CapabilityFacts): Reasons {
  const files = fileModeReason(facts);
  return {
    profiles: profilesReason(facts.plugin),
    'registry-transfer': facts.plugin.dialect === 'profile' ? null : noTransfer(facts.plugin),
    'gateway-http': facts.safe ? null : httpReason(facts.plugin),
    'gateway-files': files,
    'gateway-hot-reload': files ?? (facts.plugin.flags.has('watch') ? null : noWatch(facts.plugin)),
    secrets: files === null || (facts.desktop && facts.passInstalled) ? null : secretsReason(files, facts.desktop),
    oauth: facts.desktop ? null : noDesktopSignIn,
  };
}

const named = ({ version }: PluginFacts): string => `This docker mcp${version ? ` (${version})` : ''}`;
const update = `Update it to ${safeVersion} or newer`;

function profilesReason(plugin: PluginFacts): string | null {
  if (plugin.dialect === 'profile') return null;
  const number = numberOf(plugin.version);
  const canSwitch = number === undefined || compareVersions(number, firstProfiles) >= 0;
  const other = canSwitch ? ', or switch the feature on: docker mcp feature enable profiles' : '.';
  return `${named(plugin)} has one fixed selection and no profiles. ${update}${other}`;
}

const noTransfer = (plugin: PluginFacts): string =>
  `${named(plugin)} cannot push or pull catalogs and profiles. ${update}.`;

const httpReason = (plugin: PluginFacts): string =>
  plugin.flags.has('host')
    ? `${named(plugin)} has known weaknesses in its HTTP gateway, so the gateway is used over standard input and output. ${update}.`
    : `${named(plugin)} would open its HTTP gateway to the whole network, so the gateway is used over standard input and output. ${update}.`;

/** File mode hands secrets over by a descriptor or a FIFO, and `--secrets` is cut at every colon (CONTRACT section 6). */
function fileModeReason({ plugin, platform }: CapabilityFacts): string | null {
  if (platform === 'win32') {
    return 'On Windows docker mcp cannot take secrets from a pipe. Use Docker Desktop’s secrets, or run Quayside in WSL.';
  }
  const missing = ['catalog', 'servers', 'secrets', 'config'].filter(flag => !plugin.flags.has(flag));
  if (missing.length === 0) return null;
  return `${named(plugin)} has no --${missing[0]} for its gateway. ${update}.`;
}

const noWatch = (plugin: PluginFacts): string =>
  `${named(plugin)} does not watch its files, so changes take effect with a restart of the gateway. ${update}.`;

const secretsReason = (files: string, desktop: boolean): string =>
  desktop ? 'Docker’s secret store is not there. Update Docker Desktop, or install "docker pass".' : files;

const noDesktopSignIn =
  'Signing in to remote servers by docker mcp needs Docker Desktop. Give the server a token as a secret instead.';
