// One catalog entry: what it is, what it may do, and the form that installs it.
import { useMemo, useState } from 'preact/hooks';
import type { CatalogEntry } from '../../shared/api/catalog.ts';
import type { Json } from '../../shared/domain/json-schema.ts';
import { useApp } from '../kit/app.ts';
import { Badge, Button, ExternalLink, Icon, PlaceLink } from '../kit/controls.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { Loaded, Note } from '../kit/feedback.tsx';
import { Checkbox, Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { createLoad } from '../kit/load.ts';
import { useOwned } from '../kit/owned.ts';
import { Description, ServerText } from '../kit/text.tsx';
import { type Draft, initialDraft, placeErrors, placesOf, toArguments } from '../tool/draft.ts';
import { toFields } from '../tool/schema-form.ts';
import { GroupFields } from '../tool/schema-form.view.tsx';
import { nameError, problemAt } from './add.view.tsx';
import { createInstallState, freeName } from './catalog.state.ts';
import { InstallProgress } from './install.view.tsx';
import './catalog.css';

export function EntryView({ id }: { id: string }) {
  const { api, live } = useApp();
  const entry = useOwned(() => {
    const load = createLoad(abort => api.getCatalogEntry({ params: { id } }, { signal: abort }));
    void load.reload();
    const stop = live.onEvent(event => {
      if (event.type === 'reset' || event.type === 'server.removed' || event.type === 'operation.changed')
        void load.reload();
    });
    return {
      ...load,
      close() {
        stop();
        load.close();
      },
    };
  });
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
              <InstallForm entry={value} />
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
      <Icon name="package" /> <ServerText text={entry.title} />
    </h1>
    <p class="facts">
      <ServerText text={entry.publisher} />
      <span>{entry.license}</span>
      {entry.categories.map(name => (
        <Badge key={name}>{name}</Badge>
      ))}
    </p>
    <Description text={entry.description} />
  </header>
);

function EntryFacts({ entry }: { entry: CatalogEntry }) {
  const { source, homepage, origin, toolNames } = entry;
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
        <dt>Catalog</dt>
        <dd>{origin}</dd>
        {homepage && (
          <>
            <dt>Home page</dt>
            <dd>
              <ExternalLink url={homepage}>{homepage.replace(/^https?:\/\//, '')}</ExternalLink>
            </dd>
          </>
        )}
      </dl>
      {toolNames.length > 0 && (
        <>
          <h3>Tools</h3>
          <ul class="name-list">
            {toolNames.map(name => (
              <li key={name}>
                <code>
                  <ServerText text={name} />
                </code>
              </li>
            ))}
          </ul>
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
          <Button kind="primary" icon="cloud-download" type="submit" busy={running}>
            {running ? 'Installing' : 'Install'}
          </Button>
        </div>
      </Form>
      <InstallProgress state={state} />
    </section>
  );
}

/** The form of an entry's configurationSchema, if it has one that a form can show. */
function useInputs(entry: CatalogEntry) {
  const text = JSON.stringify(entry.configurationSchema);
  const group = useMemo(() => {
    const schema: unknown = JSON.parse(text);
    const field = schema === null ? undefined : toFields(entry.configurationSchema ?? {});
    return field?.kind === 'group' && field.fields.length > 0 ? field : undefined;
  }, [text]);
  const [typed, setDraft] = useState<Draft>();
  const draft = typed ?? (group ? initialDraft(group) : { kind: 'absent' as const });
  const outcome = group ? toArguments(group, draft) : { value: {}, errors: new Map<string, string>() };
  return { group, draft, setDraft, outcome };
}

const toRecord = (value: Json | undefined): Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
