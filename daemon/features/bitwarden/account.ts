// The daemon's own account at Bitwarden: logged in or not, locked or not, reachable or not. The key of the session is in memory alone.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import type { BitwardenState, BitwardenItem as Listed } from '../../../shared/api/bitwarden.ts';
import { isProblemError, type ProblemError, problem } from '../../../shared/api/problem.ts';
import type {
  ApiKeyLogin,
  Bitwarden,
  BitwardenAccount,
  BitwardenItem,
  PasswordLogin,
} from '../../engines/bitwarden-account.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { BitwardenRepository } from './bitwarden.repository.ts';
import { toListed } from './item-parts.ts';
import { makeStateKey, openState, type SealedValues, sealState, withStateKey } from './sealed-state.ts';
import type { WorkFolders } from './work-folders.ts';

export type Login = (PasswordLogin | (ApiKeyLogin & { password?: string | undefined })) & {
  /** undefined: the one of last time; null: Bitwarden’s own cloud. */
  serverUrl?: string | null | undefined;
};

export interface Account {
  state(): Promise<BitwardenState>;
  version(): Promise<string | null>;
  /** Why the server did not answer when it was asked last. */
  readonly problem: ProblemError | null;
  readonly isUnlocked: boolean;
  /** When somebody used it last, in epoch milliseconds. */
  readonly usedAt: number;
  /** Errors: BITWARDEN_001, _004, _005, _006, SECRET_003. What was logged in before stays if it fails. */
  login(login: Login): Promise<void>;
  /** Errors: BITWARDEN_001, _002, _005, _006, SECRET_003. */
  unlock(password: string): Promise<void>;
  /** Also if bw fails: without the key nobody opens it. */
  lock(): Promise<void>;
  logout(): Promise<void>;
  /** Names and parts, as of the last synchronisation. Errors: BITWARDEN_001 to _003, _006, SECRET_003. */
  list(): Promise<Listed[]>;
  /** Asks the server, and hands over all items while nothing else is done. Errors: as above, BITWARDEN_004. */
  pull<T>(use: (items: readonly BitwardenItem[]) => T, isByPerson: boolean): Promise<T>;
  close(): Promise<void>;
}

export interface AccountOptions {
  bitwarden: Bitwarden;
  repository: BitwardenRepository;
  folders: WorkFolders;
  sealed: SealedValues;
  clock: Clock;
  onChanged: () => void;
}

const dataFile = 'data.json';

export function createAccount(options: AccountOptions): Account {
  const { bitwarden, repository, folders, sealed, clock, onChanged } = options;
  const queue = new PQueue({ concurrency: 1 });
  const now = () => toTimestamp(clock.now());
  let folder: string | undefined;
  let savedState = '';
  let session: string | null = null;
  let failure: ProblemError | null = null;
  let usedAt = 0;
  let program: Promise<string | null> | undefined;
  let listed: Listed[] | undefined;

  const version = async (): Promise<string | null> => {
    program ??= bitwarden.find().then(found => found?.version ?? null);
    const found = await program;
    // It may be installed while we run.
    if (found === null) program = undefined;
    return found;
  };
  const keyId = (): string => {
    const { keyId: id } = repository.account();
    if (id === null) throw loggedOut();
    return id;
  };

  /** Where bw finds the account again. Errors: BITWARDEN_002, SECRET_003, SECRET_006. */
  const open = async (): Promise<BitwardenAccount> => {
    const id = keyId();
    if (folder === undefined) {
      const stored = repository.state();
      const state = stored && withStateKey(sealed, id, key => openState(key, stored));
      const made = folders.open();
      if (state) await writeFile(join(made, dataFile), state, { mode: 0o600 });
      state?.fill(0);
      folder = made;
    }
    return bitwarden.inFolder(folder);
  };
  /** What bw has changed outlives us: to be done before an act is answered. */
  const save = async (): Promise<void> => {
    if (folder === undefined) return;
    const { state, digest } = await readState(folder);
    if (digest !== savedState) repository.saveState(withStateKey(sealed, keyId(), key => sealState(key, state)));
    savedState = digest;
    state.fill(0);
  };
  const closeSession = (): void => {
    session = null;
    listed = undefined;
  };
  const forget = (): void => {
    closeSession();
    const { keyId: id } = repository.account();
    repository.forget();
    if (id !== null) sealed.remove(id);
    if (folder !== undefined) folders.remove(folder);
    folder = undefined;
    savedState = '';
    failure = null;
  };

  /** One act at a time; what it changed is told. */
  const exclusive = <T>(act: () => Promise<T>): Promise<T> =>
    queue.add(async () => {
      try {
        return await act();
      } catch (error) {
        // It may be installed anew, elsewhere.
        if (isProblemError(error) && error.code === 'BITWARDEN_001') program = undefined;
        throw error;
      } finally {
        onChanged();
      }
    });
  /** An act on the open vault. A session that has ended is told as what it is. */
  const withSession = async <T>(act: (account: BitwardenAccount, key: string) => Promise<T>): Promise<T> => {
    const account = await open();
    if (session === null) throw locked();
    try {
      return await act(account, session);
    } catch (error) {
      if (isProblemError(error) && error.code === 'BITWARDEN_003') closeSession();
      if (isProblemError(error) && error.code === 'BITWARDEN_002' && (await isLoggedOut(account))) forget();
      throw error;
    }
  };

  const loginIn = async (place: string, given: Login, serverUrl: string | null) => {
    const account = bitwarden.inFolder(place);
    if (serverUrl !== null) await account.setServer(serverUrl);
    if ('email' in given) return { email: given.email, key: await account.loginByPassword(given) };
    await account.loginByApiKey(given);
    const key = given.password === undefined ? null : await account.unlock(given.password);
    const { email } = await account.status(null);
    return { email: email ?? given.clientId, key };
  };

  /** In one step: whoever was logged in before is there until the new one is. */
  const replaceWith = async (
    place: string,
    login: { serverUrl: string | null; email: string; keyId: string },
  ): Promise<void> => {
    const { state, digest } = await readState(place);
    const before = repository.account().keyId;
    const kept = withStateKey(sealed, login.keyId, key => sealState(key, state));
    state.fill(0);
    repository.saveLogin({ ...login, state: kept, at: now() });
    if (before !== null) sealed.remove(before);
    if (folder !== undefined) folders.remove(folder);
    closeSession();
    folder = place;
    savedState = digest;
    failure = null;
  };

  const login = async (given: Login): Promise<void> => {
    const serverUrl = given.serverUrl === undefined ? repository.account().serverUrl : given.serverUrl;
    const newKey = makeStateKey(sealed);
    const place = folders.open();
    try {
      const { email, key } = await loginIn(place, given, serverUrl);
      await replaceWith(place, { serverUrl, email, keyId: newKey });
      session = key;
      usedAt = clock.now();
    } catch (error) {
      if (folder !== place) {
        folders.remove(place);
        sealed.remove(newKey);
      }
      throw error;
    }
  };

  return {
    async state() {
      if ((await version()) === null) return 'not-installed';
      if (repository.account().email === null) return 'logged-out';
      if (session === null) return 'locked';
      return failure?.code === 'BITWARDEN_004' ? 'offline' : 'unlocked';
    },
    version,
    get problem() {
      return failure;
    },
    get isUnlocked() {
      return session !== null;
    },
    get usedAt() {
      return usedAt;
    },
    login: given => exclusive(() => login(given)),
    unlock: password =>
      exclusive(async () => {
        const account = await open();
        session = await account.unlock(password);
        usedAt = clock.now();
        listed = undefined;
        await save();
      }),
    lock: () =>
      exclusive(async () => {
        const wasOpen = session !== null;
        closeSession();
        const account = await open();
        if (!wasOpen) return;
        await account.lock().catch(() => {});
        await save();
      }),
    logout: () =>
      exclusive(async () => {
        closeSession();
        if (folder !== undefined)
          await bitwarden
            .inFolder(folder)
            .logout()
            .catch(() => {});
        forget();
      }),
    list: async () => {
      usedAt = clock.now();
      if (listed) return listed;
      return await queue.add(() =>
        withSession(async (account, key) => {
          listed ??= (await account.items(key)).map(toListed);
          return listed;
        }),
      );
    },
    pull: (use, isByPerson) =>
      exclusive(() =>
        withSession(async (account, key) => {
          if (isByPerson) usedAt = clock.now();
          try {
            await account.sync(key);
            failure = null;
          } catch (error) {
            if (isProblemError(error)) failure = error;
            throw error;
          }
          repository.savePulled(now());
          const items = await account.items(key);
          listed = items.map(toListed);
          await save();
          return use(items);
        }),
      ),
    async close() {
      closeSession();
      queue.clear();
      await queue.onIdle();
    },
  };
}

/** A server that refuses one request may take the next: bw knows whether it has given the account up. */
const isLoggedOut = async (account: BitwardenAccount): Promise<boolean> =>
  await account.status(null).then(
    ({ state }) => state === 'logged-out',
    () => false,
  );

async function readState(folder: string): Promise<{ state: Buffer; digest: string }> {
  const state = await readFile(join(folder, dataFile));
  return { state, digest: createHash('sha256').update(state).digest('hex') };
}

const loggedOut = (): ProblemError =>
  problem('BITWARDEN_002', {
    detail: 'No account of Bitwarden is logged in.',
    next: 'Log in, with "quayside bitwarden login".',
  });

const locked = (): ProblemError =>
  problem('BITWARDEN_003', {
    detail: 'It opens with the master password.',
    next: 'Unlock it, with "quayside bitwarden unlock". Secrets that were synchronised stay usable.',
  });
