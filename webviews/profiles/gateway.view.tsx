// One profile's gateway: state and acts, how it is reached, what each of its servers does, and what it wrote.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { GatewayDetail, GatewayServer } from '../../shared/api/gateways.ts';
import { canStart, canStop } from '../../shared/domain/server-state.ts';
import { useApp } from '../kit/app.ts';
import { CapableButton, useMissing } from '../kit/capability.tsx';
import { Confirm } from '../kit/confirm.tsx';
import { Button, Icon, PlaceLink } from '../kit/controls.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { Loaded, Note, ProblemNotice } from '../kit/feedback.tsx';
import { Checkbox } from '../kit/fields.tsx';
import { countOf, formatDuration } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { StateMark } from '../kit/server-state.tsx';
import { ServerText } from '../kit/text.tsx';
import { TextBlock } from '../kit/text-block.tsx';
import { createGatewayState, type GatewayState } from './profiles.state.ts';

export function GatewayPart({ profile }: { profile: string }) {
  const app = useApp();
  const state = useOwned(() => createGatewayState(app, profile));
  const failure = state.stopping.problem.value ?? state.act.problem.value;
  return (
    <section class="section" aria-label="Gateway">
      <Loaded load={state.detail} what="the gateway">
        {gateway => (
          <>
            <div class="tools-head">
              <h2>Gateway</h2>
              <GatewayActs gateway={gateway} state={state} />
            </div>
            <p class="facts">
              <StateMark state={gateway.state} />
              <GatewayRun gateway={gateway} />
            </p>
            {failure && (
              <ProblemNotice
                problem={failure}
                onDismiss={() => {
                  state.act.dismiss();
                  state.stopping.dismiss();
                }}
              />
            )}
            {gateway.problem && !failure && <ProblemNotice problem={gateway.problem} severity="warning" />}
            {gateway.changesWaiting && <ChangesWaiting state={state} />}
            <GatewayFacts gateway={gateway} />
            <GatewayServers servers={gateway.servers} />
            <OwnTools gateway={gateway} state={state} />
            <GatewayOutput lines={state.output.value} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function GatewayRun({ gateway: { state, startedAt, nextTryAt, pid, restarts } }: { gateway: GatewayDetail }) {
  const now = useNow(1_000, state === 'running' || state === 'restarting');
  return (
    <>
      {startedAt && state === 'running' && (
        <span>for {formatDuration(Math.max(1_000, Math.floor((now - Date.parse(startedAt)) / 1_000) * 1_000))}</span>
      )}
      {nextTryAt && state === 'restarting' && (
        <span>next try in {Math.max(0, Math.ceil((Date.parse(nextTryAt) - now) / 1_000))} s</span>
      )}
      {pid !== null && <span>process {pid}</span>}
      {restarts > 0 && <span>restarted {countOf(restarts, 'time')}</span>}
    </>
  );
}

function GatewayActs({ gateway, state }: { gateway: GatewayDetail; state: GatewayState }) {
  const running = state.act.running.value;
  const stopping = state.stopping.running.value !== undefined || gateway.state === 'stopping';
  return (
    <fieldset class="button-row" aria-label="Acts on the gateway">
      {stopping || canStop(gateway.state) ? (
        <Button asks="stopGateway" icon="debug-stop" busy={stopping} onClick={() => void state.stop()}>
          Stop
        </Button>
      ) : (
        <CapableButton
          asks="startGateway"
          needs="gateway"
          what="Start the gateway"
          kind="primary"
          icon="play"
          busy={running === 'start'}
          onClick={() => void state.start()}
        >
          Start
        </CapableButton>
      )}
      <Button
        asks="restartGateway"
        icon="debug-restart"
        busy={running === 'restart'}
        disabled={canStart(gateway.state) && running !== 'restart'}
        onClick={() => void state.restart()}
      >
        Restart
      </Button>
    </fieldset>
  );
}

const ChangesWaiting = ({ state }: { state: GatewayState }) => (
  <Note icon="history">
    <p>Something was changed that takes effect with the next restart.</p>
    <div class="button-row">
      <Button
        asks="restartGateway"
        icon="debug-restart"
        busy={state.act.running.value === 'restart'}
        onClick={() => void state.restart()}
      >
        Restart now
      </Button>
    </div>
  </Note>
);

const modeWords = { profile: 'From Docker’s profile.', files: 'From files made of the profile.' } as const;
const transportWords = { http: 'HTTP', stdio: 'standard input and output' } as const;

function GatewayFacts({ gateway: { mode, modeReason, transport, url, editsApply } }: { gateway: GatewayDetail }) {
  if (mode === null && url === null) return null;
  return (
    <dl class="fact-list">
      {mode && (
        <>
          <dt>Started</dt>
          <dd>
            <ServerText text={modeReason ?? modeWords[mode]} />
          </dd>
        </>
      )}
      {transport && (
        <>
          <dt>Transport</dt>
          <dd>{transportWords[transport]}</dd>
        </>
      )}
      {url && (
        <>
          <dt>Address</dt>
          <dd>
            <span class="copy-line">
              <code>{url}</code>
              <CopyButton text={() => url} label="Copy the gateway’s address" />
            </span>
            <span class="quiet">On this machine only, and only with its token.</span>
          </dd>
        </>
      )}
      {editsApply && (
        <>
          <dt>Changes</dt>
          <dd>{editsApply === 'at-once' ? 'take effect at once' : 'take effect with a restart of the gateway'}</dd>
        </>
      )}
    </dl>
  );
}

const serverMarks: Record<GatewayServer['state'], { icon: string; look: string; word: string }> = {
  waiting: { icon: 'loading', look: 'state-busy', word: 'waiting' },
  ready: { icon: 'pass-filled', look: 'state-good', word: 'ready' },
  failed: { icon: 'error', look: 'state-bad', word: 'failed' },
  'left-out': { icon: 'circle-slash', look: 'state-warn', word: 'left out' },
};

function GatewayServers({ servers }: { servers: readonly GatewayServer[] }) {
  if (servers.length === 0) return null;
  return (
    <ul class="rows gateway-servers" aria-label="Servers of the gateway">
      {servers.map(({ serverId, state, problem, tools, prompts, resources }) => {
        const mark = serverMarks[state];
        return (
          <li key={serverId} class="row" data-gateway-server={serverId} data-state={state}>
            <div class="row-main">
              <PlaceLink to={{ view: 'server', id: serverId }} class="row-title">
                {serverId}
              </PlaceLink>
            </div>
            <span class="row-facts">
              <span class="quiet">
                {[
                  tools !== null && countOf(tools, 'tool'),
                  prompts ? countOf(prompts, 'prompt') : false,
                  resources ? countOf(resources, 'resource') : false,
                ]
                  .filter(Boolean)
                  .join(', ')}
              </span>
              <span class={`state ${mark.look}`}>
                <Icon name={mark.icon} spin={state === 'waiting'} /> {mark.word}
              </span>
            </span>
            {problem && (
              <div class="row-below">
                <ProblemNotice problem={problem} severity="warning" />
              </div>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The gateway's own tools can add servers and change profiles, so a person says yes to that first. */
function OwnTools({ gateway: { ownTools }, state }: { gateway: GatewayDetail; state: GatewayState }) {
  const [asking, setAsking] = useState(false);
  const missing = useMissing('gateway');
  const allow = async () => {
    await state.switchOwnTools(true);
    setAsking(false);
  };
  return (
    <>
      <Checkbox
        label="Offer the gateway’s own tools to clients"
        description="With them a model can search catalogs, add servers and change this profile."
        checked={ownTools}
        disabled={missing !== undefined}
        onChange={on => (on ? setAsking(true) : void state.switchOwnTools(false))}
      />
      {asking && (
        <Confirm
          title="Let clients change this profile?"
          act="Switch on"
          icon="warning"
          busy={state.act.running.value === 'own-tools'}
          onConfirm={() => void allow()}
          onClose={() => setAsking(false)}
        >
          <p>
            The gateway’s own tools let any client that is connected add and configure servers, which then run on this
            machine. A text that a model reads can ask it to do so. Switch them on only where you watch each call.
          </p>
        </Confirm>
      )}
    </>
  );
}

function GatewayOutput({ lines }: { lines: readonly string[] }) {
  const box = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  if (lines.length === 0) return null;
  return (
    <details class="gateway-output">
      <summary>Output ({countOf(lines.length, 'line')})</summary>
      <TextBlock
        log
        class="short-output"
        label="Gateway output"
        blockRef={box}
        onScroll={element => {
          atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 24;
        }}
      >
        <ServerText text={lines.join('\n')} />
      </TextBlock>
    </details>
  );
}
