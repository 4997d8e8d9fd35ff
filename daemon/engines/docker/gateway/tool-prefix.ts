// By the prefix of its name a tool is known to be of a server, and no two servers can have a tool of the same name, which
// would end the whole gateway (CONTRACT section 6).

/** What the gateway puts between prefix and name. */
export const prefixEnd = '__';

/**
 * One for each server, by name; none is the beginning of another with its end. `generation` makes them all new, so that a list
 * tells whether a reload was obeyed.
 */
export function choosePrefixes(servers: readonly string[], generation: number): Map<string, string> {
  const prefixes = new Map<string, string>();
  const taken = new Set<string>();
  for (const server of servers.toSorted()) {
    const stem = slugOf(server);
    let slug = stem;
    for (let number = 2; taken.has(slug); number++) slug = `${stem}-${number}`;
    taken.add(slug);
    prefixes.set(server, generation === 0 ? slug : `${slug}-r${generation}`);
  }
  return prefixes;
}

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(-24) || 'server';
