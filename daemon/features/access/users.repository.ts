import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import { type Role, roles } from '../../../shared/domain/roles.ts';
import { jsonColumn } from '../../storage/json-column.ts';
import { containing, readPage } from '../../storage/page.ts';

export interface StoredUser {
  id: string;
  name: string;
  displayName: string;
  roles: Role[];
  disabled: boolean;
  password: string | null;
  /** The id of its value in the vault. */
  factor: string | null;
  factorConfirmedAt: string | null;
  recovery: string[];
  lastSignInAt: string | null;
  createdAt: string;
}

export interface UserRepository {
  list(query: PageQuery & { q?: string | undefined }): Page<StoredUser>;
  find(id: string): StoredUser | undefined;
  findByName(name: string): StoredUser | undefined;
  findByIdentity(provider: string, subject: string): StoredUser | undefined;
  /** Stores a user and returns its id. */
  insert(user: {
    name: string;
    displayName: string;
    roles: readonly Role[];
    password: string | null;
    at: string;
  }): string;
  update(id: string, change: { displayName: string; roles: readonly Role[]; disabled: boolean }, at: string): void;
  savePassword(id: string, password: string | null, at: string): void;
  saveFactor(id: string, factor: string | null, at: string): void;
  confirmFactor(id: string, recovery: readonly string[], step: number, at: string): void;
  /** False if this step or a later one was taken already. */
  takeStep(id: string, step: number): boolean;
  /** False if the code was taken already. */
  takeRecovery(id: string, code: string): boolean;
  signedIn(id: string, at: string): void;
  remove(id: string): void;
  link(provider: string, subject: string, userId: string): void;
  /** Enabled users with the role admin. */
  admins(): string[];
  hasPasswords(): boolean;
  saveInvitation(ticketHash: string, userId: string, expiresAt: string): void;
  /** The user of an invitation that is still good. */
  findInvited(ticketHash: string, now: string): string | undefined;
  removeInvitations(userId: string): void;
  transaction<T>(act: () => T): T;
}

const Row = z
  .object({
    id: z.string(),
    name: z.string(),
    display_name: z.string(),
    roles: jsonColumn(z.array(z.enum(roles))),
    disabled: z.int(),
    password: z.string().nullable(),
    factor: z.string().nullable(),
    factor_confirmed_at: z.string().nullable(),
    recovery: jsonColumn(z.array(z.string())),
    last_sign_in_at: z.string().nullable(),
    created_at: z.string(),
  })
  .transform(
    (row): StoredUser => ({
      id: row.id,
      name: row.name,
      displayName: row.display_name,
      roles: row.roles,
      disabled: row.disabled === 1,
      password: row.password,
      factor: row.factor,
      factorConfirmedAt: row.factor_confirmed_at,
      recovery: row.recovery,
      lastSignInAt: row.last_sign_in_at,
      createdAt: row.created_at,
    }),
  );

export function createUserRepository(database: Database): UserRepository {
  const run = (sql: string) => {
    const statement = database.prepare(sql);
    return (values: Record<string, unknown>): boolean => statement.run(values).changes > 0;
  };
  const find = (sql: string) => {
    const statement = database.prepare(sql);
    return (...values: unknown[]): StoredUser | undefined => Row.optional().parse(statement.get(...values));
  };
  const insert = run(`insert into users (id, name, display_name, roles, password, created_at, updated_at)
    values (@id, @name, @displayName, @roles, @password, @at, @at)`);
  const update = run(
    'update users set display_name = @displayName, roles = @roles, disabled = @disabled, updated_at = @at where id = @id',
  );
  const savePassword = run('update users set password = @password, updated_at = @at where id = @id');
  const saveFactor = run(`update users set factor = @factor, factor_confirmed_at = null, factor_step = null,
    recovery = '[]', updated_at = @at where id = @id`);
  const confirmFactor = run(
    'update users set factor_confirmed_at = @at, recovery = @recovery, factor_step = @step, updated_at = @at where id = @id',
  );
  const takeStep = run(
    'update users set factor_step = @step where id = @id and (factor_step is null or factor_step < @step)',
  );
  const takeRecovery = run(`update users set recovery = (select json_group_array(value) from json_each(recovery)
    where value <> @code) where id = @id and exists (select 1 from json_each(recovery) where value = @code)`);
  const signedIn = run('update users set last_sign_in_at = @at where id = @id');
  const remove = run('delete from users where id = @id');
  const link = run('insert into identities (provider, subject, user_id) values (@provider, @subject, @userId)');
  const saveInvitation = run(
    'insert into invitations (ticket_hash, user_id, expires_at) values (@ticketHash, @userId, @expiresAt)',
  );
  const removeInvitations = run('delete from invitations where user_id = @userId');
  const byId = find('select * from users where id = ?');
  const byName = find('select * from users where name = ?');
  const byIdentity = find(`select u.* from users u join identities i on i.user_id = u.id
    where i.provider = ? and i.subject = ?`);
  const admins = database
    .prepare(
      "select id from users where disabled = 0 and exists (select 1 from json_each(users.roles) where value = 'admin')",
    )
    .pluck();
  const hasPasswords = database.prepare('select 1 from users where password is not null limit 1');
  const invited = database.prepare('select user_id from invitations where ticket_hash = ? and expires_at > ?').pluck();
  const toColumns = (given: readonly Role[]): string => JSON.stringify([...new Set(given)]);

  return {
    list: ({ q, ...query }) =>
      readPage(database, query, {
        table: 'users',
        columns: { name: 'name', created_at: 'created_at' },
        where: q ? [{ sql: "(name || ' ' || display_name) like ? escape '\\'", value: containing(q) }] : [],
        tieBreaker: 'id',
        toItem: row => Row.parse(row),
      }),
    find: byId,
    findByName: byName,
    findByIdentity: byIdentity,
    insert(user) {
      const id = randomUUID();
      insert({ ...user, id, roles: toColumns(user.roles) });
      return id;
    },
    update(id, change, at) {
      update({ ...change, id, at, roles: toColumns(change.roles), disabled: change.disabled ? 1 : 0 });
    },
    savePassword: (id, password, at) => void savePassword({ id, password, at }),
    saveFactor: (id, factor, at) => void saveFactor({ id, factor, at }),
    confirmFactor: (id, recovery, step, at) => void confirmFactor({ id, recovery: JSON.stringify(recovery), step, at }),
    takeStep: (id, step) => takeStep({ id, step }),
    takeRecovery: (id, code) => takeRecovery({ id, code }),
    signedIn: (id, at) => void signedIn({ id, at }),
    remove: id => void remove({ id }),
    link: (provider, subject, userId) => void link({ provider, subject, userId }),
    admins: () => z.array(z.string()).parse(admins.all()),
    hasPasswords: () => hasPasswords.get() !== undefined,
    saveInvitation: (ticketHash, userId, expiresAt) => void saveInvitation({ ticketHash, userId, expiresAt }),
    findInvited: (ticketHash, now) => z.string().optional().parse(invited.get(ticketHash, now)),
    removeInvitations: userId => void removeInvitations({ userId }),
    transaction: act => database.transaction(act)(),
  };
}
