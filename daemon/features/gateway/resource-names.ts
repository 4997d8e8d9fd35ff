// Which server a resource belongs to: by the lists, by the templates, or else whichever has it.
import type { ListedItem } from './server-lists.ts';

/**
 * Servers to ask for a URI, the likeliest first. Those that list it or whose template it fits are asked alone: of two
 * with the same URI the one that was added first has it, and the other's is at its own address.
 */
export function serversFor(
  uri: string,
  resources: readonly ListedItem[],
  templates: readonly ListedItem[],
  others: readonly string[],
): string[] {
  const listed = resources.find(({ item }) => item['uri'] === uri);
  if (listed) return [listed.serverId];
  const fitting = templates.find(({ item }) => fitsTemplate(uri, item['uriTemplate']));
  return fitting ? [fitting.serverId] : [...others];
}

/**
 * Whether a URI may come from a template (RFC 6570): its fixed parts stand in it in their order. Looser than the
 * template is, and in linear time whatever a server calls a template.
 */
export function fitsTemplate(uri: string, template: unknown): boolean {
  if (typeof template !== 'string') return false;
  const parts = template.split(/\{[^{}]*\}/);
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return uri === template;
  if (!uri.startsWith(first) || !uri.endsWith(last) || uri.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = uri.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= uri.length - last.length;
}

/** How many of a server's are not in the list of all, because one before it has the same key. */
export const countShadowed = (items: readonly ListedItem[], key: string, serverId: string): number => {
  const shown = new Set(withoutTwins(items, key));
  return items.filter(one => one.serverId === serverId && !shown.has(one)).length;
};

/** Each key once: the first has it. */
export function withoutTwins(items: readonly ListedItem[], key: string): ListedItem[] {
  const seen = new Set<unknown>();
  return items.filter(({ item }) => {
    if (seen.has(item[key])) return false;
    seen.add(item[key]);
    return true;
  });
}
