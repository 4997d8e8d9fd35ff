// What an account of Bitwarden does, whoever carries it out: walked through by the real program and by the one of the tests.
import assert from 'node:assert/strict';
import type { ApiKeyLogin, BitwardenAccount } from '../../daemon/engines/bitwarden-account.ts';

export interface ContractGiven {
  account: BitwardenAccount;
  apiKey: ApiKeyLogin;
  email: string;
  password: string;
  itemNames: string[];
}

const refusal = async (act: Promise<unknown>): Promise<string | undefined> =>
  await act.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  );

/** Each step looks at the state that the one before has left. */
export async function walkThroughBitwarden(given: ContractGiven): Promise<void> {
  const { account, apiKey, email, password, itemNames } = given;
  const stateWith = async (session: string | null) => (await account.status(session)).state;

  assert.equal(await stateWith(null), 'logged-out');
  assert.equal(await refusal(account.loginByApiKey({ ...apiKey, clientSecret: 'wrong' })), 'BITWARDEN_005');
  await account.loginByApiKey(apiKey);
  const known = await account.status(null);
  assert.deepEqual([known.state, known.email], ['locked', email]);
  assert.equal(await refusal(account.unlock('not the master password')), 'BITWARDEN_005');
  const session = await account.unlock(password);
  assert.equal(await stateWith(session), 'unlocked');
  assert.deepEqual(
    (await account.items(session)).map(({ name }) => name),
    itemNames,
  );
  await account.lock();
  assert.equal(await refusal(account.items(session)), 'BITWARDEN_003');
  await account.logout();
  assert.equal(await stateWith(session), 'logged-out');
  assert.equal(await refusal(account.unlock(password)), 'BITWARDEN_002');
}
