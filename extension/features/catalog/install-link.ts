// Install links: vscode://quayside.quayside/install?catalog=everything and …/install?package=@scope/x&version=1.2.3
import * as z from 'zod';
import { InstallOperation } from '../../../shared/api/operations.ts';
import { definedOnly } from '../../../shared/domain/defined.ts';
import { Integrity, Name, PackageName } from '../../../shared/domain/names.ts';

/** A link may say what to install and nothing about how it runs: no arguments, no scripts, no start. */
const Link = z.union([
  z.strictObject({ catalog: Name }),
  z.strictObject({ package: PackageName, version: versionOf(), integrity: Integrity.optional() }),
]);

function versionOf() {
  const [, fromPackage] = InstallOperation.shape.from.options;
  return fromPackage.shape.version;
}

export type InstallLink = { catalogEntry: string } | { package: string; version?: string; integrity?: string };

/** What an install link asks for, or undefined if it is not a valid one: nothing is guessed or repaired. */
export function parseInstallLink(path: string, query: string): InstallLink | undefined {
  if (path !== '/install') return undefined;
  const pairs = [...new URLSearchParams(withPlusSigns(query))];
  const parsed = Link.safeParse(Object.fromEntries(pairs));
  if (!parsed.success || new Set(pairs.map(([name]) => name)).size !== pairs.length) return undefined;
  if ('catalog' in parsed.data) return { catalogEntry: parsed.data.catalog };
  const { version, integrity } = parsed.data;
  return { package: parsed.data.package, ...definedOnly({ version, integrity }) };
}

/** The editor hands the query over decoded; a plus sign in it is one, as in base64, and not a space. */
const withPlusSigns = (query: string): string => query.replace(/\+/g, '%2B');
