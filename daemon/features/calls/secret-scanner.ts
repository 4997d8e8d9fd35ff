// Finds in a text what looks like a secret by its shape. One expression, compiled once, that reads the text once: every
// repetition in it is bounded and begins behind something that cannot be inside of it, so its time is linear.

export interface SecretHit {
  start: number;
  end: number;
  /** What it looks like: `github-token`. */
  kind: string;
}

export interface SecretScanner {
  /** In order, without overlap. Cheap where nothing is found. */
  find(text: string): SecretHit[];
  /** The text with a mark in place of each. */
  hide(text: string): string;
}

/** Stands where a secret was. */
export const hiddenMark = '•••';

/** Tokens that tell by themselves what they are. `apart`: only where a word begins, because words of a language can go on like it. */
const shapes: readonly { kind: string; shape: string; apart?: boolean }[] = [
  { kind: 'aws-key-id', shape: 'A(?:KIA|SIA|BIA|CCA)[0-9A-Z]{16}' },
  { kind: 'github-token', shape: 'gh[opsur]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}' },
  { kind: 'gitlab-token', shape: 'gl(?:pat|ptt|rt|dt|soat|cbt|ft|imt|agent)-[\\w-]{16,255}' },
  { kind: 'slack-token', shape: 'xox[a-z](?:\\.xox[a-z])?-[A-Za-z0-9-]{10,255}|xapp-[A-Za-z0-9-]{10,255}' },
  { kind: 'slack-webhook', shape: 'hooks\\.slack\\.com/(?:services|workflows)/[A-Za-z0-9+/]{20,255}' },
  { kind: 'stripe-key', shape: '[rs]k_(?:live|test)_[A-Za-z0-9]{10,255}|whsec_[A-Za-z0-9+/=]{16,255}' },
  { kind: 'anthropic-key', shape: 'sk-ant-[\\w-]{16,255}' },
  { kind: 'openai-key', shape: 'sk-(?:proj|svcacct|admin|None)-[\\w-]{16,255}' },
  { kind: 'openai-key', shape: 'sk-[A-Za-z0-9]{20,255}', apart: true },
  { kind: 'google-key', shape: 'AIza[\\w-]{30,255}|GOCSPX-[\\w-]{16,255}|ya29\\.[\\w-]{10,2048}' },
  { kind: 'npm-token', shape: 'npm_[A-Za-z0-9]{30,255}' },
  { kind: 'docker-token', shape: 'dckr_(?:pat|oat)_[\\w-]{10,255}' },
  { kind: 'hugging-face-token', shape: 'hf_[A-Za-z0-9]{20,255}', apart: true },
  { kind: 'sendgrid-key', shape: 'SG\\.[\\w-]{16,255}\\.[\\w-]{16,255}', apart: true },
  { kind: 'pypi-token', shape: 'pypi-AgE[\\w-]{16,1024}' },
  { kind: 'jwt', shape: 'eyJ[\\w-]{8,16384}\\.[\\w-]{4,16384}(?:\\.[\\w-]{0,16384})?', apart: true },
];

const privateKey =
  '-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END)[\\s\\S]){0,16384}(?:-----END [A-Z ]{0,60}-----)?';

/** In a text within JSON a word can begin behind an escape such as \n. */
const wordStart = '(?:(?<![\\w-])|(?<=\\\\[bfnrt]))';

const secretWords =
  'passw(?:or)?d|passphrase|\\bpwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization';
/** Words that say nothing, and small numbers. */
const plain = '(?!(?:true|false|null|undefined|none|string|number|boolean|bearer|basic|\\d{1,6})\\b)';
/** Within quotes to their end; without quotes to the end of the word. */
const value = `\\\\{0,7}"(?<inDouble>(?:[^"\\\\\\n]|\\\\[^"]){1,4096})|\\\\{0,7}'(?<inSingle>[^'\\\\\\n]{1,4096})|${plain}(?<bare>[^\\s"'\\\\,;&<>()[\\]{}]{6,4096})`;
const named = `(?:${secretWords})[\\w.-]{0,64}\\\\{0,7}["']?\\s{0,8}(?:=>|[:=])\\s{0,8}(?:${value})`;
const bearer = '\\b(?:bearer|basic)\\s{1,8}(?<given>[A-Za-z0-9._~+/-]{16,8192}={0,2})';
const inAddress = ':\\/\\/[^/?#\\s"\'<>@:\\\\]{0,1024}:(?<password>[^/?#\\s"\'<>@]{1,1024})@';

const ignoringCase = (pattern: string): string =>
  // Only letters outside of escapes, groups' names and classes are words here.
  pattern.replace(/(\\.|\(\?<\w+>|\[(?:\\.|[^\]])*\])|([a-z])/gi, (_, kept: string | undefined, letter: string) =>
    kept !== undefined ? kept : `[${letter.toLowerCase()}${letter.toUpperCase()}]`,
  );

const apart = shapes.filter(each => each.apart).map(({ shape }) => shape);
const anywhere = shapes.filter(each => !each.apart).map(({ shape }) => shape);
const everything = new RegExp(
  [
    ...anywhere,
    `${wordStart}(?:${apart.join('|')})`,
    privateKey,
    ignoringCase(bearer),
    inAddress,
    ignoringCase(named),
  ].join('|'),
  'g',
);
const kinds = shapes.map(({ kind, shape }) => ({ kind, whole: new RegExp(`^(?:${shape})$`) }));

export function createSecretScanner(): SecretScanner {
  const find = (text: string): SecretHit[] => {
    const hits: SecretHit[] = [];
    everything.lastIndex = 0;
    for (let match = everything.exec(text); match; match = everything.exec(text)) {
      const hit = toHit(match);
      hits.push(hit);
      // What follows a value may be the name of the next one.
      everything.lastIndex = Math.max(hit.end, match.index + 1);
    }
    return hits;
  };
  return {
    find,
    hide(text) {
      const hits = find(text);
      if (hits.length === 0) return text;
      let from = 0;
      const pieces = hits.map(({ start, end }) => {
        const piece = `${text.slice(from, start)}${hiddenMark}`;
        from = end;
        return piece;
      });
      return pieces.join('') + text.slice(from);
    },
  };
}

function toHit(match: RegExpExecArray): SecretHit {
  const { inDouble, inSingle, bare, given, password } = match.groups ?? {};
  const whole = match[0];
  const end = match.index + whole.length;
  const atEnd = (part: string, kind: string): SecretHit => ({ start: end - part.length, end, kind });
  if (password !== undefined) return { start: end - 1 - password.length, end: end - 1, kind: 'address-password' };
  const secret = inDouble ?? inSingle ?? bare;
  if (secret !== undefined) return atEnd(secret, 'named-secret');
  if (given !== undefined) return atEnd(given, 'authorization');
  const kind = whole.startsWith('-----') ? 'private-key' : kinds.find(each => each.whole.test(whole))?.kind;
  return { start: match.index, end, kind: kind ?? 'secret' };
}
