// Takes what looks like a secret out of a text that is shown or handed to a helper: by the name before it, or by its shape.

const mask = '•••';

/** Part of a name whose value is a secret. */
const secretName =
  'token|secret|passw|passphrase|passwd|api_?-?key|apikey|access_?-?key|private_?-?key|credential|cookie|authorization|bearer|(?:^|_|-)pat(?:$|_|-)|dsn|connection_?-?string|session_?-?id';

/** True of names such as `API_KEY` and `password`, whatever their value is. */
export const soundsSecret = (name: string): boolean => new RegExp(secretName, 'i').test(name);

/** Tokens that tell by themselves what they are. */
const shapes =
  /\b(?:gh[pousr]_[A-Za-z0-9]{16,255}|github_pat_\w{16,255}|sk-[A-Za-z0-9_-]{16,255}|xox[abeprs]-[A-Za-z0-9-]{10,255}|A(?:KIA|SIA)[0-9A-Z]{16}|ya29\.[\w-]{10,512}|glpat-[\w-]{16,255}|eyJ[\w-]{4,4096}\.[\w-]{4,4096}(?:\.[\w-]{0,4096})?|npm_[A-Za-z0-9]{30,255}|dckr_(?:pat|oat)_[\w-]{10,255}|AIza[\w-]{30,255}|hf_[A-Za-z0-9]{20,255}|SG\.[\w-]{16,255}\.[\w-]{16,255})/g;
const privateKeys =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{0,16384}?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g;
const schemes = /\b(Bearer|Basic)(\s+)[A-Za-z0-9+/_.=~-]{6,4096}/gi;
const userInfo = /:\/\/[^/?#\s"<>@]{1,1024}@/g;
const queryValues = /([?&](?:[\w.-]{0,64}(?:key|token|secret|sig|signature|password|code))=)[^&\s"'<>#]{1,4096}/gi;
const secretPart = secretName.replace('(?:^|_|-)pat(?:$|_|-)', '[_-]pat');
/** In JSON within JSON a quote has backslashes before it. A quote that is never closed takes the rest of the line with it. */
const quotedValue =
  '"(?:[^"\\\\\\n]|\\\\.){0,16384}"|\'[^\'\\n]{0,16384}\'|(?<quote>\\\\{1,7}["\'])[^\\n]{0,16384}?\\k<quote>|\\\\{0,7}["\'][^\\n]{0,16384}';
/** Words such as true and small numbers say nothing. */
const plainValue = '(?!true\\b|false\\b|null\\b|\\d{1,4}\\b|[[{]|\\\\{0,7}["\'])[^\\s,;}\\]"\']{1,16384}';
/** `"NAME": "value"`, `NAME=value`, `name: value`. */
const named = new RegExp(
  `([\\w.-]{0,64}(?:${secretPart})[\\w.-]{0,64}\\\\{0,7}["']?\\s{0,8}[:=]\\s{0,8})(${quotedValue}|${plainValue})`,
  'gi',
);
/** `--token value`, `--token=value`, and the two as members of a JSON list. */
const flags =
  /(--?[\w-]{0,64}(?:token|secret|password|passwd|key|credential)[\w-]{0,32})(=|\s{1,4}|["'],\s{0,64}["'])([^\s"',-][^\s"',]{0,4096})/gi;

const quoted = (value: string): string => {
  const quote = /^\\{0,7}["']/.exec(value)?.[0] ?? '';
  return value.endsWith(quote) ? `${quote}${mask}${quote}` : `${quote}${mask}`;
};

/**
 * The text with everything hidden that looks like a secret. Linear in the length of the text; what does not look like one
 * stays, so values that are known to be secret have to be taken out as well.
 */
export const hideSecrets = (text: string): string =>
  text
    .replace(privateKeys, mask)
    .replace(userInfo, `://${mask}@`)
    .replace(shapes, mask)
    .replace(schemes, `$1$2${mask}`)
    .replace(queryValues, `$1${mask}`)
    .replace(flags, `$1$2${mask}`)
    .replace(named, (_whole, name: string, value: string) => `${name}${quoted(value)}`);
