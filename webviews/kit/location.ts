// Where in the app a person is, as text: the page's hash and the panel's data-location hold the same words.

export type Location =
  | { view: 'dashboard' }
  | { view: 'servers' }
  | { view: 'secrets' }
  | { view: 'catalog'; entry?: string }
  | { view: 'server'; id: string }
  | { view: 'tool'; id: string; tool: string }
  | { view: 'login'; ticket: string | undefined }
  | { view: 'unknown'; text: string };

/** Reads `server/everything`, `#/tool/everything/echo`, `#/login?ticket=…`. Never throws. */
export function parseLocation(text: string): Location {
  const [path = '', query = ''] = text.replace(/^#?\/?/, '').split('?', 2);
  const [view, first, ...rest] = path.split('/').map(decode);
  if (!view) return { view: 'dashboard' };
  if (view === 'login') return { view, ticket: new URLSearchParams(query).get('ticket') ?? undefined };
  if ((view === 'dashboard' || view === 'servers' || view === 'secrets') && !first) return { view };
  if (view === 'catalog' && rest.length === 0) return first ? { view, entry: first } : { view };
  if (view === 'server' && first && rest.length === 0) return { view, id: first };
  if (view === 'tool' && first && rest.length > 0) return { view, id: first, tool: rest.join('/') };
  return { view: 'unknown', text: path };
}

/** The text of a location, without a leading slash. */
export function formatLocation(location: Location): string {
  switch (location.view) {
    case 'catalog':
      return location.entry === undefined ? 'catalog' : `catalog/${encodeURIComponent(location.entry)}`;
    case 'server':
      return `server/${encodeURIComponent(location.id)}`;
    case 'tool':
      return `tool/${encodeURIComponent(location.id)}/${encodeURIComponent(location.tool)}`;
    case 'login':
      return location.ticket === undefined ? 'login' : `login?ticket=${encodeURIComponent(location.ticket)}`;
    case 'unknown':
      return location.text;
    default:
      return location.view;
  }
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
