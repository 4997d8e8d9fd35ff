// Where in the app a person is, as text: the page's hash and the panel's data-location hold the same words.
import { type CatalogFilters, formatFilters, parseFilters } from './catalog-filters.ts';

export const dockerPlaces = ['containers', 'clients', 'doctor'] as const;
export type DockerPlace = (typeof dockerPlaces)[number];

export type Location =
  | { view: 'dashboard' }
  | { view: 'servers' }
  | { view: 'secrets' }
  | { view: 'catalog'; entry?: string; filters?: CatalogFilters }
  | { view: 'catalogs' }
  | { view: 'server'; id: string; tab?: string }
  | { view: 'tool'; id: string; tool: string }
  | { view: 'profiles'; profile?: string }
  | { view: DockerPlace; tab?: string }
  | { view: 'access'; tab?: string }
  | { view: 'gateway'; tab?: string }
  | { view: 'login'; ticket: string | undefined; isInvitation?: true; problem?: string }
  | { view: 'unknown'; text: string };

const alone = ['dashboard', 'servers', 'secrets', 'catalogs'] as const;

/**
 * Reads `server/everything?tab=output`, `#/tool/everything/echo`, `#/catalog?q=files&kind=image`, `#/profiles/dev_tools`,
 * `#/containers?tab=disk`, `#/access?tab=audit`, `#/gateway?tab=calls`, `#/login?ticket=…`. Never throws.
 */
export function parseLocation(text: string): Location {
  const [path = '', query = ''] = text.replace(/^#?\/?/, '').split('?', 2);
  const [view, first, ...rest] = path.split('/').map(decode);
  const asked = new URLSearchParams(query);
  const tab = readTab(asked);
  if (!view) return { view: 'dashboard' };
  if (view === 'login') return { view, ticket: asked.get('ticket') ?? undefined, ...readProblem(asked) };
  if (view === 'invitation') return { view: 'login', ticket: asked.get('ticket') ?? undefined, isInvitation: true };
  const plain = alone.find(name => name === view);
  if (plain && !first) return { view: plain };
  if ((view === 'access' || view === 'gateway') && !first) return { view, ...tab };
  const place = dockerPlaces.find(name => name === view);
  if (place && !first) return { view: place, ...tab };
  if (view === 'profiles' && rest.length === 0) return first ? { view, profile: first } : { view };
  if (view === 'catalog' && first && rest.length === 0) return { view, entry: first };
  if (view === 'catalog' && rest.length === 0) return query === '' ? { view } : { view, filters: parseFilters(asked) };
  if (view === 'server' && first && rest.length === 0) return { view, id: first, ...tab };
  if (view === 'tool' && first && rest.length > 0) return { view, id: first, tool: rest.join('/') };
  return { view: 'unknown', text: path };
}

function readTab(asked: URLSearchParams): { tab?: string } {
  const tab = asked.get('tab');
  return tab && /^[a-z-]{1,24}$/.test(tab) ? { tab } : {};
}

/** Why the way to a provider ended here: a code and never a text, which could be anybody's. */
function readProblem(asked: URLSearchParams): { problem?: string } {
  const code = asked.get('problem');
  return code && /^[A-Z]{1,16}_\d{3}$/.test(code) ? { problem: code } : {};
}

/** The text of a location, without a leading slash. */
export function formatLocation(location: Location): string {
  const query = queryOf(location);
  return query === '' ? placeOf(location) : `${placeOf(location)}?${query}`;
}

/** The text of a location without what is only a way to look at it: filters and tabs. A view lives as long as this stays. */
export function placeOf(location: Location): string {
  switch (location.view) {
    case 'catalog':
      return location.entry === undefined ? 'catalog' : `catalog/${encodeURIComponent(location.entry)}`;
    case 'profiles':
      return location.profile === undefined ? 'profiles' : `profiles/${encodeURIComponent(location.profile)}`;
    case 'server':
      return `server/${encodeURIComponent(location.id)}`;
    case 'tool':
      return `tool/${encodeURIComponent(location.id)}/${encodeURIComponent(location.tool)}`;
    case 'unknown':
      return location.text;
    case 'login':
      return location.isInvitation ? 'invitation' : 'login';
    default:
      return location.view;
  }
}

function queryOf(location: Location): string {
  if (location.view === 'login') {
    if (location.ticket !== undefined) return `ticket=${encodeURIComponent(location.ticket)}`;
    return location.problem === undefined ? '' : `problem=${encodeURIComponent(location.problem)}`;
  }
  if (location.view === 'catalog')
    return location.entry === undefined && location.filters ? formatFilters(location.filters) : '';
  return 'tab' in location && location.tab !== undefined ? `tab=${encodeURIComponent(location.tab)}` : '';
}

/** The ticket in what a person pasted: a whole login link, its end, or the ticket alone. */
export function ticketFrom(pasted: string): string | undefined {
  const text = pasted.trim();
  const inLink = /[?&]ticket=([^&\s#]+)/.exec(text)?.[1];
  if (inLink !== undefined) return decode(inLink);
  return /^[A-Za-z0-9._~-]{8,256}$/.test(text) ? text : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
