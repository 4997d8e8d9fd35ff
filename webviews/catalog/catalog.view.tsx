import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { CatalogEntry } from '../../shared/api/catalog.ts';
import { hasEnded } from '../../shared/api/operations.ts';
import type { Page } from '../../shared/api/route.ts';
import { toVisibleText } from '../../shared/domain/visible-text.ts';
import { useApp } from '../kit/app.ts';
import { Badge, Button, Icon, PlaceLink } from '../kit/controls.tsx';
import { Empty, Loaded, Note } from '../kit/feedback.tsx';
import { countOf, formatAgo } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { Pager } from '../kit/pager.tsx';
import { LookOnly } from '../kit/permission.tsx';
import { ServerText } from '../kit/text.tsx';
import { CommandForm, PackageForm, RemoteForm } from './add.view.tsx';
import { type CatalogState, createCatalogState, isNarrowed } from './catalog.state.ts';
import { kindIcons, shortCount } from './catalog-words.ts';
import { installs } from './docker-install.state.ts';
import { Filters } from './filters.view.tsx';
import './catalog.css';

type Adding = 'package' | 'command' | 'remote';

/** What can be installed, and the three ways to add what is not in the catalog. */
export function CatalogView() {
  const app = useApp();
  const state = useOwned(() => createCatalogState(app));
  const [adding, setAdding] = useState<Adding>();
  const toggle = (kind: Adding) => setAdding(adding === kind ? undefined : kind);
  return (
    <div class="view catalog-view">
      <header class="view-head view-head-line">
        <h1>
          <Icon name="library" /> Catalog
        </h1>
        <div class="button-row">
          <PlaceLink to={{ view: 'catalogs' }} class="link-button">
            <Icon name="settings-gear" /> Catalogs
          </PlaceLink>
          <Button asks="createOperation" icon="package" onClick={() => toggle('package')}>
            npm package…
          </Button>
          <Button asks="createServer" icon="terminal" onClick={() => toggle('command')}>
            Command…
          </Button>
          <Button asks="createServer" icon="globe" onClick={() => toggle('remote')}>
            Remote server…
          </Button>
        </div>
      </header>
      <LookOnly needs="servers:manage" />
      {adding && (
        <AddSection key={adding} onClose={() => setAdding(undefined)}>
          {adding === 'package' && <PackageForm onClose={() => setAdding(undefined)} />}
          {adding === 'command' && <CommandForm onClose={() => setAdding(undefined)} />}
          {adding === 'remote' && <RemoteForm onClose={() => setAdding(undefined)} />}
        </AddSection>
      )}
      <OfflineNotice state={state} />
      <Filters state={state} />
      <Loaded load={state.found} what="the catalog">
        {found => <Entries state={state} found={found} />}
      </Loaded>
    </div>
  );
}

/** A form that opens above the list: it takes the focus, and Escape closes it. */
function AddSection({ onClose, children }: { onClose: () => void; children: ComponentChildren }) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    section.current?.querySelector('input')?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <section
      class="section add-section"
      aria-label="Add a server"
      ref={section}
      onKeyDown={event => {
        if (event.key === 'Escape') onClose();
      }}
    >
      {children}
    </section>
  );
}

/** Said where something is shown that could not be read anew. */
function OfflineNotice({ state }: { state: CatalogState }) {
  const now = useNow(60_000);
  const cached = (state.catalogs.value.value ?? []).filter(each => each.cached);
  const [oldest] = [...cached].sort((a, b) => (a.readAt ?? '').localeCompare(b.readAt ?? ''));
  if (!oldest) return null;
  return (
    <Note icon="cloud">
      <p>
        {cached.length === 1 ? `${toVisibleText(oldest.title)} is` : `${cached.length} catalogs are`} shown from the
        cache
        {oldest.readAt && `, read ${formatAgo(oldest.readAt, now)}`}. Installing needs what is on this machine already.{' '}
        <PlaceLink to={{ view: 'catalogs' }}>Show why</PlaceLink>
      </p>
    </Note>
  );
}

function Entries({ state, found }: { state: CatalogState; found: Page<CatalogEntry> }) {
  const filters = state.filters.value;
  const narrowed = isNarrowed(filters);
  const all = state.facets.value.value?.total;
  if (found.total === 0 && !narrowed)
    return (
      <Empty icon="library" title="The catalog is empty">
        <p>No engine offers anything to install now. You can still add an npm package, a command or a remote server.</p>
      </Empty>
    );
  return (
    <>
      <p class="quiet" role="status">
        {narrowed && all !== undefined && all > found.total
          ? `${found.total} of ${countOf(all, 'server')}`
          : countOf(found.total, 'server')}
      </p>
      {found.items.length === 0 ? (
        <Empty icon="search" title={found.total === 0 ? 'Nothing fits' : 'There is no such page'}>
          <Button onClick={state.clear}>Show all</Button>
        </Empty>
      ) : (
        <ul class="cards">
          {found.items.map(entry => (
            <Card key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
      <Pager
        label="Pages of the catalog"
        page={found.page}
        limit={found.limit}
        total={found.total}
        onPage={page => {
          state.filter({ page });
          document.getElementById('content')?.scrollTo(0, 0);
        }}
      />
    </>
  );
}

function Card({ entry }: { entry: CatalogEntry }) {
  const { host, live } = useApp();
  const [first] = entry.installed;
  const servers = (live.servers.value.value ?? []).filter(({ id }) => entry.installed.includes(id));
  const update = servers.some(server => server.update !== null);
  const operation = (live.operations.value.value ?? []).find(each => !hasEnded(each) && installs(each, entry));
  const kind = kindIcons[entry.kind];
  const tools = entry.toolCount ?? (entry.toolNames.length || undefined);
  return (
    <li class="card" data-entry={entry.id}>
      <h2 class="card-title">
        <Icon name={kind.icon} />{' '}
        <PlaceLink to={{ view: 'catalog', entry: entry.id }}>
          <ServerText text={entry.title} />
        </PlaceLink>
      </h2>
      <p class="facts">
        <span>{kind.word}</span>
        {entry.publisher && (
          <span>
            <ServerText text={entry.publisher} />
          </span>
        )}
        {entry.license && (
          <span>
            <ServerText text={entry.license} />
          </span>
        )}
        {tools !== undefined && <span>{countOf(tools, 'tool')}</span>}
        {entry.popularity !== null && entry.popularity > 0 && (
          <span title={`${entry.popularity} pulls or stars`}>
            <Icon name="star-empty" /> {shortCount(entry.popularity)}
          </span>
        )}
      </p>
      <p class="card-text">
        <ServerText text={entry.description} />
      </p>
      <div class="card-foot">
        <span class="badges">
          <Badge>
            <ServerText text={entry.origin} />
          </Badge>
          {entry.secretSlots.length > 0 && <Badge>needs {countOf(entry.secretSlots.length, 'secret')}</Badge>}
          {update && <Badge>update</Badge>}
          {entry.categories.slice(0, 2).map(name => (
            <Badge key={name}>
              <ServerText text={name} />
            </Badge>
          ))}
        </span>
        {first !== undefined ? (
          <Button icon="check" onClick={() => host.open({ view: 'server', id: first })}>
            Open<span class="only-heard"> {first}</span>
          </Button>
        ) : (
          <Button
            kind="primary"
            icon="cloud-download"
            busy={operation !== undefined}
            onClick={() => host.open({ view: 'catalog', entry: entry.id })}
          >
            {operation ? 'Installing' : 'Install'}
            <span class="only-heard"> {toVisibleText(entry.title)}</span>
          </Button>
        )}
      </div>
    </li>
  );
}
