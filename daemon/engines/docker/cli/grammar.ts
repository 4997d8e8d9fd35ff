// What each kind of value that reaches the command line may look like. Whatever does not fit is refused before anything is
// started, and none of these can be read as a flag.
import { AnswerError } from '../../cli-error.ts';

interface Grammar {
  /** For the refusal: "a profile id". */
  what: string;
  rule: string;
  pattern: RegExp;
  most: number;
}

const check =
  ({ what, rule, pattern, most }: Grammar) =>
  (value: string): string => {
    if (typeof value === 'string' && value.length <= most && pattern.test(value)) return value;
    throw refused(`"${shown(String(value))}" is not ${what}`, rule);
  };

/** The error of a value that must not reach the command line. */
export const refused = (subject: string, next: string): AnswerError =>
  new AnswerError({ failure: 'refused', subject, next });

const shown = (value: string): string =>
  (value.length > 80 ? `${value.slice(0, 79)}…` : value).replace(/\p{Cc}/gu, '\u{fffd}');

export const profileId = check({
  what: 'a profile id',
  rule: 'Use letters, digits, dot, hyphen and underscore, starting with a letter or a digit.',
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  most: 128,
});

/** A name for people: of a profile, or the title of a catalog. */
export const title = check({
  what: 'a usable name',
  rule: 'A name has 1 to 200 characters in one line and does not start with a hyphen.',
  pattern: /^[^\p{Cc}\p{Zl}\p{Zp}\s-][^\p{Cc}\p{Zl}\p{Zp}]*$/u,
  most: 200,
});

/** Community servers have dots and a slash in their name: io.github.x/y. */
export const serverName = check({
  what: 'the name of a server',
  rule: 'A server’s name has letters, digits and the characters . _ / -, and starts with a letter or a digit.',
  pattern: /^[A-Za-z0-9][A-Za-z0-9._/-]*$/,
  most: 200,
});

/** The CLI cuts its keys at the first dot (CONTRACT section 11, trap 4). */
export const serverNameInKey = (value: string): string => {
  const name = serverName(value);
  if (!name.includes('.')) return name;
  throw refused(
    `docker mcp cannot be given single settings or tools of "${name}", because of the dot in its name`,
    'Change the server in its profile’s document instead: export it, edit it and import it again.',
  );
};

export const toolName = check({
  what: 'the name of a tool',
  rule: 'A tool’s name has letters, digits and the characters _ . / : -, and does not start with a hyphen.',
  pattern: /^[A-Za-z0-9_][A-Za-z0-9_./:-]*$/,
  most: 128,
});

export const configKey = check({
  what: 'the key of a setting',
  rule: 'A key is made of letters, digits, underscores and hyphens, with dots between its parts.',
  pattern: /^[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)*$/,
  most: 200,
});

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const reference = new RegExp(
  `^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9-]*[A-Za-z0-9])*(?::[0-9]{1,5})?)/)?` +
    `${component}(?:/${component})*(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);

/** An OCI name with an optional tag and digest (OCI distribution specification). */
export const ociReference = check({
  what: 'a reference such as registry.example/name:tag',
  rule: 'Give the name in small letters, with the registry before it and a tag after it if needed.',
  pattern: reference,
  most: 500,
});

export const vendor = check({
  what: 'the name of a client',
  rule: 'Choose one of the listed clients.',
  pattern: /^[a-z0-9][a-z0-9-]*$/,
  most: 64,
});

export const featureName = check({
  what: 'the name of a feature',
  rule: 'Choose one of the listed features.',
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
  most: 64,
});

export const templateId = check({
  what: 'the name of a template',
  rule: 'Choose one of the listed templates.',
  pattern: /^[a-z0-9][a-z0-9._-]*$/,
  most: 64,
});

export const oauthApp = check({
  what: 'the name of an app',
  rule: 'Choose one of the listed apps.',
  pattern: /^[A-Za-z0-9][A-Za-z0-9._/-]*$/,
  most: 200,
});

/** As `docker pass` wants them (recorded: secret-set-bad-name-stub-pass), but not starting like a flag. */
export const secretName = check({
  what: 'the name of a secret',
  rule: 'A secret’s name has letters, digits and the characters . _ : - and /, and does not start with a hyphen.',
  pattern: /^[A-Za-z0-9._:][A-Za-z0-9._:-]*(?:\/[A-Za-z0-9._:-]+)*$/,
  most: 200,
});

/** Of the legacy dialect. */
export const catalogName = check({
  what: 'the name of a catalog',
  rule: 'A catalog’s name has letters, digits, dot, hyphen and underscore, and starts with a letter or a digit.',
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  most: 128,
});

/** A file directly in ~/.docker/mcp/catalogs, the one folder that the CLI reads such files from. */
export const catalogFile = check({
  what: 'the name of a catalog file',
  rule: 'Give the name of a .yaml, .yml or .json file that lies in ~/.docker/mcp/catalogs.',
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*\.(?:ya?ml|json)$/,
  most: 200,
});

/** Lists of paths are cut at commas, and some at colons (CONTRACT section 6), so that a path must have none. */
export const listedPath = check({
  what: 'a full path without commas and quotes',
  rule: 'Use a full path without the characters comma, quote and line break.',
  pattern: /^(?:\/|[A-Za-z]:[\\/])[^,"\p{Cc}]*$/u,
  most: 4_096,
});

export const secretsPath = check({
  what: 'a full path without colons, commas and quotes',
  rule: 'docker mcp cuts the path of a secrets file at a colon: use one without.',
  pattern: /^\/[^,":\p{Cc}]*$/u,
  most: 4_096,
});

export const absolutePath = check({
  what: 'a full path',
  rule: 'Give the full path of the file.',
  pattern: /^(?:\/|[A-Za-z]:[\\/])[^\p{Cc}]*$/u,
  most: 4_096,
});

/** The CLI decides by the ending what it writes and reads. */
export const documentPath = check({
  what: 'the full path of a .json, .yaml or .yml file',
  rule: 'Give the full path of a file that ends in .json, .yaml or .yml.',
  pattern: /^(?:\/|[A-Za-z]:[\\/])[^\p{Cc}]*\.(?:json|ya?ml)$/u,
  most: 4_096,
});

export const hostName = check({
  what: 'the name of a host',
  rule: 'Give a host name or an IP address, with a port if needed.',
  pattern: /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/,
  most: 255,
});

export const ipAddressOrHost = check({
  what: 'an address to listen on',
  rule: 'Give 127.0.0.1 or another address of this machine.',
  pattern: /^[A-Za-z0-9:][A-Za-z0-9.:-]*$/,
  most: 255,
});

export const memorySize = check({
  what: 'an amount of memory',
  rule: 'Give a number with a unit, such as 512Mb or 2Gb.',
  pattern: /^[0-9]{1,6}(?:\.[0-9]{1,3})?(?:[KkMmGg][Bb]?)?$/,
  most: 16,
});

/** https only, without a login in it. Commas would make two of one. */
export function httpsAddress(value: string): string {
  const isPlain = value.length <= 2_000 && /^https:\/\/[!-~]+$/.test(value) && !/[,"'<>\\^`{|}]/.test(value);
  const url = isPlain && URL.canParse(value) ? new URL(value) : undefined;
  if (url && url.protocol === 'https:' && url.username === '' && url.password === '' && url.hostname !== '')
    return value;
  throw refused(
    `"${shown(value.replace(/\/\/[^/@]*@/, '//•••@'))}" is not a usable https address`,
    'Give an https address without a user name in it.',
  );
}

/** Errors: AnswerError "refused". */
export function wholeNumber(what: string, value: number, least: number, most: number): string {
  if (Number.isInteger(value) && value >= least && value <= most) return String(value);
  throw refused(`${String(value)} is not ${what}`, `Give a whole number from ${least} to ${most}.`);
}

/** What the CLI is to do now may not be done with nothing. */
export function atLeastOne<T>(what: string, values: readonly T[]): readonly T[] {
  if (values.length > 0) return values;
  throw refused(`no ${what} was named`, `Name at least one ${what}.`);
}
