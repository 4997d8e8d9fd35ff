// Docker's catalogs: what is there, and pulling, making, tagging, pushing and removing them.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Catalog, CatalogPreview, NewCatalog } from '../../shared/api/catalogs.ts';
import type { Operation } from '../../shared/api/operations.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { createFollowed, type Followed } from '../kit/follow-operation.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';

export interface CatalogsState {
  readonly catalogs: Load<Catalog[]>;
  /** Of a pull or a push. */
  readonly transfer: Followed;
  readonly act: Act;
  readonly adding: Act;
  /** What creating it would do, and for which request that was asked. */
  readonly preview: ReadonlySignal<{ wanted: NewCatalog; found: CatalogPreview } | undefined>;
  pull(ref: string): Promise<boolean>;
  push(catalog: Catalog): Promise<void>;
  tag(catalog: Catalog, ref: string, replace: boolean): Promise<boolean>;
  remove(catalog: Catalog): Promise<boolean>;
  showPreview(wanted: NewCatalog): Promise<void>;
  /** Makes what the preview has shown. */
  create(replace: boolean): Promise<boolean>;
  forgetPreview(): void;
  close(): void;
}

const isOurs = ({ kind }: Operation): boolean => kind === 'pull-catalog' || kind === 'push-catalog';

export function createCatalogsState({ api, live }: Pick<App, 'api' | 'live'>): CatalogsState {
  const catalogs = createLoad(abort => readAllPages(query => api.listCatalogs({ query }, { signal: abort })));
  const transfer = createFollowed(live, isOurs);
  const [act, adding] = [createAct(), createAct()];
  const preview = signal<{ wanted: NewCatalog; found: CatalogPreview } | undefined>(undefined);
  void catalogs.reload();
  const stopListening = live.onEvent(({ type }) => {
    if (type === 'reset' || type === 'catalogs.changed') void catalogs.reload();
  });
  const done = async (running: Act, name: string, said: string, work: () => Promise<unknown>): Promise<boolean> => {
    const finished = await running.run(name, async () => {
      await work();
      return true;
    });
    if (!finished) return false;
    announce(said);
    void catalogs.reload();
    return true;
  };
  return {
    catalogs,
    transfer,
    act,
    adding,
    preview,
    pull: ref =>
      done(adding, 'pull', `Pulling ${ref}.`, async () => transfer.follow(await api.pullCatalog({ body: { ref } }))),
    async push({ id, ref }) {
      await done(act, `push ${id}`, `Pushing ${ref}.`, async () =>
        transfer.follow(await api.pushCatalog({ params: { id } })),
      );
    },
    tag: ({ id }, ref, replace) =>
      done(act, `tag ${id}`, `It is also called ${ref} now.`, () =>
        api.tagCatalog({ params: { id }, body: { ref, replace } }),
      ),
    remove: ({ id, title }) =>
      done(act, `remove ${id}`, `${title} was removed.`, () => api.deleteCatalog({ params: { id } })),
    async showPreview(wanted) {
      preview.value = undefined;
      const found = await adding.run('preview', () => api.previewCatalog({ body: wanted }));
      if (found) preview.value = { wanted, found };
    },
    create: replace => {
      const { value } = preview;
      if (!value) return Promise.resolve(false);
      return done(adding, 'create', 'The catalog was made.', () =>
        api.createCatalog({ body: { ...value.wanted, replace } }),
      );
    },
    forgetPreview() {
      preview.value = undefined;
      adding.dismiss();
    },
    close() {
      stopListening();
      catalogs.close();
    },
  };
}
