import { useState } from 'preact/hooks';
import type { Catalog } from '../../shared/api/catalogs.ts';
import { ImageReference } from '../../shared/domain/docker-names.ts';
import { useApp } from '../kit/app.ts';
import { CapableButton } from '../kit/capability.tsx';
import { Confirm } from '../kit/confirm.tsx';
import { Badge, Button, Icon, IconButton, PlaceLink } from '../kit/controls.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Checkbox, Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { countOf, formatAgo } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { FollowedOperation } from '../kit/operation.tsx';
import { useOwned } from '../kit/owned.ts';
import { ServerText } from '../kit/text.tsx';
import { originWords } from './catalog-words.ts';
import { type CatalogsState, createCatalogsState } from './catalogs.state.ts';
import { NewCatalogForm, PullCatalogForm } from './new-catalog.view.tsx';
import './catalog.css';

/** The collections that entries come from: where each was got, when it was read, and making new ones. */
export function CatalogsView() {
  const app = useApp();
  const state = useOwned(() => createCatalogsState(app));
  const [open, setOpen] = useState<'pull' | 'new'>();
  const close = () => {
    setOpen(undefined);
    state.forgetPreview();
  };
  const followed = state.transfer.operation.value;
  return (
    <div class="view catalogs-view">
      <nav class="crumbs" aria-label="Place">
        <PlaceLink to={{ view: 'catalog' }}>Catalog</PlaceLink>
        <Icon name="chevron-right" />
        <span>Catalogs</span>
      </nav>
      <header class="view-head view-head-line">
        <h1>
          <Icon name="library" /> Catalogs
        </h1>
        <div class="button-row">
          <CapableButton
            asks="pullCatalog"
            needs="catalogs"
            what="Pull a catalog"
            icon="cloud-download"
            onClick={() => setOpen('pull')}
          >
            Pull…
          </CapableButton>
          <CapableButton
            asks="createCatalog"
            needs="catalog-import"
            what="Make or import a catalog"
            kind="primary"
            icon="add"
            onClick={() => setOpen('new')}
          >
            New or import…
          </CapableButton>
        </div>
      </header>
      {open === 'pull' && <PullCatalogForm state={state} onDone={close} />}
      {open === 'new' && <NewCatalogForm state={state} onDone={close} />}
      {followed && (
        <section class="section" aria-label="Transfer">
          <FollowedOperation operation={followed} onRetry={state.transfer.follow} onDismiss={state.transfer.forget} />
        </section>
      )}
      {state.act.problem.value && (
        <section class="section" aria-label="Problem">
          <ProblemNotice problem={state.act.problem.value} onDismiss={state.act.dismiss} />
        </section>
      )}
      <Loaded load={state.catalogs} what="the catalogs">
        {catalogs =>
          catalogs.length === 0 ? (
            <Empty icon="library" title="There is no catalog">
              <p>Docker’s own is pulled by its reference, mcp/docker-mcp-catalog.</p>
            </Empty>
          ) : (
            <ul class="rows">
              {catalogs.map(catalog => (
                <CatalogRow key={catalog.id} catalog={catalog} state={state} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  );
}

/** The digest as people compare it. */
const shortDigest = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 12);

function CatalogRow({ catalog, state }: { catalog: Catalog; state: CatalogsState }) {
  const now = useNow(60_000);
  const { id, title, ref, origin, digest, entries, readAt, cached, problem, source } = catalog;
  return (
    <li class="row" data-catalog={id}>
      <div class="row-main">
        <span class="tool-names">
          <PlaceLink to={{ view: 'catalog', filters: { catalog: id } }} class="row-title">
            <ServerText text={title} />
          </PlaceLink>
          <Badge>{originWords[origin]}</Badge>
          {cached && <Badge>cached</Badge>}
        </span>
        <span class="row-text code">
          <ServerText text={ref} />
        </span>
        <span class="facts">
          <span>{countOf(entries, 'entry', 'entries')}</span>
          {digest && <code title={digest}>{shortDigest(digest)}</code>}
          {readAt && <span title={readAt}>read {formatAgo(readAt, now)}</span>}
          {source && source !== ref && (
            <span>
              from <ServerText text={source} />
            </span>
          )}
        </span>
      </div>
      <RowActs catalog={catalog} state={state} />
      {problem && (
        <div class="row-below">
          <ProblemNotice problem={problem} severity="warning" />
        </div>
      )}
    </li>
  );
}

function RowActs({ catalog, state }: { catalog: Catalog; state: CatalogsState }) {
  const [open, setOpen] = useState<'tag' | 'remove'>();
  const { id, ref, title, engine, fixed } = catalog;
  const running = state.act.running.value;
  if (engine !== 'docker') return null;
  const remove = async () => {
    await state.remove(catalog);
    setOpen(undefined);
  };
  return (
    <>
      <div class="row-facts">
        <IconButton
          asks="pullCatalog"
          icon="cloud-download"
          label={`Pull ${ref} again`}
          busy={state.transfer.running.value}
          onClick={() => void state.pull(ref)}
        />
        <IconButton
          asks="pushCatalog"
          icon="cloud-upload"
          label={`Push ${ref}`}
          busy={running === `push ${id}`}
          onClick={() => void state.push(catalog)}
        />
        <IconButton
          asks="tagCatalog"
          icon="tag"
          label={`Tag ${ref}`}
          pressed={open === 'tag'}
          onClick={() => setOpen(open === 'tag' ? undefined : 'tag')}
        />
        <IconButton
          asks="deleteCatalog"
          icon="trash"
          label={`Remove ${title}`}
          disabled={fixed}
          onClick={() => setOpen('remove')}
        />
      </div>
      {open === 'tag' && (
        <div class="row-below">
          <TagForm catalog={catalog} state={state} onDone={() => setOpen(undefined)} />
        </div>
      )}
      {open === 'remove' && (
        <Confirm
          title={`Remove ${title}?`}
          act="Remove"
          busy={running === `remove ${id}`}
          onConfirm={() => void remove()}
          onClose={() => setOpen(undefined)}
        >
          <p>
            <code>{ref}</code> is removed from docker mcp on this machine. Servers that came from it stay.
          </p>
        </Confirm>
      )}
    </>
  );
}

function TagForm({ catalog, state, onDone }: { catalog: Catalog; state: CatalogsState; onDone: () => void }) {
  const [ref, setRef] = useState('');
  const [replace, setReplace] = useState(false);
  const [tried, setTried] = useState(false);
  const wrong = ImageReference.safeParse(ref.trim()).error?.issues[0]?.message;
  const send = async () => {
    setTried(true);
    if (wrong === undefined && (await state.tag(catalog, ref.trim(), replace))) onDone();
  };
  return (
    <Form label={`Tag ${catalog.ref}`} onSubmit={() => void send()}>
      <Field label="Second reference" error={tried ? wrong : undefined}>
        <TextInput value={ref} onInput={setRef} monospace placeholder="registry.example/team/catalog:v2" />
      </Field>
      <Checkbox label="Replace a catalog of this reference" checked={replace} onChange={setReplace} />
      <div class="button-row">
        <Button kind="primary" type="submit" icon="tag" busy={state.act.running.value === `tag ${catalog.id}`}>
          Tag
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </Form>
  );
}
