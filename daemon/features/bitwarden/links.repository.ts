// Which user may sign in with which account of Bitwarden.
import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { BitwardenLink } from '../../../shared/api/bitwarden.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import { readPage } from '../../storage/page.ts';

export interface StoredLink extends BitwardenLink {
  /** Bitwarden’s own id of the account, once it was seen. */
  accountId: string | null;
}

export interface LinkRepository {
  list(query: PageQuery): Page<StoredLink>;
  find(id: string): StoredLink | undefined;
  findByEmail(email: string): StoredLink | undefined;
  any(): boolean;
  userExists(id: string): boolean;
  add(link: { userId: string; email: string; serverUrl: string | null }, at: string): StoredLink;
  signedIn(id: string, accountId: string, at: string): void;
  remove(id: string): boolean;
}

const Row = z
  .object({
    id: z.string(),
    user_id: z.string(),
    user_name: z.string(),
    server_url: z.string().nullable(),
    email: z.string(),
    account_id: z.string().nullable(),
    last_sign_in_at: z.string().nullable(),
    created_at: z.string(),
  })
  .transform(
    (row): StoredLink => ({
      id: row.id,
      userId: row.user_id,
      userName: row.user_name,
      serverUrl: row.server_url,
      email: row.email,
      accountId: row.account_id,
      confirmed: row.account_id !== null,
      lastSignInAt: row.last_sign_in_at,
      createdAt: row.created_at,
    }),
  );

const withNames = `(select l.*, u.name as user_name from bitwarden_links l join users u on u.id = l.user_id) as links`;

export function createLinkRepository(database: Database): LinkRepository {
  const byId = database.prepare(`select * from ${withNames} where id = ?`);
  const byEmail = database.prepare(`select * from ${withNames} where email = ?`);
  const any = database.prepare('select 1 from bitwarden_links limit 1');
  const user = database.prepare('select 1 from users where id = ?');
  const add = database.prepare(`insert into bitwarden_links (id, user_id, email, server_url, created_at)
    values (@id, @userId, @email, @serverUrl, @at)`);
  const signedIn = database.prepare(
    'update bitwarden_links set account_id = @accountId, last_sign_in_at = @at where id = @id',
  );
  const remove = database.prepare('delete from bitwarden_links where id = ?');
  const find = (row: unknown): StoredLink | undefined => (row === undefined ? undefined : Row.parse(row));
  return {
    list: query =>
      readPage(database, query, {
        table: withNames,
        columns: { email: 'email', created_at: 'created_at' },
        where: [],
        tieBreaker: 'id',
        toItem: row => Row.parse(row),
      }),
    find: id => find(byId.get(id)),
    findByEmail: email => find(byEmail.get(email.trim().toLowerCase())),
    any: () => any.get() !== undefined,
    userExists: id => user.get(id) !== undefined,
    add(link, at) {
      const id = randomUUID();
      add.run({ ...link, email: link.email.trim().toLowerCase(), id, at });
      return Row.parse(byId.get(id));
    },
    signedIn: (id, accountId, at) => void signedIn.run({ id, accountId, at }),
    remove: id => remove.run(id).changes > 0,
  };
}
