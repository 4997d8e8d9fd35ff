// Words what `bw` says of a failure. Its own sentence is used to tell the class and goes no further: it may name what was typed.
import { isProblemError, type ProblemError, problem } from '../../../shared/api/problem.ts';
import { CliError } from '../cli-error.ts';

const rules: readonly [pattern: RegExp, make: () => ProblemError][] = [
  [/not logged in|no active account/i, () => loggedOut()],
  [/vault is locked|mac failed|session key is invalid/i, () => locked()],
  [/code is required/i, () => codeMissing()],
  [
    /two-step token is invalid|invalid new device otp|new device verification|verification code|login failed/i,
    () => refused('The code is wrong or too old.'),
  ],
  [
    /invalid master password|username or password is incorrect|failed to unlock|wrong password|incorrect password/i,
    () => refused('The address or the master password is wrong.'),
  ],
  [/decrypt|key_store|authentication failed|crypto/i, () => refused('The master password is wrong.')],
  [/client_id|client_secret|invalid api key/i, () => refused('The API key is wrong.')],
  [
    /invalid_grant|unauthorized|invalidsecuritystamp|stamp has changed|\b401\b/i,
    () => loggedOut('The server does not take this sign-in any more.'),
  ],
  [
    /admin.*master password|organization policies|key connector|trusted device|sso/i,
    () => refused('This account has to be set up at Bitwarden first.'),
  ],
  [
    /self[- ]signed|certificate|unable to verify|\bssl\b|altname/i,
    () =>
      unreachable(
        'Its certificate is not trusted here.',
        'Name the authority’s certificate in NODE_EXTRA_CA_CERTS, and start the daemon again.',
      ),
  ],
  [
    /econnrefused|enotfound|eai_again|etimedout|econnreset|ehostunreach|enetunreach|socket hang up|failed to fetch|network|request to .* failed|\b50[0234]\b/i,
    () => unreachable(),
  ],
  [/insecure url/i, () => unreachable('Its address is not https.', 'Give an address that begins with https://.')],
];

/** What a message of `bw` means. */
export function problemOfMessage(message: string): ProblemError {
  for (const [pattern, make] of rules) if (pattern.test(message)) return make();
  return unexpected();
}

/** What a run means that did not come to an answer. */
export function problemOfRun(error: unknown): ProblemError {
  if (isProblemError(error)) return error;
  const failure = error instanceof CliError ? error.failure : 'unknown';
  if (failure === 'program-missing') return notInstalled();
  if (failure === 'timeout') return unreachable('It did not answer in time.');
  if (failure === 'cancelled') return unexpected('It was ended.');
  // Who locked it elsewhere is asked for the password; a question on a closed input ends without an answer.
  if (error instanceof CliError && /master password:/i.test(error.stderr)) return locked();
  return unexpected();
}

export const notInstalled = (): ProblemError =>
  problem('BITWARDEN_001', {
    detail: 'The program bw is neither where it was configured, nor on PATH.',
    next: 'Install it with "npm install -g @bitwarden/cli", or name it in QUAYSIDE_BW.',
  });

export const loggedOut = (detail = 'No account of Bitwarden is logged in.'): ProblemError =>
  problem('BITWARDEN_002', { detail, next: 'Log in, with "quayside bitwarden login".' });

export const locked = (): ProblemError =>
  problem('BITWARDEN_003', {
    detail: 'It opens with the master password.',
    next: 'Unlock it, with "quayside bitwarden unlock".',
  });

const unreachable = (
  detail = 'The connection failed.',
  next = 'Check the address and the network. What was synchronised last stays usable.',
): ProblemError => problem('BITWARDEN_004', { detail, next });

const refused = (detail: string): ProblemError =>
  problem('BITWARDEN_005', { detail, next: 'Check what you gave, and try again.' });

const codeMissing = (): ProblemError =>
  problem('BITWARDEN_005', {
    detail: 'The account asks for a code: of the authenticator, or the one that was mailed for a new device.',
    next: 'Give the code together with the password.',
  });

const unexpected = (detail = 'It said something that is not understood.'): ProblemError =>
  problem('BITWARDEN_006', { detail, next: 'Try again; if it stays so, run bw in a terminal to see what it says.' });
