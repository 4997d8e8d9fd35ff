import { useState } from 'preact/hooks';
import type { Gateway } from '../../shared/api/gateways.ts';
import type { Profile } from '../../shared/api/profiles.ts';
import { canStop } from '../../shared/domain/server-state.ts';
import { useApp } from '../kit/app.ts';
import { CapableButton, useMissing } from '../kit/capability.tsx';
import { Badge, Icon, IconButton, PlaceLink } from '../kit/controls.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { countOf } from '../kit/format.ts';
import type { Act } from '../kit/load.ts';
import { FollowedOperation } from '../kit/operation.tsx';
import { useOwned } from '../kit/owned.ts';
import { LookOnly } from '../kit/permission.tsx';
import { StateMark } from '../kit/server-state.tsx';
import { ServerText } from '../kit/text.tsx';
import { useAct } from '../kit/use-act.ts';
import { CreateProfileForm, ImportProfileForm, ReferenceForm } from './profile-forms.view.tsx';
import { createProfilesState, type ProfilesState } from './profiles.state.ts';
import './profiles.css';

type Open = 'create' | 'import' | 'pull';

/** Docker's selections of servers, each with its gateway. */
export function ProfilesView() {
  const app = useApp();
  const state = useOwned(() => createProfilesState(app));
  const [open, setOpen] = useState<Open>();
  const followed = state.transfer.operation.value;
  const show = (part: Open) => {
    state.forgetImport();
    setOpen(open === part ? undefined : part);
  };
  const close = () => {
    setOpen(undefined);
    state.forgetImport();
  };
  return (
    <div class="view profiles-view">
      <header class="view-head view-head-line">
        <h1>
          <Icon name="layers" /> Profiles
        </h1>
        <div class="button-row">
          <CapableButton
            asks="importProfile"
            needs="profiles"
            what="Import a profile"
            icon="desktop-download"
            onClick={() => show('import')}
          >
            Import…
          </CapableButton>
          <CapableButton
            asks="pullProfile"
            needs="registry-transfer"
            what="Pull a profile"
            icon="cloud-download"
            onClick={() => show('pull')}
          >
            Pull…
          </CapableButton>
          <CapableButton
            asks="createProfile"
            needs="profiles"
            what="Create a profile"
            kind="primary"
            icon="add"
            onClick={() => show('create')}
          >
            New profile
          </CapableButton>
        </div>
      </header>
      <LookOnly needs="servers:manage" />
      {open && (
        <section class="section open-section" aria-label="Add a profile" key={open}>
          {open === 'create' && <CreateProfileForm state={state} onDone={close} />}
          {open === 'import' && <ImportProfileForm state={state} onDone={close} />}
          {open === 'pull' && (
            <ReferenceForm
              state={state}
              onDone={close}
              label="Pull a profile"
              button="Pull"
              icon="cloud-download"
              busy="pull"
              send={state.pull}
            />
          )}
        </section>
      )}
      {followed && (
        <section class="section" aria-label="Transfer">
          <FollowedOperation operation={followed} onRetry={state.transfer.follow} onDismiss={state.transfer.forget} />
        </section>
      )}
      <ProfileList state={state} />
    </div>
  );
}

function ProfileList({ state }: { state: ProfilesState }) {
  const { live } = useApp();
  const missing = useMissing('gateway');
  const gateways = new Map((live.gateways.value.value ?? []).map(gateway => [gateway.profile, gateway]));
  return (
    <Loaded load={live.profiles} what="the profiles">
      {profiles =>
        profiles.length === 0 ? (
          <Empty icon="layers" title={missing === undefined ? 'There is no profile yet' : 'There are no profiles here'}>
            <p>
              {missing ??
                'A profile is a selection of servers with their settings. Its gateway runs them in containers.'}
            </p>
          </Empty>
        ) : (
          <>
            {state.act.problem.value && !state.act.running.value && (
              <ProblemNotice problem={state.act.problem.value} onDismiss={state.act.dismiss} />
            )}
            <ul class="rows">
              {profiles.map(profile => (
                <ProfileRow key={profile.id} profile={profile} gateway={gateways.get(profile.id)} />
              ))}
            </ul>
          </>
        )
      }
    </Loaded>
  );
}

function ProfileRow({ profile, gateway }: { profile: Profile; gateway: Gateway | undefined }) {
  const act = useAct();
  const { id, name, fixed, serverIds, running, clients } = profile;
  const failure = act.problem.value;
  return (
    <li class="row" data-profile={id}>
      <div class="row-main">
        <span class="tool-names">
          <PlaceLink to={{ view: 'profiles', profile: id }} class="row-title">
            <ServerText text={name} />
          </PlaceLink>
          {name !== id && <code class="quiet">{id}</code>}
          {fixed && <Badge>legacy</Badge>}
        </span>
        <span class="facts">
          <span>
            {serverIds.length === 0
              ? 'no servers'
              : `${running} of ${countOf(serverIds.length, 'server')} ${running === 1 ? 'runs' : 'run'}`}
          </span>
          {clients.length > 0 && (
            <span>
              <Icon name="plug" /> <ServerText text={clients.join(', ')} />
            </span>
          )}
          {gateway?.changesWaiting && <Badge>changes wait for a restart</Badge>}
        </span>
      </div>
      <div class="row-facts">
        {gateway && <StateMark state={gateway.state} />}
        {gateway && <StartOrStop gateway={gateway} act={act} />}
      </div>
      {(failure || gateway?.problem) && (
        <div class="row-below">
          {failure && <ProblemNotice problem={failure} onDismiss={act.dismiss} />}
          {!failure && gateway?.problem && <ProblemNotice problem={gateway.problem} severity="warning" />}
        </div>
      )}
    </li>
  );
}

interface StartOrStopProps {
  gateway: Gateway;
  act: Act;
}

function StartOrStop({ gateway: { profile, state }, act }: StartOrStopProps) {
  const { api } = useApp();
  const missing = useMissing('gateway');
  const params = { params: { profile } };
  const busy = act.running.value !== undefined || state === 'stopping';
  const stops = canStop(state) || state === 'stopping';
  const toggle = () => void act.run('toggle', () => (stops ? api.stopGateway(params) : api.startGateway(params)));
  return (
    <IconButton
      asks="startGateway"
      icon={stops ? 'debug-stop' : 'play'}
      label={`${stops ? 'Stop' : 'Start'} the gateway of ${profile}`}
      busy={busy}
      disabled={!stops && missing !== undefined}
      onClick={toggle}
    />
  );
}
