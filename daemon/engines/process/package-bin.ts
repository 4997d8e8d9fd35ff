// Which of a package's commands is its server.
import { isAbsolute, join, normalize, sep } from 'node:path';
import * as z from 'zod';
import { problem } from '../../../shared/api/problem.ts';

export const PackageManifest = z.looseObject({
  name: z.string(),
  version: z.string(),
  description: z.string().optional().catch(undefined),
  title: z.string().optional().catch(undefined),
  bin: z
    .union([z.string(), z.record(z.string(), z.string())])
    .optional()
    .catch(undefined),
  scripts: z.record(z.string(), z.string()).optional().catch(undefined),
  gypfile: z.boolean().optional().catch(undefined),
});
export type PackageManifest = z.infer<typeof PackageManifest>;

/**
 * The path inside the package of the file to run: its only command, the one that is named like the package, or the only
 * one that is named like a server. Errors: INSTALL_005.
 */
export function serverFile({ name, bin }: Pick<PackageManifest, 'name' | 'bin'>): string {
  const commands = typeof bin === 'string' ? { [lastPart(name)]: bin } : (bin ?? {});
  const names = Object.keys(commands);
  if (names.length === 0) {
    throw refuse(`${name} has no command: it is a library, not a server.`);
  }
  const chosen = choose(names, lastPart(name));
  if (chosen === undefined)
    throw refuse(`${name} has several commands (${names.join(', ')}), and none is named like the package.`);
  const file = normalize(commands[chosen] ?? '');
  if (isAbsolute(file) || file === '..' || file.startsWith(`..${sep}`)) {
    throw refuse(`The command of ${name} lies outside of its package.`);
  }
  return join(file);
}

function choose(names: string[], packageName: string): string | undefined {
  if (names.length === 1) return names[0];
  if (names.includes(packageName)) return packageName;
  const servers = names.filter(name => /mcp/i.test(name) && !/(?:cli|client|inspect)/i.test(name));
  return servers.length === 1 ? servers[0] : undefined;
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

const refuse = (detail: string) =>
  problem('INSTALL_005', { detail, next: 'Check the name of the package, or add the server as a command.' });
