// Tells a catalog entry's name from an npm package on the command line.
import { Name, PackageName } from '../../../shared/domain/names.ts';
import { UsageError } from '../exit-codes.ts';

export interface PackageRequest {
  kind: 'package';
  package: string;
  /** A version, range or tag. */
  version: string | undefined;
}
export type InstallTarget = PackageRequest | { kind: 'entry'; entry: string };

/**
 * A plain name is an entry; a scope, a version or the prefix `npm:` makes it a package.
 * Errors: UsageError if it is neither, or two versions are given.
 */
export function toInstallTarget(text: string, options: { version?: string }): InstallTarget {
  const explicit = text.startsWith('npm:');
  const bare = explicit ? text.slice('npm:'.length) : text;
  const at = bare.indexOf('@', 1);
  const name = at < 0 ? bare : bare.slice(0, at);
  const version = at < 0 ? undefined : bare.slice(at + 1);
  if (!explicit && version === undefined && !name.startsWith('@')) {
    const entry = Name.safeParse(text);
    if (entry.success) return { kind: 'entry', entry: entry.data };
  }
  const parsed = PackageName.safeParse(name);
  if (!parsed.success) {
    throw new UsageError(
      `"${text}" is neither a catalog entry's name nor an npm package. Examples: everything, @scope/my-server.`,
    );
  }
  if (version !== undefined && options.version !== undefined)
    throw new UsageError('Two versions are given: leave one out.');
  return { kind: 'package', package: parsed.data, version: version || options.version };
}
