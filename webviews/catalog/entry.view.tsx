// One catalog entry: what it is, what it may do, and the form that installs it.
import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import type { CatalogEntry } from '../../shared/api/catalog.ts';
import { useApp } from '../kit/app.ts';
import { Badge, Button, ExternalLink, Icon, PlaceLink } from '../kit/controls.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { Loaded, Note } from '../kit/feedback.tsx';
import { Checkbox, Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { countOf } from '../kit/format.ts';
import { useOwned } from '../kit/owned.ts';
import { Description, ServerText } from '../kit/text.tsx';
import { placeErrors, placesOf } from '../tool/draft.ts';
import { GroupFields } from '../tool/schema-form.view.tsx';
import { nameError, problemAt } from './add.view.tsx';
import { kindIcons, originWords, shortCount } from './catalog-words.ts';
import { DockerInstall } from './docker-install.view.tsx';
import { EntryClashes } from './entry-clashes.view.tsx';
import { toRecord, useInputs } from './inputs.ts';
import { createInstallState, freeName } from './install.state.ts';
import { InstallProgress } from './install.view.tsx';
import './catalog.css';
import { useFollowed } from '../kit/followed.ts';

export function EntryView({ id }: { id: string }) {
  const { api } = useApp();
  const entry = useFollowed(
    abort => api.getCatalogEntry({ params: { id } }, { signal: abort }),
    ({ type }) => ['reset', 'catalogs.changed', 'server.removed', 'operation.changed'].includes(type),
  );
  return (
    <div class="view entry-view">
      <nav class="crumbs" aria-label="Place">
        <PlaceLink to={{ view: 'catalog' }}>Catalog</PlaceLink>
        <Icon name="chevron-right" />
        <span>{id}</span>
      </nav>
      <Loaded load={entry} what="the catalog entry">
        {value => (
          <>
            <EntryHead entry={value} />
            <div class="entry-columns">
              {value.engine === 'docker' ? (
                <div>
                  <EntryClashes entry={value.id} />
                  <DockerInstall entry={value} />
                </div>
              ) : (
                <InstallForm entry={value} />
              )}
              <EntryFacts entry={value} />
            </div>
          </>
        )}
      </Loaded>
    </div>
  );
}

const EntryHead = ({ entry }: { entry: CatalogEntry }) => (
  <header class="view-head">
    <h1>
      <Icon name={kindIcons[entry.kind].icon} /> <ServerText text={entry.title} />
    </h1>
    <p class="facts">
      <span>{kindIcons[entry.kind].word}</span>
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
      {entry.popularity !== null && entry.popularity > 0 && (
        <span>
          <Icon name="star-empty" /> {shortCount(entry.popularity)}
        </span>
      )}
      {[...entry.categories, ...entry.tags].slice(0, 8).map(name => (
        <Badge key={name}>
          <ServerText text={name} />
        </Badge>
      ))}
    </p>
    <Description text={entry.description} />
  </header>
);

function EntryFacts({ entry }: { entry: CatalogEntry }) {
  const { source, homepage, readme, origin, catalog, catalogOrigin, nameInCatalog, toolNames, toolCount } = entry;
  return (
    <aside class="section" aria-label="About this entry">
      <h2>About</h2>
      <dl class="fact-list">
        {source.type === 'npm' && (
          <>
            <dt>Package</dt>
            <dd class="code">{source.package}</dd>
            <dt>Version</dt>
            <dd>
              {source.version} <span class="quiet">pinned</span>
            </dd>
            <dt>Integrity</dt>
            <dd class="integrity">
              <code title={source.integrity}>{source.integrity.slice(0, 24)}…</code>
              <CopyButton text={() => source.integrity} label="Copy the integrity value" />
            </dd>
          </>
        )}
        {source.type === 'remote' && (
          <>
            <dt>Address</dt>
            <dd class="code">{source.url}</dd>
          </>
        )}
        {source.type === 'image' && (
          <>
            <dt>Image</dt>
            <dd class="code">{source.image}</dd>
            {source.digest !== null && (
              <>
                <dt>Here</dt>
                <dd class="code">{source.digest.slice(0, 19)}</dd>
              </>
            )}
          </>
        )}
        <dt>Catalog</dt>
        <dd>
          <PlaceLink to={{ view: 'catalog', filters: { catalog } }}>
            <ServerText text={origin} />
          </PlaceLink>{' '}
          <span class="quiet">{originWords[catalogOrigin]}</span>
        </dd>
        {nameInCatalog !== entry.id && (
          <>
            <dt>Called there</dt>
            <dd class="code">{nameInCatalog}</dd>
          </>
        )}
        {[['Home page', homepage] as const, ['Read me', readme] as const].map(
          ([name, url]) =>
            url && (
              <Fragment key={name}>
                <dt>{name}</dt>
                <dd>
                  <ExternalLink url={url}>{url.replace(/^https?:\/\//, '')}</ExternalLink>
                </dd>
              </Fragment>
            ),
        )}
      </dl>
      {toolNames.length > 0 && (
        <>
          <h3>{toolCount === null ? 'Tools' : countOf(toolCount, 'tool')}</h3>
          <ul class="name-list">
            {toolNames.map(name => (
              <li key={name}>
                <code>
                  <ServerText text={name} />
                </code>
              </li>
            ))}
          </ul>
          {toolCount !== null && toolCount > toolNames.length && (
            <p class="quiet">And {toolCount - toolNames.length} more.</p>
          )}
        </>
      )}
    </aside>
  );
}

function InstallForm({ entry }: { entry: CatalogEntry }) {
  const app = useApp();
  const { live, host } = app;
  const state = useOwned(() => createInstallState(app, operation => operation.serverId === entry.id));
  const taken = new Set((live.servers.value.value ?? []).map(({ id }) => id));
  const [typedName, setName] = useState<string>();
  const name = typedName ?? freeName(entry.id, taken);
  const inputs = useInputs(entry);
  const [start, setStart] = useState(true);
  const [scripts, setScripts] = useState(entry.runsInstallScripts);
  const [tried, setTried] = useState(false);
  const wrongName = nameError(name, taken);
  const install = () => {
    setTried(true);
    state.forget();
    const { value, errors } = inputs.outcome;
    if (wrongName !== undefined || errors.size > 0) return;
    void state.install({
      from: { catalogEntry: entry.id },
      serverId: name,
      start,
      allowScripts: scripts,
      ...(inputs.group ? { inputs: toRecord(value) } : {}),
    });
  };
  const problem = state.act.problem.value;
  const fromDaemon = placeErrors(
    (problem?.errors ?? [])
      .filter(({ path }) => path.startsWith('/inputs'))
      .map(({ path, message }) => ({ path: path.replace(/^\/inputs/, '/arguments'), message })),
    inputs.group ? placesOf(inputs.group, inputs.draft) : [''],
  );
  const running = state.running.value;
  if (state.operation.value?.state === 'succeeded')
    return (
      <section class="section" aria-label="Install">
        <h2>Install</h2>
        <InstallProgress state={state} />
      </section>
    );
  return (
    <section class="section" aria-label="Install">
      <h2>Install</h2>
      {entry.installed.length > 0 && !running && state.operation.value === undefined && (
        <Note icon="check">
          <p>It is installed already. A second one needs another name and has its own settings.</p>
          <div class="button-row">
            {entry.installed.map(id => (
              <Button key={id} icon="server-process" onClick={() => host.open({ view: 'server', id })}>
                Open {id}
              </Button>
            ))}
          </div>
        </Note>
      )}
      <EntryClashes entry={entry.id} name={wrongName === undefined ? name : undefined} />
      <Form label={`Install ${entry.title}`} onSubmit={install}>
        <Field
          label="Name"
          required
          description="The server's name here and for its clients."
          error={problemAt(problem, '/serverId') ?? (tried && !running ? wrongName : undefined)}
        >
          <TextInput value={name} onInput={setName} maxLength={64} />
        </Field>
        {inputs.group && (
          <GroupFields
            field={inputs.group}
            draft={inputs.draft}
            at=""
            errors={new Map([...(tried ? inputs.outcome.errors : []), ...fromDaemon])}
            onChange={inputs.setDraft}
          />
        )}
        <Checkbox label="Start it when it is installed" checked={start} onChange={setStart} />
        {entry.runsInstallScripts && (
          <Checkbox
            label="Let it run its install scripts"
            description="This package needs them. They are programs of the package and run once, with your rights."
            checked={scripts}
            onChange={setScripts}
          />
        )}
        <Note icon="shield">
          <p>
            The server runs with your rights on this machine and is not isolated.
            {entry.source.type === 'npm' &&
              ' The version is pinned, and the download is refused if it is not the very package that was checked.'}
          </p>
        </Note>
        <div class="button-row">
          <Button asks="createOperation" kind="primary" icon="cloud-download" type="submit" busy={running}>
            {running ? 'Installing' : 'Install'}
          </Button>
        </div>
      </Form>
      <InstallProgress state={state} />
    </section>
  );
}
