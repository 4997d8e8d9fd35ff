// The server's answers, as the client's response models read them.
import { randomUUID } from 'node:crypto';
import type { Account } from './account.ts';

const kdf = ({ iterations }: Account) => ({ kdfType: 0, iterations, memory: null, parallelism: null });

const masterPasswordUnlock = (account: Account) => ({
  salt: account.email,
  kdf: kdf(account),
  masterKeyEncryptedUserKey: account.wrappedUserKey,
});

const accountKeys = ({ keyPair }: Account) => ({
  publicKeyEncryptionKeyPair: { ...keyPair, signedPublicKey: null },
  signatureKeyPair: null,
  securityState: null,
});

export const prelogin = (account: Account | undefined, email: string) => ({
  kdf: 0,
  kdfIterations: account?.iterations ?? 600_000,
  kdfSettings: account ? kdf(account) : { kdfType: 0, iterations: 600_000 },
  salt: email.toLowerCase(),
});

export interface Tokens {
  access: string;
  refresh: string | null;
  seconds: number;
}

export const signedIn = (account: Account, { access, refresh, seconds }: Tokens) => ({
  access_token: access,
  expires_in: seconds,
  token_type: 'Bearer',
  ...(refresh === null ? {} : { refresh_token: refresh }),
  scope: 'api offline_access',
  Key: account.wrappedUserKey,
  PrivateKey: account.keyPair.wrappedPrivateKey,
  AccountKeys: accountKeys(account),
  Kdf: 0,
  KdfIterations: account.iterations,
  KdfMemory: null,
  KdfParallelism: null,
  ForcePasswordReset: false,
  ResetMasterPassword: false,
  ApiUseKeyConnector: false,
  MasterPasswordPolicy: { object: 'masterPasswordPolicy' },
  UserDecryptionOptions: {
    object: 'userDecryptionOptions',
    HasMasterPassword: true,
    MasterPasswordUnlock: masterPasswordUnlock(account),
  },
});

export const sync = (account: Account) => ({
  object: 'sync',
  profile: profile(account),
  folders: [],
  collections: [],
  ciphers: [...account.ciphers.values()],
  domains: { object: 'domains', equivalentDomains: [], globalEquivalentDomains: [] },
  policies: [],
  sends: [],
  userDecryption: { masterPasswordUnlock: masterPasswordUnlock(account), userKeyId: account.userKeyId },
});

export const profile = (account: Account) => ({
  object: 'profile',
  id: account.id,
  name: 'Ada',
  email: account.email,
  emailVerified: true,
  premium: false,
  premiumFromOrganization: false,
  culture: 'en-US',
  twoFactorEnabled: account.totp !== null,
  key: account.wrappedUserKey,
  privateKey: account.keyPair.wrappedPrivateKey,
  accountKeys: accountKeys(account),
  securityStamp: account.securityStamp,
  forcePasswordReset: false,
  usesKeyConnector: false,
  verifyDevices: account.deviceCode !== null,
  avatarColor: null,
  creationDate: '2026-01-01T00:00:00Z',
  organizations: [],
  providers: [],
  providerOrganizations: [],
});

export const config = (url: string) => ({
  object: 'config',
  version: '2026.9.0',
  gitHash: 'test',
  server: null,
  environment: {
    cloudRegion: null,
    vault: url,
    api: `${url}/api`,
    identity: `${url}/identity`,
    notifications: null,
    sso: null,
  },
  featureStates: {},
  push: { pushTechnology: 0, vapidPublicKey: null },
  settings: { disableUserRegistration: true },
});

/** The claims that the client reads; who signs them is the server’s own matter. */
export function accessToken(account: Account, seconds: number): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = {
    nbf: now,
    exp: now + seconds,
    iss: 'http://localhost',
    client_id: 'cli',
    sub: account.id,
    auth_time: now,
    idp: 'bitwarden',
    premium: false,
    email: account.email,
    email_verified: true,
    sstamp: account.securityStamp,
    name: 'Ada',
    orgowner: [],
    jti: randomUUID(),
    scope: ['api', 'offline_access'],
    amr: ['Application'],
  };
  return `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claims)}.${randomUUID()}`;
}

const refusal = (error: string, description: string, message: string, more: object = {}) => ({
  error,
  error_description: description,
  ErrorModel: { Message: message, Object: 'error' },
  ...more,
});
export const refusals = {
  password: refusal('invalid_grant', 'invalid_username_or_password', 'Username or password is incorrect. Try again.'),
  apiKey: { error: 'invalid_client' },
  twoFactor: refusal('invalid_grant', 'Two factor required.', 'Two factor required.', {
    TwoFactorProviders: ['0'],
    TwoFactorProviders2: { 0: null },
    MasterPasswordPolicy: { object: 'masterPasswordPolicy' },
  }),
  wrongCode: refusal('invalid_grant', 'invalid_username_or_password', 'Two-step token is invalid. Try again.'),
  device: refusal('device_error', 'New device verification required', 'new device verification required'),
  wrongDeviceCode: refusal('invalid_grant', 'Invalid New Device OTP', 'Invalid New Device OTP. Try again.'),
  refresh: { error: 'invalid_grant' },
} as const;
