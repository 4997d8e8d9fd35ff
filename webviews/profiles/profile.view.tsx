import { useState } from 'preact/hooks';
import type { ProfileDetail } from '../../shared/api/profiles.ts';
import { ProfileName } from '../../shared/domain/docker-names.ts';
import { useApp } from '../kit/app.ts';
import { CapableButton } from '../kit/capability.tsx';
import { Confirm } from '../kit/confirm.tsx';
import { Badge, Button, Icon, PlaceLink } from '../kit/controls.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { countOf } from '../kit/format.ts';
import { FollowedOperation } from '../kit/operation.tsx';
import { useOwned } from '../kit/owned.ts';
import { ServerList } from '../kit/server-list.tsx';
import { ServerText } from '../kit/text.tsx';
import { GatewayPart } from './gateway.view.tsx';
import { ReferenceForm } from './profile-forms.view.tsx';
import { createProfilesState, type ProfilesState } from './profiles.state.ts';
import '../dashboard/dashboard.css';
import './profiles.css';
import { useFollowed } from '../kit/followed.ts';

/** One profile: its servers, its gateway, and what is done to it as a whole. */
export function ProfileView({ id }: { id: string }) {
  const app = useApp();
  const { api } = app;
  const state = useOwned(() => createProfilesState(app));
  const profile = useFollowed(
    abort => api.getProfile({ params: { id } }, { signal: abort }),
    event => event.type === 'reset' || (event.type === 'profile.changed' && event.profile.id === id),
  );
  return (
    <div class="view profile-view">
      <nav class="crumbs" aria-label="Place">
        <PlaceLink to={{ view: 'profiles' }}>Profiles</PlaceLink>
        <Icon name="chevron-right" />
        <span>{id}</span>
      </nav>
      {profile.problem.value?.code === 'PROFILE_001' ? (
        <Empty alone icon="trash" title={`There is no profile ${id}`}>
          <p>It was removed, here or by another client of Docker.</p>
        </Empty>
      ) : (
        <Loaded load={profile} what="the profile">
          {found => (
            <>
              <ProfileHead profile={found} state={state} onChanged={profile.reload} />
              <div class="dashboard-columns">
                <ProfileServers profile={found} />
                <GatewayPart key={id} profile={id} />
              </div>
            </>
          )}
        </Loaded>
      )}
    </div>
  );
}

type Open = 'rename' | 'push' | 'remove';

interface HeadProps {
  profile: ProfileDetail;
  state: ProfilesState;
  onChanged: () => Promise<void>;
}

function ProfileHead({ profile, state, onChanged }: HeadProps) {
  const { live } = useApp();
  const [open, setOpen] = useState<Open>();
  const { id, name, fixed } = profile;
  // The list hears of changes that other clients make.
  const clients = live.profiles.value.value?.find(each => each.id === id)?.clients ?? profile.clients;
  const followed = state.transfer.operation.value;
  const close = () => {
    setOpen(undefined);
    state.act.dismiss();
  };
  const toggle = (part: Open) => (open === part ? close() : setOpen(part));
  return (
    <header class="view-head">
      <div class="view-head-line">
        <h1>
          <Icon name="layers" /> <ServerText text={name} />
        </h1>
        <fieldset class="button-row" aria-label="Acts on this profile">
          <CapableButton
            asks="renameProfile"
            needs="profiles"
            what="Rename"
            icon="edit"
            disabled={fixed}
            onClick={() => toggle('rename')}
          >
            Rename
          </CapableButton>
          <CapableButton
            needs="profiles"
            what="Export"
            icon="desktop-download"
            disabled={fixed}
            busy={state.act.running.value === 'export'}
            onClick={() => void state.download(id)}
          >
            Export
          </CapableButton>
          <CapableButton
            asks="pushProfile"
            needs="registry-transfer"
            what="Push"
            icon="cloud-upload"
            disabled={fixed}
            onClick={() => toggle('push')}
          >
            Push…
          </CapableButton>
          <CapableButton
            asks="deleteProfile"
            needs="profiles"
            what="Remove"
            icon="trash"
            disabled={fixed}
            onClick={() => setOpen('remove')}
          >
            Remove
          </CapableButton>
        </fieldset>
      </div>
      <p class="facts">
        <code>{id}</code>
        {fixed && <Badge>legacy: the one set of enabled servers</Badge>}
        {clients.length > 0 && (
          <span>
            used by <PlaceLink to={{ view: 'clients' }}>{clients.join(', ')}</PlaceLink>
          </span>
        )}
      </p>
      {open === 'rename' && <Rename profile={profile} state={state} onDone={close} onChanged={onChanged} />}
      {open === 'push' && (
        <div class="open-section">
          <ReferenceForm
            state={state}
            onDone={close}
            label="Push the profile"
            button="Push"
            icon="cloud-upload"
            busy="push"
            send={ref => state.push(id, ref)}
          />
        </div>
      )}
      {open === 'remove' && <Remove profile={profile} state={state} onDone={close} />}
      {open === undefined && state.act.problem.value && (
        <ProblemNotice problem={state.act.problem.value} onDismiss={state.act.dismiss} />
      )}
      {followed && (
        <FollowedOperation operation={followed} onRetry={state.transfer.follow} onDismiss={state.transfer.forget} />
      )}
    </header>
  );
}

interface PartProps {
  profile: ProfileDetail;
  state: ProfilesState;
  onDone: () => void;
}

function Rename({ profile, state, onDone, onChanged }: PartProps & Pick<HeadProps, 'onChanged'>) {
  const [name, setName] = useState(profile.name);
  const [tried, setTried] = useState(false);
  const wrong = ProfileName.safeParse(name).error?.issues[0]?.message;
  const send = async () => {
    setTried(true);
    if (wrong !== undefined || !(await state.rename(profile.id, name.trim()))) return;
    await onChanged();
    onDone();
  };
  return (
    <div class="open-section">
      <Form label="Rename the profile" onSubmit={() => void send()}>
        <Field label="Name" description="Its id stays, and so do its clients." error={tried ? wrong : undefined}>
          <TextInput value={name} onInput={setName} maxLength={128} />
        </Field>
        {state.act.problem.value && <ProblemNotice problem={state.act.problem.value} />}
        <div class="button-row">
          <Button kind="primary" type="submit" icon="edit" busy={state.act.running.value === 'rename'}>
            Rename
          </Button>
          <Button onClick={onDone}>Cancel</Button>
        </div>
      </Form>
    </div>
  );
}

function Remove({ profile, state, onDone }: PartProps) {
  const { host } = useApp();
  const { id, name, servers, clients } = profile;
  const remove = async () => {
    if (await state.remove(id)) host.open({ view: 'profiles' });
  };
  return (
    <Confirm
      title={`Remove ${name}?`}
      act="Remove the profile"
      typed={id}
      busy={state.act.running.value === 'remove'}
      problem={state.act.problem.value}
      onConfirm={() => void remove()}
      onClose={onDone}
    >
      <p>
        Its gateway is stopped, and it is removed
        {servers.length > 0 && ` with ${countOf(servers.length, 'server')} and their settings`}. Values in the vault
        stay.
      </p>
      {clients.length > 0 && <p>docker mcp disconnects {clients.join(', ')}.</p>}
      <p>It cannot be brought back; an export of it can be imported again.</p>
    </Confirm>
  );
}

function ProfileServers({ profile }: { profile: ProfileDetail }) {
  const { live, host } = useApp();
  const known = live.servers.value.value?.filter(server => server.profile === profile.id) ?? profile.servers;
  return (
    <section class="section" aria-label="Servers of this profile">
      <div class="tools-head">
        <h2>Servers</h2>
        <PlaceLink to={{ view: 'catalog', filters: { engine: 'docker' } }} class="link-button">
          <Icon name="add" /> Add from the catalog
        </PlaceLink>
      </div>
      {known.length === 0 ? (
        <Empty icon="package" title="No server is in this profile">
          <Button
            kind="primary"
            icon="library"
            onClick={() => host.open({ view: 'catalog', filters: { engine: 'docker' } })}
          >
            Open the catalog
          </Button>
        </Empty>
      ) : (
        <ServerList servers={known} showProfile={false} />
      )}
    </section>
  );
}
