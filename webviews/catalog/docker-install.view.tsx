// The install of a Docker entry in one form: profile, settings, secrets; then its steps and the layers of its image.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { CatalogEntry } from '../../shared/api/catalog.ts';
import { hasEnded, type Operation } from '../../shared/api/operations.ts';
import type { Problem } from '../../shared/api/problem.ts';
import type { Profile } from '../../shared/api/profiles.ts';
import { ProfileName } from '../../shared/domain/docker-names.ts';
import { announce } from '../kit/announcer.ts';
import { useApp } from '../kit/app.ts';
import { Button, Icon, PlaceLink } from '../kit/controls.tsx';
import { Note, ProblemNotice } from '../kit/feedback.tsx';
import { Checkbox, Field, Select, TextInput } from '../kit/fields.tsx';
import { useFollowed } from '../kit/followed.ts';
import { Form } from '../kit/form.tsx';
import { countOf } from '../kit/format.ts';
import { missingReason } from '../kit/missing-reason.ts';
import { FollowedOperation, OperationSteps } from '../kit/operation.tsx';
import { useOwned } from '../kit/owned.ts';
import { ServerText } from '../kit/text.tsx';
import { placeErrors, placesOf } from '../tool/draft.ts';
import { GroupFields } from '../tool/schema-form.view.tsx';
import { createDockerInstallState, type DockerInstallState } from './docker-install.state.ts';
import { toRecord, useInputs } from './inputs.ts';
import { SlotFields, useSlots } from './slots.view.tsx';

const aNewProfile = '';

/** Which profile gets it: the first that has it not yet; a machine without one makes its first here. */
function useProfileChoice(entry: CatalogEntry) {
  const { live } = useApp();
  const profiles = live.profiles.value.value ?? [];
  const [chosen, setChosen] = useState<string>();
  const [name, setName] = useState('My servers');
  const holderIn = (profile: string) =>
    (live.servers.value.value ?? []).find(
      server => server.profile === profile && server.nameInProfile === entry.nameInCatalog,
    );
  const free = profiles.find(profile => !holderIn(profile.id));
  const id = chosen ?? (free ?? profiles[0])?.id ?? aNewProfile;
  const wrongName = id === aNewProfile ? ProfileName.safeParse(name).error?.issues[0]?.message : undefined;
  return { profiles, id, setChosen, name, setName, wrongName, there: holderIn(id) };
}

export function DockerInstall({ entry }: { entry: CatalogEntry }) {
  const app = useApp();
  const state = useOwned(() => createDockerInstallState(app, entry));
  const operation = state.followed.operation.value;
  const docker = app.live.docker.value.value;
  const cannot = docker && !docker.available ? docker.problem : undefined;
  return (
    <section class="section" aria-label="Install">
      <h2>Install</h2>
      {cannot && (
        <ProblemNotice problem={cannot} severity="warning">
          <PlaceLink to={{ view: 'doctor' }}>Open the doctor</PlaceLink>
        </ProblemNotice>
      )}
      {operation?.state === 'succeeded' ? (
        <Installed operation={operation} />
      ) : (
        <>
          <DockerInstallForm entry={entry} state={state} />
          {operation && <Progress operation={operation} state={state} />}
        </>
      )}
    </section>
  );
}

function Progress({ operation, state }: { operation: Operation; state: DockerInstallState }) {
  const place = useRef<HTMLDivElement>(null);
  // Below a long form what begins or fails would be out of sight.
  const shown = `${operation.state} ${operation.transfer?.layers.length ?? 0}`;
  useEffect(() => place.current?.scrollIntoView({ block: 'nearest' }), [shown]);
  return (
    <div class="install-progress" ref={place}>
      <FollowedOperation operation={operation} onRetry={state.retried} onDismiss={state.followed.forget} />
      {hasEnded(operation) && operation.state === 'failed' && (
        <p class="quiet">What was half done was taken back. A second try does not repeat what is done.</p>
      )}
    </div>
  );
}

function DockerInstallForm({ entry, state }: { entry: CatalogEntry; state: DockerInstallState }) {
  const { live } = useApp();
  const profile = useProfileChoice(entry);
  const inputs = useInputs(entry);
  const slots = useSlots(entry, state);
  const [wantsStart, setStart] = useState(true);
  const [tried, setTried] = useState(false);
  const running = state.running.value;
  const start = wantsStart && !slots.lacking;
  const missing = missingReason(live.docker.value.value, 'profiles') !== undefined && profile.profiles.length === 0;
  const problem = state.act.problem.value;
  const install = async () => {
    setTried(true);
    const { value, errors } = inputs.outcome;
    if (running || profile.there || profile.wrongName !== undefined || errors.size > 0 || slots.errors.size > 0) return;
    const begun = await state.install({
      profile: profile.id === aNewProfile ? { name: profile.name.trim() } : { id: profile.id },
      inputs: inputs.group ? toRecord(value) : {},
      slots: slots.filled,
      start,
    });
    if (begun) slots.forget();
  };
  const errors = new Map([
    ...(tried ? inputs.outcome.errors : []),
    ...(inputs.group ? fromDaemon(problem, placesOf(inputs.group, inputs.draft)) : []),
  ]);
  return (
    <Form label={`Install ${entry.title}`} onSubmit={() => void install()}>
      <ProfileFields choice={profile} tried={tried} />
      {inputs.group && (
        <fieldset class="field-group">
          <legend class="field-label">Settings</legend>
          <GroupFields field={inputs.group} draft={inputs.draft} at="" errors={errors} onChange={inputs.setDraft} />
        </fieldset>
      )}
      <SlotFields slots={slots} tried={tried} />
      <Checkbox
        label="Start it when it is installed"
        description={slots.lacking ? 'It cannot be started before it has the secrets that it needs.' : undefined}
        checked={start}
        disabled={slots.lacking}
        onChange={setStart}
      />
      {entry.kind === 'remote' ? (
        <Note icon="globe">
          <p>It runs on another machine. What you send to its tools goes there.</p>
        </Note>
      ) : (
        <Note icon="shield">
          <p>It runs in a container of its own and sees none of your files but those that its settings name.</p>
        </Note>
      )}
      {problem && (problem.errors ?? []).length === 0 && (
        <ProblemNotice problem={problem} onDismiss={state.act.dismiss} />
      )}
      <div class="button-row">
        <Button
          asks="createOperation"
          kind="primary"
          icon="cloud-download"
          type="submit"
          busy={running}
          disabled={missing || profile.there !== undefined || live.docker.value.value?.available === false}
        >
          {running ? 'Installing' : 'Install'}
        </Button>
      </div>
    </Form>
  );
}

/** Where the daemon finds fault with settings, whatever it was asked. */
const settingsPath = /^(?:\/body)?(?:\/configuration)?\/(?:inputs|settings)/;

const fromDaemon = (problem: Problem | undefined, places: readonly string[]) =>
  placeErrors(
    (problem?.errors ?? [])
      .filter(({ path }) => settingsPath.test(path))
      .map(({ path, message }) => ({ path: path.replace(settingsPath, '/arguments'), message })),
    places,
  );

interface ProfileFieldsProps {
  choice: ReturnType<typeof useProfileChoice>;
  tried: boolean;
}

function ProfileFields({ choice, tried }: ProfileFieldsProps) {
  const { live } = useApp();
  const { profiles, id, setChosen, name, setName, wrongName, there } = choice;
  const canMake = missingReason(live.docker.value.value, 'profiles') === undefined;
  const options = [
    ...profiles.map((profile: Profile) => ({
      value: profile.id,
      label: profile.name === profile.id ? profile.id : `${profile.name} (${profile.id})`,
    })),
    ...(canMake ? [{ value: aNewProfile, label: 'A new profile' }] : []),
  ];
  return (
    <>
      <div class="field-columns">
        <Field label="Profile" description="The selection of servers that gets it." required>
          <Select value={id} options={options} onChange={setChosen} />
        </Field>
        {id === aNewProfile && (
          <Field label="Name of the new profile" error={tried ? wrongName : undefined} required>
            <TextInput value={name} onInput={setName} maxLength={128} />
          </Field>
        )}
      </div>
      {there && (
        <Note icon="check">
          <p>
            It is in this profile already, as <PlaceLink to={{ view: 'server', id: there.id }}>{there.id}</PlaceLink>.
            Change its settings there, or choose another profile.
          </p>
        </Note>
      )}
    </>
  );
}

/** The good end: it runs, these are its tools, and this is the way to it. */
function Installed({ operation }: { operation: Operation }) {
  const { host } = useApp();
  const { serverId } = operation;
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    announce(`${serverId} is installed.`);
    if (document.activeElement === document.body) end.current?.querySelector<HTMLElement>('vscode-button')?.focus();
  }, [serverId]);
  return (
    <div class="notice notice-good" role="status" ref={end}>
      <Icon name="pass-filled" class="notice-icon state-good" />
      <div class="notice-body">
        <p class="notice-title">{serverId} is installed</p>
        <OperationSteps operation={operation} />
        {serverId !== null && <InstalledTools serverId={serverId} />}
        {serverId !== null && (
          <div class="button-row">
            <Button kind="primary" icon="server-process" onClick={() => host.open({ view: 'server', id: serverId })}>
              Open {serverId}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

const shownTools = 12;

function InstalledTools({ serverId }: { serverId: string }) {
  const { api } = useApp();
  const tools = useFollowed(
    abort => api.listServerTools({ params: { id: serverId }, query: { limit: shownTools } }, { signal: abort }),
    event => event.type === 'tools.changed' && event.serverId === serverId,
  );
  const found = tools.value.value;
  if (!found || found.total === 0) return null;
  return (
    <p class="quiet">
      {countOf(found.total, 'tool')}:{' '}
      <ServerText text={`${found.items.map(({ name }) => name).join(', ')}${found.total > shownTools ? ', …' : ''}`} />
    </p>
  );
}
