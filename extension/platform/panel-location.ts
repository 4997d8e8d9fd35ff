import { ProfileId } from '../../shared/domain/docker-names.ts';
import { Name } from '../../shared/domain/names.ts';
import type { PanelKind } from './contributions.ts';

/**
 * What the pages call a place: `dashboard`, `secrets`, `catalog`, `catalog/<entry>`, `server/<id>`, `tool/<id>/<tool>`,
 * `profiles`, `profiles/<id>`, `containers`, `clients`, `doctor`, `access`, `gateway`, both also with
 * `?tab=<tab>`.
 */
export interface PanelPlace {
  kind: PanelKind;
  location: string;
  /** What the tab is called. */
  title: string;
}

/** The place of a location, or undefined for what is none. Parts are URI-encoded in the location. */
export function findPlace(location: string): PanelPlace | undefined {
  const [kind, ...parts] = location.split('/').map(decode);
  const [first, second] = parts;
  if (kind === 'dashboard' && parts.length === 0) return { kind, location, title: 'Quayside' };
  if (kind === 'secrets' && parts.length === 0) return { kind, location, title: 'Secrets' };
  if (/^access(?:\?tab=[a-z-]{1,24})?$/.test(location)) return { kind: 'access', location, title: 'People and Access' };
  if (/^gateway(?:\?tab=[a-z-]{1,24})?$/.test(location)) return { kind: 'gateway', location, title: 'MCP Gateway' };
  if (kind !== undefined && isDockerPlace(kind) && parts.length === 0) {
    return { kind: 'docker', location, title: dockerTitles[kind] };
  }
  if (kind === 'profiles' && parts.length === 1 && ProfileId.safeParse(first).success) {
    return { kind: 'docker', location, title: dockerTitles.profiles };
  }
  if (kind === 'catalog' && parts.length === 0) return { kind, location, title: 'MCP Catalog' };
  if (kind === 'catalog' && parts.length === 1 && isName(first)) return { kind, location, title: 'MCP Catalog' };
  if (kind === 'server' && parts.length === 1 && isName(first)) return { kind, location, title: first };
  if (kind === 'tool' && parts.length === 2 && isName(first) && second) {
    return { kind, location, title: `${second} (${first})` };
  }
  return undefined;
}

const dockerTitles = {
  profiles: 'Docker Profiles',
  containers: 'MCP Containers',
  clients: 'MCP Clients',
  doctor: 'Quayside Doctor',
} as const;

const isDockerPlace = (kind: string): kind is keyof typeof dockerTitles => Object.hasOwn(dockerTitles, kind);

export const toolLocation = (serverId: string, tool: string): string =>
  `tool/${encodeURIComponent(serverId)}/${encodeURIComponent(tool)}`;

const isName = (value: string | undefined): value is string => Name.safeParse(value).success;

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
