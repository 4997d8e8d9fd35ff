// The ids of catalogs and of what is in them: made from the reference and the name alone, so that they are the same on every
// machine and do not move when another catalog is added.
import { withTag } from '../../../shared/domain/docker-names.ts';
import { sha256 } from './canonical-json.ts';

const longest = 64;

const toSlug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '') || 'entry';

const withSuffix = (slug: string, suffix: string): string => `${slug.slice(0, longest - suffix.length - 1)}.${suffix}`;

const plainPath = /^([a-z0-9-]+(?:\/[a-z0-9-]+)*):latest$/;

/**
 * The id of a catalog. A plain path with the tag "latest" stays readable ("mcp.docker-mcp-catalog"); all others carry six digits
 * of their hash, because a name of ours has fewer characters than a reference. "quayside" is the catalog that is built in.
 */
export function catalogIdOf(ref: string): string {
  const whole = withTag(ref);
  const plain = plainPath.exec(whole)?.[1]?.replaceAll('/', '.');
  if (plain && plain !== 'quayside' && /^[a-z0-9]/.test(plain) && plain.length <= longest) return plain;
  const readable = whole.replace(/:latest$/, '').replaceAll('/', '.');
  return withSuffix(readable.split('.').map(toSlug).join('.'), sha256(whole).slice(0, 6));
}

/**
 * The id of an entry: "github.3fa9c1". The hash is always there, because a plain name would go to another server on the day that a
 * second catalog has one of this name. People may type the part before the dot where only one entry has it.
 */
export const entryIdOf = (ref: string, name: string): string =>
  withSuffix(toSlug(name), sha256(`${withTag(ref)}\n${name}`).slice(0, 6));
