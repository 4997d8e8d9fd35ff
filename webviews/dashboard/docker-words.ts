import type { DockerCapability, DockerStatus } from '../../shared/api/docker.ts';
import type { Problem } from '../../shared/api/problem.ts';

/** What each ability is called in a sentence: "Not possible here: …". */
export const capabilityWords: Record<DockerCapability, string> = {
  profiles: 'profiles',
  catalogs: 'catalogs',
  'catalog-import': 'making and importing catalogs',
  'registry-transfer': 'pushing and pulling',
  'server-config': 'settings of servers',
  'tool-selection': 'choosing tools',
  gateway: 'gateways',
  'gateway-http': 'gateways over HTTP',
  'gateway-files': 'gateways from files',
  'gateway-hot-reload': 'changes without a restart',
  secrets: 'Docker’s own secret store',
  oauth: 'signing in to remote servers',
  clients: 'connecting clients',
  containers: 'looking at containers',
  images: 'looking at images',
};

const platformWords = { desktop: 'Docker Desktop', engine: 'Docker Engine' } as const;

/** One quiet line. A machine without Docker is no failure. */
export function summaryOfDocker({ available, problem, plugin, engine, docker }: DockerStatus): string {
  // Somebody has chosen so: whether it is on this machine was not even looked at.
  if (problem?.code === 'ENGINE_001') return problem.detail;
  if (!plugin.installed && docker.path === null && !engine.reachable) return 'Docker is not on this machine.';
  if (!plugin.installed) return 'Docker is here, but docker mcp is not installed.';
  const dialect = plugin.dialect === 'legacy' ? ', legacy dialect' : plugin.dialect === 'profile' ? ', profiles' : '';
  const mcp = `docker mcp ${plugin.version ?? 'of an unknown version'}${dialect}`;
  if (!engine.reachable) return `${mcp}; ${problem?.detail ?? 'the engine cannot be reached.'}`;
  const name = engine.platform ? platformWords[engine.platform] : 'the engine';
  const context = engine.context && engine.context !== 'default' ? `, context ${engine.context}` : '';
  const found = `${mcp}; ${name} ${engine.version ?? ''}`.trimEnd() + context;
  return available ? found : `${found}; ${problem?.detail ?? 'not available now.'}`;
}

/** The probe's warnings, where there is a Docker that they could be about. */
export const warningsOf = ({ plugin, warnings }: DockerStatus): Problem[] => (plugin.installed ? warnings : []);
