// Proves that somebody holds an account of Bitwarden: bw logs in and unlocks it in a fresh folder, which is removed at once. It never
// meets the daemon's own account.
import PQueue from 'p-queue';
import { isProblemError, type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { Bitwarden } from '../../engines/bitwarden-account.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { LinkRepository, StoredLink } from './links.repository.ts';
import type { WorkFolders } from './work-folders.ts';

export interface ProofGiven {
  email: string;
  password: string;
  code?: string | undefined;
  apiKey?: { clientId: string; clientSecret: string } | undefined;
}

/** The id of the linked user; null: it is wrong. Errors: BITWARDEN_001, BITWARDEN_004, BITWARDEN_006, REQUEST_005. */
export type Prove = (given: ProofGiven) => Promise<string | null>;

export interface ProofOptions {
  bitwarden: Bitwarden;
  links: LinkRepository;
  folders: WorkFolders;
  clock: Clock;
  /** Waits as long as bw would take: so an address that is linked is not told from one that is not. */
  pause: () => Promise<void>;
}

/** Each is a process of a hundred megabytes, and takes some seconds. */
const atOnce = 2;
const mostWaiting = 8;

export function createProof({ bitwarden, links, folders, clock, pause }: ProofOptions): Prove {
  const queue = new PQueue({ concurrency: atOnce });

  const prove = async (link: StoredLink, given: ProofGiven): Promise<string | null> => {
    const folder = folders.open();
    const account = bitwarden.inFolder(folder);
    try {
      if (link.serverUrl !== null) await account.setServer(link.serverUrl);
      const session = await logIn(account, given);
      const { state, userId, email } = await account.status(session);
      await account.logout().catch(() => {});
      if (state !== 'unlocked' || userId === null || email?.toLowerCase() !== link.email) return null;
      if (link.accountId !== null && link.accountId !== userId) return null;
      links.signedIn(link.id, userId, toTimestamp(clock.now()));
      return link.userId;
    } catch (error) {
      if (isWrong(error)) return null;
      throw error;
    } finally {
      folders.remove(folder);
    }
  };

  return async given => {
    if (queue.size >= mostWaiting) throw tooMany();
    const link = links.findByEmail(given.email);
    if (!link) {
      await pause();
      return null;
    }
    return await queue.add(() => prove(link, given));
  };
}

const logIn = async (
  account: ReturnType<Bitwarden['inFolder']>,
  { email, password, code, apiKey }: ProofGiven,
): Promise<string> => {
  if (!apiKey) return await account.loginByPassword({ email, password, code });
  await account.loginByApiKey(apiKey);
  // The key alone fetches the vault; only the password shows that it can be opened.
  return await account.unlock(password);
};

const isWrong = (error: unknown): boolean =>
  isProblemError(error) && ['BITWARDEN_002', 'BITWARDEN_003', 'BITWARDEN_005'].includes(error.code);

const tooMany = (): ProblemError =>
  problem('REQUEST_005', {
    detail: 'Many people sign in with Bitwarden at this moment.',
    next: 'Try again in a minute, or sign in with a password.',
  });
