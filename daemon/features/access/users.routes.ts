import type { Handlers } from '../../http/context.ts';
import { type Address, pageAddress } from './access.routes.ts';
import type { Credentialed } from './credentialed.ts';
import type { UserService } from './users.service.ts';

type UserOperations =
  | 'listUsers'
  | 'createUser'
  | 'getUser'
  | 'updateUser'
  | 'deleteUser'
  | 'inviteUser'
  | 'resetSecondFactor'
  | 'signOutUser';

export interface UsersNeeds {
  users: UserService;
  credentialed: Credentialed;
  address: () => Address | null;
}

export const userHandlers = ({ users, credentialed, address }: UsersNeeds): Pick<Handlers, UserOperations> => ({
  listUsers: ({ query }) => users.list(query),
  createUser: async ({ body }, { principal }) => {
    const at = body.password === undefined ? pageAddress(address()) : null;
    const user = await users.create(principal, body);
    return { user, invitation: at && toLink(at, users.invite(principal, user.id)) };
  },
  getUser: ({ params }) => users.get(params.id),
  updateUser: ({ params, body }, { principal }) => users.update(principal, params.id, body),
  deleteUser: ({ params }, { principal }) => {
    users.remove(principal, params.id);
    return {};
  },
  inviteUser: ({ params }, { principal }) => {
    const at = pageAddress(address());
    return toLink(at, users.invite(principal, params.id));
  },
  resetSecondFactor: ({ params }, { principal }) => users.resetSecondFactor(principal, params.id),
  signOutUser: ({ params }) => {
    credentialed.endAll(users.stored(params.id).id);
    return {};
  },
});

/** Behind the # it reaches neither a log nor another server. */
const toLink = ({ url }: Address, { ticket, expiresAt }: { ticket: string; expiresAt: string }) => ({
  url: `${url}/#/invitation?ticket=${ticket}`,
  expiresAt,
});
