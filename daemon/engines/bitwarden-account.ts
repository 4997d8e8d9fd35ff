// What the daemon may ask of an account at Bitwarden, whoever carries it out. Everything rejects with a ProblemError of BITWARDEN_001 to
// BITWARDEN_006; nothing that is told holds a password, a code, a key or a value.

/** The program that speaks to Bitwarden. */
export interface BitwardenProgram {
  path: string;
  version: string;
}

export interface BitwardenStatus {
  state: 'logged-out' | 'locked' | 'unlocked';
  serverUrl: string | null;
  email: string | null;
  /** Bitwarden’s own id of the user. */
  userId: string | null;
  lastSyncAt: string | null;
}

export interface PasswordLogin {
  email: string;
  password: string;
  /** Of the authenticator, or the one that was mailed for a device that is new. */
  code?: string | undefined;
}

export interface ApiKeyLogin {
  clientId: string;
  clientSecret: string;
}

export interface BitwardenField {
  name: string;
  /** Null of a field that only points at another part of the item. */
  value: string | null;
}

export interface BitwardenItem {
  id: string;
  name: string;
  kind: 'login' | 'note' | 'card' | 'identity' | 'ssh-key' | 'other';
  login: { username: string | null; password: string | null; totp: string | null } | null;
  notes: string | null;
  fields: BitwardenField[];
  /** How many there are; they are never fetched. */
  attachments: number;
  /** Bitwarden asks for the master password again before it shows this one. */
  asksAgain: boolean;
}

/** One account in one folder. One command at a time is to be run in it. */
export interface BitwardenAccount {
  /** Asks nobody outside of this machine. */
  status(session: string | null): Promise<BitwardenStatus>;
  setServer(url: string): Promise<void>;
  /** The key of the session. Errors: BITWARDEN_005 also for a code that is missing. */
  loginByPassword(login: PasswordLogin): Promise<string>;
  /** Leaves the vault locked. */
  loginByApiKey(login: ApiKeyLogin): Promise<void>;
  /** The key of a new session; older ones end. Works without the server. */
  unlock(password: string): Promise<string>;
  lock(): Promise<void>;
  logout(): Promise<void>;
  /** Errors: BITWARDEN_004 if the server cannot be reached. */
  sync(session: string): Promise<void>;
  /** All items that are not in the trash, as of the last synchronisation. Errors: BITWARDEN_003. */
  items(session: string): Promise<BitwardenItem[]>;
}

export interface Bitwarden {
  /** Null if there is none; looked for anew with every call. */
  find(): Promise<BitwardenProgram | null>;
  /** The account whose state is in this folder: nobody else’s. */
  inFolder(folder: string): BitwardenAccount;
  close(): Promise<void>;
}
