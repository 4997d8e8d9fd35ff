// Takes the values that a server was given in confidence out of what it says in public.
import type { LaunchPlan } from '../engines/engine.ts';

const soundsSecret = /TOKEN|SECRET|PASS|KEY|AUTH|CREDENTIAL|COOKIE|SESSION|PRIVATE|DSN|CONNECTION|(?:^|_)PAT(?:_|$)/i;

/** Variables of the host that every program has, and whose values are no secret. */
const ordinary =
  /^(?:PATH|HOME|USER|USERNAME|LOGNAME|SHELL|LANG|LANGUAGE|LC_.*|TERM|TMPDIR|TEMP|TMP|TZ|NO_PROXY|no_proxy|PATHEXT|OS|COMPUTERNAME|USERDOMAIN|NUMBER_OF_PROCESSORS|ELECTRON_RUN_AS_NODE|QUAYSIDE_CHILD_OF)$/i;

const looksLikePath = (value: string): boolean => /^(?:\/|[A-Za-z]:\\|\\\\)/.test(value);

/** Values shorter than this would take half of every sentence with them. */
const shortest = 6;

/** The same for values that are known to be secret. */
const shortestConfidential = 3;

/** Replaces the plan's secrets in a line; of one that is cut, the start of a secret at its end as well. */
export type Redactor = (line: string, isCut?: boolean) => string;

export function createRedactor(plan: LaunchPlan): Redactor {
  const values = new Set<string>();
  for (const secret of givenSecrets(plan)) if (secret.length >= shortest) values.add(secret);
  for (const secret of (plan.confidential ?? []).flatMap(formsOf)) {
    if (secret.length >= shortestConfidential) values.add(secret);
  }
  // The longest first, or a part of a secret would survive.
  const ordered = [...values].sort((a, b) => b.length - a.length);
  return (line, isCut = false) => {
    const text = ordered.reduce((rest, value) => rest.replaceAll(value, '•••'), withoutPasswords(line));
    return isCut ? withoutStart(text, ordered) : text;
  };
}

function givenSecrets(plan: LaunchPlan): string[] {
  if (plan.kind === 'http') return Object.values(plan.headers).flatMap(headerSecrets);
  // What a gateway is given for a server is nothing but its secrets.
  if (plan.kind === 'gateway') return Object.values(plan.environment).flatMap(formsOf);
  return Object.entries(plan.environment).flatMap(([name, value]) => secretsOf(name, value));
}

/** Without the start of a value at the end of the text, if it is long enough to tell something. */
function withoutStart(text: string, values: readonly string[]): string {
  for (const value of values) {
    for (let length = Math.min(value.length - 1, text.length); length >= shortest; length--)
      if (text.endsWith(value.slice(0, length))) return `${text.slice(0, -length)}•••`;
  }
  return text;
}

function secretsOf(name: string, value: string): string[] {
  if (soundsSecret.test(name)) return [value, ...value.split(/\r?\n/)];
  return ordinary.test(name) || looksLikePath(value) || URL.canParse(value) ? [] : [value];
}

/** A secret as it is, line by line, and as programs write it into JSON, addresses, headers and dumps. */
export function formsOf(value: string): string[] {
  const inJson = JSON.stringify(value).slice(1, -1);
  const inAddress = [encodeURIComponent(value), new URLSearchParams([['', value]]).toString().slice(1)];
  const hex = Buffer.from(value).toString('hex');
  return [
    value,
    ...value.split(/\r?\n/),
    inJson,
    // Of a document that is a text in another one.
    JSON.stringify(inJson).slice(1, -1),
    ...inAddress,
    ...inAddress.map(text => text.replace(/%[0-9A-F]{2}/g, code => code.toLowerCase())),
    hex,
    hex.toUpperCase(),
    ...base64FormsOf(value),
  ].filter((form, index, all) => all.indexOf(form) === index);
}

/** Shorter ones are found in other texts. */
const shortestInside = 8;

/** As a whole, and within the base64 of a longer text ("user:password"), in which it may begin at three places of four. */
function base64FormsOf(value: string): string[] {
  const whole = Buffer.from(value).toString('base64').replace(/=+$/, '');
  const inside = [0, 1, 2].map(before => {
    const text = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    // The first and the last characters hang on what stands beside it.
    const usable = Math.floor((text.length * 8) / 6);
    return text.toString('base64').slice(before === 0 ? 0 : before + 1, usable);
  });
  const long = inside.filter(form => form.length >= shortestInside);
  return [whole, ...long].flatMap(form => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** "Bearer abc" is secret as a whole and in its second part. */
const headerSecrets = (value: string): string[] => [value, ...value.split(/\s+/).slice(1)];

/**
 * Text without the user names and passwords in its addresses. Takes time in proportion to the text: what one match looks
 * at has no slash in it, so the next cannot look at it again.
 */
export const withoutPasswords = (text: string): string => text.replace(/:\/\/[^/?#\s"<>]*@/g, '://•••@');
