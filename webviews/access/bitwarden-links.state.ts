// With which accounts of Bitwarden a user may sign in besides the password.
import type { BitwardenLink } from '../../shared/api/bitwarden.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';

export interface BitwardenLinksState {
  /** Of this user alone. */
  readonly links: Load<BitwardenLink[]>;
  readonly changing: Act;
  /** `serverUrl` empty: Bitwarden's own cloud. */
  add(email: string, serverUrl: string): Promise<boolean>;
  remove(link: BitwardenLink): Promise<boolean>;
  close(): void;
}

export function createBitwardenLinksState({ api }: Pick<App, 'api'>, userId: string): BitwardenLinksState {
  const links = createLoad(async abort =>
    (await readAllPages(query => api.listBitwardenLinks({ query }, { signal: abort }))).filter(
      each => each.userId === userId,
    ),
  );
  const changing = createAct();
  void links.reload();
  return {
    links,
    changing,
    add: async (email, serverUrl) =>
      (await changing.run('add', async () => {
        const link = await api.createBitwardenLink({ body: { userId, email, serverUrl: serverUrl || null } });
        links.set([...(links.value.value ?? []), link]);
        announce(`${link.email} is linked.`);
        return true;
      })) ?? false,
    remove: async ({ id, email }) =>
      (await changing.run(id, async () => {
        await api.deleteBitwardenLink({ params: { id } });
        links.set((links.value.value ?? []).filter(each => each.id !== id));
        announce(`${email} is not linked any more.`);
        return true;
      })) ?? false,
    close: () => links.close(),
  };
}
