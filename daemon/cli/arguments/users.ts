// Finds users and keys by what a person calls them.
import { InvalidArgumentError } from 'commander';
import type { ApiClient } from '../../../shared/api/client.ts';
import type { AccessKey } from '../../../shared/api/keys.ts';
import { type User, UserName } from '../../../shared/api/users.ts';
import { type Role, roles } from '../../../shared/domain/roles.ts';
import { UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { by } from './names.ts';

export const toUserName = by(UserName);
/** Errors: InvalidArgumentError. */
export const toRole = (text: string): Role => {
  const role = roles.find(each => each === text);
  if (role) return role;
  throw new InvalidArgumentError(`The roles are ${roles.join(', ')}.`);
};

/** For an option that may be given several times. */
export const collect =
  <T>(read: (text: string) => T) =>
  (text: string, before: T[] = []): T[] => [...before, read(text)];

/** Errors: UsageError if nobody has this name. */
export async function findUser(api: ApiClient, name: string, signal: AbortSignal): Promise<User> {
  const user = await tryFindUser(api, name, signal);
  if (user) return user;
  throw new UsageError(`There is no user called "${name}". "quayside users list" shows them.`);
}

export async function tryFindUser(api: ApiClient, name: string, signal: AbortSignal): Promise<User | undefined> {
  const { items } = await listAll(query => api.listUsers({ query: { ...query, q: name } }, { signal }));
  return items.find(user => user.name === name);
}

/** By its id, its name, or how it begins. Errors: UsageError if none or several fit. */
export async function findKey(api: ApiClient, wanted: string, signal: AbortSignal): Promise<AccessKey> {
  const { items } = await listAll(query => api.listKeys({ query }, { signal }));
  const byId = items.filter(({ id }) => id === wanted);
  const found = byId.length > 0 ? byId : items.filter(({ name, hint }) => name === wanted || hint === wanted);
  const [key, another] = found;
  if (!key) throw new UsageError(`There is no key "${wanted}". "quayside keys list" shows them.`);
  if (another) throw new UsageError(`Several keys are called "${wanted}". Name one by its id: "quayside keys list".`);
  return key;
}
