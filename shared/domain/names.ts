import * as z from 'zod';

/** The grammar of every name that a user or a server chooses and that may reach a command line or a path (rule D8). */
export const namePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;

const nameRule =
  'A name has 1 to 64 characters: small letters, digits, dot, underscore and hyphen, and starts with a letter or a digit.';

export const Name = z
  .string()
  .regex(namePattern, nameRule)
  .meta({
    id: 'Name',
    description: nameRule,
    examples: ['everything'],
  });

/** A tool's name as the MCP specification allows it: wider than ours, because servers choose it. */
export const ToolName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_./-]{0,127}$/, 'A tool name has 1 to 128 letters, digits and the characters _ . / -')
  // JSON objects by tool lose it on their way, and what is lost is not guarded.
  .refine(name => name !== '__proto__', 'A tool cannot be called __proto__.')
  .meta({ id: 'ToolName', examples: ['echo'] });

/** What every MCP client accepts as the name of a tool. */
export const gatewayNamePattern = /^[a-zA-Z0-9_-]{1,64}$/;

/** A tool's name at /mcp. */
export const GatewayName = z
  .string()
  .regex(gatewayNamePattern, 'A name at /mcp has 1 to 64 letters, digits, underscores and hyphens.');

/** An environment variable's name, as POSIX shells accept it. */
export const EnvironmentVariableName = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    'A variable name has letters, digits and underscores, and does not start with a digit.',
  );

/** True if a command could read the value as a flag instead of a value. */
export const looksLikeFlag = (value: string): boolean => value.startsWith('-');

/** A value that is handed to a command in a place where a leading hyphen would turn it into a flag. */
export const PlainValue = z
  .string()
  .min(1)
  .max(4096)
  .refine(value => !looksLikeFlag(value), 'The value must not start with a hyphen: it would be read as a flag.')
  .refine(value => !value.includes('\0'), 'The value must not contain a null character.');

/** npm's rule for package names: an optional scope, small letters, digits and - . _ ~ (validate-npm-package-name). */
export const PackageName = z
  .string()
  .max(214)
  .regex(
    /^(?:@[a-z0-9~][a-z0-9._~-]*\/)?[a-z0-9~][a-z0-9._~-]*$/,
    'This is not the name of an npm package. Examples: my-server, @scope/my-server.',
  );

/** An exact version: ranges and tags are resolved before anything is pinned. */
export const ExactVersion = z
  .string()
  .max(128)
  .regex(/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/, 'This is not an exact version such as 1.2.3.');

/** Subresource integrity of a package's tarball, as npm writes it. */
export const Integrity = z
  .string()
  .regex(/^sha(?:256|384|512)-[A-Za-z0-9+/]+={0,2}$/, 'This is not an integrity value such as sha512-…');

/** The name for a package's server: its last part without the words every MCP package carries. */
export function nameFromPackage(packageName: string): string {
  const last = packageName.slice(packageName.lastIndexOf('/') + 1);
  const short = last.replace(/^(?:mcp-server-|server-|mcp-)/, '').replace(/(?:-mcp-server|-server|-mcp)$/, '');
  const clean = (short || last)
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64);
  return clean || 'server';
}
