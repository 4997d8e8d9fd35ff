// Docker in a few lines: what is there, what it cannot do and why, and the gateways.
import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import type { DockerCapability, DockerStatus } from '../../shared/api/docker.ts';
import { useApp } from '../kit/app.ts';
import { Icon, IconButton, PlaceLink } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { StateMark } from '../kit/server-state.tsx';
import { ServerText } from '../kit/text.tsx';
import { useAct } from '../kit/use-act.ts';
import { capabilityWords, summaryOfDocker, warningsOf } from './docker-words.ts';

export function DockerPart() {
  const { api, live } = useApp();
  const act = useAct();
  const docker = live.docker.value.value;
  if (!docker) return null;
  const probe = () => void act.run('probe', async () => live.docker.set(await api.probeDocker()));
  return (
    <section class="section" aria-label="Docker" data-docker={docker.available ? 'available' : 'missing'}>
      <div class="tools-head">
        <h2>Docker</h2>
        <IconButton
          asks="probeDocker"
          icon="refresh"
          label="Look at Docker again"
          busy={act.running.value !== undefined}
          onClick={probe}
        />
      </div>
      <p class="docker-line">
        <Icon
          name={docker.available ? 'pass-filled' : 'circle-slash'}
          class={docker.available ? 'state-good' : 'state-quiet'}
        />{' '}
        <ServerText text={summaryOfDocker(docker)} />
      </p>
      {act.problem.value && <ProblemNotice problem={act.problem.value} onDismiss={act.dismiss} />}
      <Gateways />
      <Capabilities docker={docker} />
      <p class="facts">
        {docker.plugin.installed && <PlaceLink to={{ view: 'profiles' }}>Profiles</PlaceLink>}
        {docker.engine.reachable && <PlaceLink to={{ view: 'containers' }}>Containers</PlaceLink>}
        {docker.plugin.installed && <PlaceLink to={{ view: 'clients' }}>Clients</PlaceLink>}
        <PlaceLink to={{ view: 'doctor' }}>Doctor</PlaceLink>
      </p>
    </section>
  );
}

/** What somebody should know before anything else: a version with known weaknesses, and what the daemon warns of. */
export function DockerWarnings() {
  const { live } = useApp();
  const docker = live.docker.value.value;
  const warnings = docker ? warningsOf(docker) : [];
  if (warnings.length === 0) return null;
  return (
    <section class="section" aria-label="Warnings about Docker">
      {warnings.map(problem => (
        <ProblemNotice key={`${problem.code} ${problem.detail}`} problem={problem} severity="warning">
          <PlaceLink to={{ view: 'doctor' }}>Open the doctor</PlaceLink>
        </ProblemNotice>
      ))}
    </section>
  );
}

function Gateways() {
  const { live } = useApp();
  const gateways = live.gateways.value.value ?? [];
  if (gateways.length === 0) return null;
  return (
    <ul class="gateway-lines" aria-label="Gateways">
      {gateways.map(({ profile, title, state, changesWaiting }) => (
        <li key={profile} class="facts" data-gateway={profile}>
          <StateMark state={state} />
          <PlaceLink to={{ view: 'profiles', profile }}>
            <ServerText text={title || profile} />
          </PlaceLink>
          {changesWaiting && <span>changes wait for a restart</span>}
        </li>
      ))}
    </ul>
  );
}

/** What is not possible here, greyed; the reasons are tooltips, and texts for who asks. */
function Capabilities({ docker }: { docker: DockerStatus }) {
  const [shown, setShown] = useState(false);
  const missing = docker.capabilities.filter(({ available }) => !available);
  // Where there is no Docker the line above has said it all.
  if (missing.length === 0 || !docker.plugin.installed) return null;
  return (
    <div class="capabilities">
      <p class="quiet">
        Not possible here:{' '}
        {missing.map(({ id, reason }, index) => (
          <span key={id} class="missing-capability" title={reason ?? undefined}>
            {index > 0 && ', '}
            {capabilityWords[id]}
          </span>
        ))}
        .{' '}
        <button type="button" class="text-button" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? 'Hide why' : 'Why?'}
        </button>
      </p>
      {shown && <Reasons missing={missing} />}
    </div>
  );
}

const Reasons = ({ missing }: { missing: readonly { id: DockerCapability; reason: string | null }[] }) => (
  <dl class="fact-list">
    {missing.map(({ id, reason }) => (
      <Fragment key={id}>
        <dt>{capabilityWords[id]}</dt>
        <dd>
          <ServerText text={reason ?? 'No reason is known.'} />
        </dd>
      </Fragment>
    ))}
  </dl>
);
