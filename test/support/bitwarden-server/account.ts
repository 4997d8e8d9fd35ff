// An account as a client made it: everything that the server keeps of it, with every text of a person encrypted.
import { randomUUID } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import {
  deriveMasterKey,
  encrypt,
  hashForServer,
  newSymmetricKey,
  newWrappedKeyPair,
  type SymmetricKey,
  stretch,
  wrap,
} from './client-crypto.ts';

export interface PlainItem {
  name: string;
  login?: { username?: string; password?: string; totp?: string };
  notes?: string;
  fields?: { name: string; value: string; hidden?: boolean }[];
  attachments?: string[];
  deleted?: boolean;
}

export interface AccountOptions {
  email?: string;
  password?: string;
  /** Asks for a second factor. */
  withTotp?: boolean;
  /** Asks for a code by mail from a device that it has not seen. */
  verifiesDevices?: boolean;
  items?: PlainItem[];
}

export interface Account {
  id: string;
  email: string;
  password: string;
  clientId: string;
  clientSecret: string;
  iterations: number;
  passwordHash: string;
  wrappedUserKey: string;
  keyPair: { publicKey: string; wrappedPrivateKey: string };
  securityStamp: string;
  /** A client that finds none makes one, which takes seconds. */
  userKeyId: string | null;
  totp: TOTP | null;
  deviceCode: string | null;
  ciphers: Map<string, Record<string, unknown>>;
  /** When anything of it was changed last, in epoch milliseconds. */
  changedAt: number;
  /** Stores an item, a new one without an id; returns the id. */
  save(item: PlainItem, id?: string): string;
  remove(id: string): void;
  /** The code of the second factor now. */
  code(): string;
}

/** The fewest that bw takes, for the tests’ sake; 600,000 are usual. */
const iterations = 5_000;

export function createAccount(options: AccountOptions = {}): Account {
  const { email = 'ada@example.test', password = 'a master password of a test', withTotp = false } = options;
  const id = randomUUID();
  const masterKey = deriveMasterKey(password, email, iterations);
  const userKey = newSymmetricKey();
  const ciphers = new Map<string, Record<string, unknown>>();
  const totp = withTotp ? new TOTP({ secret: new Secret({ size: 20 }) }) : null;
  const account: Account = {
    id,
    email,
    password,
    clientId: `user.${id}`,
    clientSecret: `api-secret-${randomUUID()}`,
    iterations,
    passwordHash: hashForServer(masterKey, password),
    wrappedUserKey: wrap(stretch(masterKey), userKey),
    keyPair: newWrappedKeyPair(userKey),
    securityStamp: randomUUID(),
    userKeyId: randomUUID().replaceAll('-', ''),
    totp,
    deviceCode: options.verifiesDevices ? '918273' : null,
    ciphers,
    changedAt: Date.now(),
    save(item, itemId = randomUUID()) {
      account.changedAt = Date.now();
      ciphers.set(itemId, toCipher(userKey, item, itemId));
      return itemId;
    },
    remove(itemId) {
      account.changedAt = Date.now();
      ciphers.delete(itemId);
    },
    code: () => totp?.generate() ?? '',
  };
  for (const item of options.items ?? []) account.save(item);
  return account;
}

function toCipher(key: SymmetricKey, item: PlainItem, id: string): Record<string, unknown> {
  const seal = (text: string | undefined) => (text === undefined ? null : encrypt(key, text));
  const at = new Date().toISOString();
  const { login } = item;
  return {
    object: 'cipherDetails',
    id,
    organizationId: null,
    folderId: null,
    type: login ? 1 : 2,
    name: seal(item.name),
    notes: seal(item.notes),
    login: login && {
      username: seal(login.username),
      password: seal(login.password),
      totp: seal(login.totp),
      uris: null,
      passwordRevisionDate: null,
    },
    secureNote: login ? null : { type: 0 },
    fields:
      item.fields?.map(({ name, value, hidden }) => ({
        name: seal(name),
        value: seal(value),
        type: hidden ? 1 : 0,
        linkedId: null,
      })) ?? null,
    attachments:
      item.attachments?.map(name => ({
        object: 'attachment',
        id: randomUUID(),
        url: 'https://127.0.0.1/attachment',
        fileName: seal(name),
        key: null,
        size: '12',
        sizeName: '12 Bytes',
      })) ?? null,
    favorite: false,
    edit: true,
    viewPassword: true,
    permissions: { delete: true, restore: true },
    organizationUseTotp: false,
    collectionIds: [],
    reprompt: 0,
    key: null,
    passwordHistory: null,
    creationDate: at,
    revisionDate: at,
    deletedDate: item.deleted ? at : null,
    archivedDate: null,
  };
}
