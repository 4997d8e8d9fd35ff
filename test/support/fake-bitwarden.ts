// Bitwarden without its program: accounts in memory, with what bw keeps in a file of its folder as the real one does.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bitwarden, BitwardenAccount, BitwardenItem } from '../../daemon/engines/bitwarden-account.ts';
import { problem } from '../../shared/api/problem.ts';

export interface FakeAccount {
  email: string;
  password: string;
  /** A second factor that is asked for. */
  code?: string;
  userId: string;
  apiKey: { clientId: string; clientSecret: string };
  items: BitwardenItem[];
}

export interface FakeBitwarden extends Bitwarden {
  accounts: FakeAccount[];
  isInstalled: boolean;
  isReachable: boolean;
  /** What the server says to a sign-in that it knew: it refuses it once, or has ended it. */
  refuses: 'nothing' | 'once' | 'for good';
  /** Folders that were worked in. */
  readonly folders: Set<string>;
  readonly calls: string[];
}

export const fakeItem = (id: string, parts: Partial<BitwardenItem> = {}): BitwardenItem => ({
  id,
  name: `Item ${id}`,
  kind: 'login',
  login: null,
  notes: null,
  fields: [],
  attachments: 0,
  asksAgain: false,
  ...parts,
});

export const fakeAccount = (parts: Partial<FakeAccount> = {}): FakeAccount => ({
  email: 'ada@example.test',
  password: 'a master password',
  userId: '5d4ba0f1-0000-4000-8000-000000000001',
  apiKey: { clientId: 'user.5d4ba0f1-0001', clientSecret: 'canary-of-the-api-key' },
  items: [],
  ...parts,
});

/** What the real one keeps: tokens in the clear, items as they were at the last synchronisation. */
interface Kept {
  email: string;
  token: string;
  session: string | null;
  items: BitwardenItem[];
}

export function createFakeBitwarden(...accounts: FakeAccount[]): FakeBitwarden {
  let sessions = 0;
  const fake: FakeBitwarden = {
    accounts,
    isInstalled: true,
    isReachable: true,
    refuses: 'nothing',
    folders: new Set(),
    calls: [],
    find: async () => (fake.isInstalled ? { path: '/bin/bw', version: '2026.9.0' } : null),
    inFolder: folder => accountIn(fake, folder, () => `session-${++sessions}`),
    close: async () => {},
  };
  return fake;
}

const refuse = (code: 'BITWARDEN_001' | 'BITWARDEN_002' | 'BITWARDEN_003' | 'BITWARDEN_004' | 'BITWARDEN_005') =>
  problem(code, { detail: 'The fake says so.' });

function accountIn(fake: FakeBitwarden, folder: string, newSession: () => string): BitwardenAccount {
  const file = join(folder, 'data.json');
  const call = (name: string): void => {
    fake.calls.push(name);
    fake.folders.add(folder);
    if (!fake.isInstalled) throw refuse('BITWARDEN_001');
  };
  const online = (): void => {
    if (!fake.isReachable) throw refuse('BITWARDEN_004');
  };
  const find = async (): Promise<Kept | undefined> =>
    await readFile(file, 'utf8').then(
      text => JSON.parse(text) as Kept,
      () => undefined,
    );
  const read = async (): Promise<Kept> => {
    const kept = await find();
    if (!kept?.email) throw refuse('BITWARDEN_002');
    return kept;
  };
  const write = (kept: Kept | object) => writeFile(file, JSON.stringify(kept));
  const of = (email: string) => fake.accounts.find(each => each.email === email);
  const open = async (session: string): Promise<Kept> => {
    const kept = await read();
    if (kept.session !== session) throw refuse('BITWARDEN_003');
    return kept;
  };

  return {
    async status(session) {
      call('status');
      const kept = await find();
      if (!kept?.email) return { state: 'logged-out', serverUrl: null, email: null, userId: null, lastSyncAt: null };
      const isOpen = session !== null && kept.session === session;
      const userId = of(kept.email)?.userId ?? null;
      return { state: isOpen ? 'unlocked' : 'locked', serverUrl: null, email: kept.email, userId, lastSyncAt: null };
    },
    async setServer() {
      call('setServer');
    },
    async loginByPassword({ email, password, code }) {
      call('loginByPassword');
      online();
      const account = of(email);
      if (account?.password !== password || account.code !== code) throw refuse('BITWARDEN_005');
      const session = newSession();
      await write({ email, token: `canary-token-of-${email}`, session, items: account.items });
      return session;
    },
    async loginByApiKey({ clientId, clientSecret }) {
      call('loginByApiKey');
      online();
      const account = fake.accounts.find(each => each.apiKey.clientId === clientId);
      if (account?.apiKey.clientSecret !== clientSecret) throw refuse('BITWARDEN_005');
      await write({ email: account.email, token: clientSecret, session: null, items: account.items });
    },
    async unlock(password) {
      call('unlock');
      const kept = await read();
      if (of(kept.email)?.password !== password) throw refuse('BITWARDEN_005');
      const session = newSession();
      await write({ ...kept, session });
      return session;
    },
    async lock() {
      call('lock');
      await write({ ...(await read()), session: null });
    },
    async logout() {
      call('logout');
      await write({});
    },
    async sync(session) {
      call('sync');
      const kept = await open(session);
      online();
      if (fake.refuses === 'for good') await write({});
      if (fake.refuses !== 'nothing') throw refuse('BITWARDEN_002');
      await write({ ...kept, items: of(kept.email)?.items ?? [] });
    },
    async items(session) {
      call('items');
      return (await open(session)).items;
    },
  };
}
