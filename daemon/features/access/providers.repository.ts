import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { IdentityProvider } from '../../../shared/api/providers.ts';
import { roles } from '../../../shared/domain/roles.ts';
import { jsonColumn } from '../../storage/json-column.ts';

export interface ProviderRepository {
  all(): IdentityProvider[];
  find(id: string): IdentityProvider | undefined;
  save(provider: IdentityProvider): void;
  /** With the links of users to it. False if there is none. */
  remove(id: string): boolean;
}

const Row = z
  .object({
    id: z.string(),
    title: z.string(),
    issuer: z.string(),
    client_id: z.string(),
    secret_id: z.string().nullable(),
    roles: jsonColumn(z.array(z.enum(roles))),
    allowed: jsonColumn(z.array(z.string())),
  })
  .transform(
    ({ client_id, secret_id, ...row }): IdentityProvider => ({ ...row, clientId: client_id, secretId: secret_id }),
  );

export function createProviderRepository(database: Database): ProviderRepository {
  const all = database.prepare('select * from providers order by title, id');
  const byId = database.prepare('select * from providers where id = ?');
  const save = database.prepare(`
    insert into providers (id, title, issuer, client_id, secret_id, roles, allowed)
    values (@id, @title, @issuer, @clientId, @secretId, @roles, @allowed)
    on conflict (id) do update set title = @title, issuer = @issuer, client_id = @clientId, secret_id = @secretId,
      roles = @roles, allowed = @allowed`);
  const remove = database.prepare('delete from providers where id = ?');
  const unlink = database.prepare('delete from identities where provider = ?');
  const find = (id: string): IdentityProvider | undefined => Row.optional().parse(byId.get(id));
  return {
    all: () => z.array(Row).parse(all.all()),
    find,
    save: database.transaction((provider: IdentityProvider) => {
      // A subject means somebody of this issuer only: of another one it would be another person.
      if (find(provider.id) && find(provider.id)?.issuer !== provider.issuer) unlink.run(provider.id);
      save.run({
        ...provider,
        roles: JSON.stringify([...new Set(provider.roles)]),
        allowed: JSON.stringify(provider.allowed),
      });
    }),
    remove: database.transaction((id: string) => {
      unlink.run(id);
      return remove.run(id).changes > 0;
    }),
  };
}
