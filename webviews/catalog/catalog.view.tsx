import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { CatalogEntry } from '../../shared/api/catalog.ts';
import { useApp } from '../kit/app.ts';
import { Badge, Button, Icon, PlaceLink } from '../kit/controls.tsx';
import { Empty, Loaded } from '../kit/feedback.tsx';
import { Field, Select, TextInput } from '../kit/fields.tsx';
import { countOf } from '../kit/format.ts';
import { useOwned } from '../kit/owned.ts';
import { ServerText } from '../kit/text.tsx';
import { CommandForm, PackageForm, RemoteForm } from './add.view.tsx';
import { type CatalogState, createCatalogState } from './catalog.state.ts';
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
          <Button icon="package" onClick={() => toggle('package')}>
            npm package…
          </Button>
          <Button icon="terminal" onClick={() => toggle('command')}>
            Command…
          </Button>
          <Button icon="globe" onClick={() => toggle('remote')}>
            Remote server…
          </Button>
        </div>
      </header>
      {adding && (
        <AddSection key={adding} onClose={() => setAdding(undefined)}>
          {adding === 'package' && <PackageForm onClose={() => setAdding(undefined)} />}
          {adding === 'command' && <CommandForm onClose={() => setAdding(undefined)} />}
          {adding === 'remote' && <RemoteForm onClose={() => setAdding(undefined)} />}
        </AddSection>
      )}
      <Filters state={state} />
      <Loaded load={state.entries} what="the catalog">
        {entries => <Entries state={state} all={entries.length} />}
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

function Filters({ state }: { state: CatalogState }) {
  const options = [
    { value: '', label: 'All categories' },
    ...state.categories.value.map(name => ({ value: name, label: name })),
  ];
  return (
    <search class="filters">
      <Field label="Search">
        <TextInput type="search" value={state.query.value} onInput={state.search} placeholder="Name, purpose or tool" />
      </Field>
      <Field label="Category">
        <Select value={state.category.value} options={options} onChange={state.filter} />
      </Field>
    </search>
  );
}

function Entries({ state, all }: { state: CatalogState; all: number }) {
  const found = state.found.value;
  if (all === 0)
    return (
      <Empty icon="library" title="The catalog is empty">
        <p>No engine offers anything to install now. You can still add an npm package, a command or a remote server.</p>
      </Empty>
    );
  const clear = () => {
    state.search('');
    state.filter('');
  };
  return (
    <>
      <p class="quiet" role="status">
        {found.length === all ? countOf(all, 'server') : `${found.length} of ${countOf(all, 'server')}`}
      </p>
      {found.length === 0 ? (
        <Empty icon="search" title="Nothing fits">
          <Button onClick={clear}>Show all</Button>
        </Empty>
      ) : (
        <ul class="cards">
          {found.map(entry => (
            <Card key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
    </>
  );
}

function Card({ entry }: { entry: CatalogEntry }) {
  const { host, live } = useApp();
  const [first] = entry.installed;
  const operation = (live.operations.value.value ?? []).find(
    ({ state, serverId }) => serverId === entry.id && (state === 'running' || state === 'cancelling'),
  );
  return (
    <li class="card" data-entry={entry.id}>
      <h2 class="card-title">
        <PlaceLink to={{ view: 'catalog', entry: entry.id }}>
          <ServerText text={entry.title} />
        </PlaceLink>
      </h2>
      <p class="facts">
        <ServerText text={entry.publisher} />
        <span>{entry.license}</span>
        {entry.toolNames.length > 0 && <span>{countOf(entry.toolNames.length, 'tool')}</span>}
      </p>
      <p class="card-text">
        <ServerText text={entry.description} />
      </p>
      <div class="card-foot">
        <span class="badges">
          {entry.categories.map(name => (
            <Badge key={name}>{name}</Badge>
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
            <span class="only-heard"> {entry.title}</span>
          </Button>
        )}
      </div>
    </li>
  );
}
