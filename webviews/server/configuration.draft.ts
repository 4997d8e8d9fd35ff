// A server's configuration while a person edits it: rows instead of records, and back, with errors at the fields.
import { type ServerConfiguration, ServerConfigurationChange } from '../../shared/api/server-configuration.ts';
import type { ServerSource } from '../../shared/api/servers.ts';

export interface Pair {
  name: string;
  value: string;
}

export interface ConfigurationDraft {
  arguments: string[];
  environment: Pair[];
  workingDirectory: string;
  restart: ServerConfiguration['restart'];
  session: ServerConfiguration['session'];
  startSeconds: string;
  callSeconds: string;
  messageMegabytes: string;
  concurrentCalls: string;
  inheritProxy: boolean;
  headers: Pair[];
}

const megabyte = 1_048_576;

export const toConfigurationDraft = (configuration: ServerConfiguration): ConfigurationDraft => ({
  arguments: [...configuration.arguments],
  environment: toPairs(configuration.environment),
  workingDirectory: configuration.workingDirectory ?? '',
  restart: configuration.restart,
  session: configuration.session,
  startSeconds: String(configuration.limits.startSeconds),
  callSeconds: String(configuration.limits.callSeconds),
  messageMegabytes: String(Math.round((configuration.limits.messageBytes / megabyte) * 100) / 100),
  concurrentCalls: String(configuration.limits.concurrentCalls),
  inheritProxy: configuration.network.inheritProxy,
  headers: toPairs(configuration.network.headers),
});

const toPairs = (record: Readonly<Record<string, string>>): Pair[] =>
  Object.entries(record).map(([name, value]) => ({ name, value }));

/** Errors by place: `arguments/0`, `environment/2`, `limits/startSeconds`, … */
export type ConfigurationErrors = ReadonlyMap<string, string>;

export interface ConfigurationResult {
  change: ServerConfigurationChange | undefined;
  errors: ConfigurationErrors;
}

/** The change to send, or what is wrong. Only what the kind of server uses is sent. */
export function toConfigurationChange(draft: ConfigurationDraft, source: ServerSource['type']): ConfigurationResult {
  const errors = new Map<string, string>();
  const change = {
    restart: draft.restart,
    session: draft.session,
    limits: {
      startSeconds: wholeNumber(draft.startSeconds),
      callSeconds: wholeNumber(draft.callSeconds),
      messageBytes: Math.round(Number(draft.messageMegabytes.trim() || Number.NaN) * megabyte),
      concurrentCalls: wholeNumber(draft.concurrentCalls),
    },
    ...(source === 'remote'
      ? { network: { headers: toRecord(draft.headers, 'headers', errors) } }
      : {
          arguments: draft.arguments,
          environment: toRecord(draft.environment, 'environment', errors),
          workingDirectory: draft.workingDirectory.trim() || null,
          network: { inheritProxy: draft.inheritProxy },
        }),
  };
  const parsed = ServerConfigurationChange.safeParse(change);
  for (const issue of parsed.error?.issues ?? []) {
    // A name that is refused is reported as a key of the record, with the reason inside.
    const message = (issue.code === 'invalid_key' && issue.issues[0]?.message) || issue.message;
    placeIssue(issue.path.map(String), message, draft, errors);
  }
  return { change: errors.size === 0 && parsed.success ? change : undefined, errors };
}

const wholeNumber = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

function toRecord(pairs: readonly Pair[], place: string, errors: Map<string, string>): Record<string, string> {
  const seen = new Set<string>();
  pairs.forEach(({ name, value }, index) => {
    if (name === '' && value !== '') errors.set(`${place}/${index}`, 'A name is missing.');
    else if (name !== '' && seen.has(name)) errors.set(`${place}/${index}`, 'This name is there twice.');
    seen.add(name);
  });
  return Object.fromEntries(pairs.filter(({ name }) => name !== '').map(({ name, value }) => [name, value]));
}

/** Errors that the daemon reports for `PATCH /servers/{id}`, moved to the draft's places. */
export function placeDaemonErrors(
  reported: readonly { path: string; message: string }[],
  draft: ConfigurationDraft,
): ConfigurationErrors {
  const errors = new Map<string, string>();
  for (const { path, message } of reported) {
    const parts = path
      .replace(/^(?:\/body)?\/configuration\/?/, '')
      .split('/')
      .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    placeIssue(parts, message, draft, errors);
  }
  return errors;
}

function placeIssue(
  path: readonly string[],
  message: string,
  draft: ConfigurationDraft,
  errors: Map<string, string>,
): void {
  const [first = '', second, third] = path;
  const text = /NaN|expected int|expected number/i.test(message) ? 'A whole number is needed here.' : message;
  if (first === 'environment' && second !== undefined)
    set(errors, 'environment', indexOf(draft.environment, second), text);
  else if (first === 'network' && second === 'headers' && third !== undefined)
    set(errors, 'headers', indexOf(draft.headers, third), text);
  else if (first === 'network') errors.set(second ?? first, text);
  else errors.set(second === undefined ? first : `${first}/${second}`, text);
}

const indexOf = (pairs: readonly Pair[], name: string): number => pairs.findIndex(pair => pair.name === name);
const set = (errors: Map<string, string>, place: string, index: number, text: string): void => {
  errors.set(index < 0 ? place : `${place}/${index}`, text);
};
