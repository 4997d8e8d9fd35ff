// A call that waits is shown exactly: who wants what of which tool with which arguments, and for how long it waits.
import { useState } from 'preact/hooks';
import type { Approval } from '../../shared/api/approvals.ts';
import { useApp } from '../kit/app.ts';
import { Badge, Button, Icon } from '../kit/controls.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { formatAgo, formatDuration } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { LookOnly, Permitted, PermittedButton } from '../kit/permission.tsx';
import { ServerText } from '../kit/text.tsx';
import { TextBlock } from '../kit/text-block.tsx';
import { type ApprovalsState, createApprovalsState } from './approvals.state.ts';
import { RulesPart } from './rules.view.tsx';

export const ApprovalsTab = () => (
  <Permitted needs="approvals:read" what="approvals">
    <Approvals />
  </Permitted>
);

function Approvals() {
  const app = useApp();
  const state = useOwned(() => createApprovalsState(app));
  const problem = state.deciding.problem.value;
  return (
    <>
      <section class="section" aria-label="Waiting">
        <LookOnly needs="approvals:decide" />
        {problem && <ProblemNotice problem={problem} onDismiss={state.deciding.dismiss} />}
        <Loaded load={state.waiting} what="what waits">
          {waiting =>
            waiting.length === 0 ? (
              <Empty icon="pass" title="No call waits for you">
                <p>A call that a rule holds back is shown here, and as a notification in the editor.</p>
              </Empty>
            ) : (
              waiting.map(approval => <Waiting key={approval.id} approval={approval} state={state} />)
            )
          }
        </Loaded>
      </section>
      <RulesPart state={state} />
      <section class="section" aria-label="Decided">
        <h2>Decided</h2>
        <Loaded load={state.decided} what="what was decided">
          {decided =>
            decided.length === 0 ? (
              <p class="quiet">Nothing has been asked yet.</p>
            ) : (
              <div class="rows">
                {decided.map(approval => (
                  <Decided key={approval.id} approval={approval} />
                ))}
              </div>
            )
          }
        </Loaded>
      </section>
    </>
  );
}

const hintsOf = ({ annotations: { readOnly, destructive, openWorld } }: Approval): string[] => [
  readOnly ? 'reads only' : destructive ? 'may destroy data' : 'writes',
  ...(openWorld ? ['reaches other systems'] : []),
];

/** One function for all renders: another each time would take the focus back with every second that passes. */
const focusAtOnce = (input: HTMLInputElement | null) => input?.focus();

function Waiting({ approval, state }: { approval: Approval; state: ApprovalsState }) {
  const now = useNow(1_000);
  const left = Date.parse(approval.expiresAt) - now;
  const running = state.deciding.running.value;
  const [reason, setReason] = useState<string>();
  return (
    <article class="approval" aria-label={`${approval.tool} of ${approval.serverId}`} data-approval={approval.id}>
      <header class="approval-head">
        <h3>
          <Icon name="shield" /> <ServerText text={approval.tool} /> <span class="quiet">of {approval.serverId}</span>
        </h3>
        <span class="quiet">{left > 0 ? `denied in ${formatDuration(left)}` : 'over'}</span>
      </header>
      <p>
        <ServerText text={approval.caller.name} />
        {approval.client && (
          <>
            {' '}
            (<ServerText text={approval.client} />)
          </>
        )}{' '}
        wants to call it. <ServerText text={approval.reason} />
      </p>
      <p class="facts">
        <span>By what the server tells:</span>
        {hintsOf(approval).map(hint => (
          <Badge key={hint}>{hint}</Badge>
        ))}
      </p>
      <TextBlock label="The exact arguments">
        <ServerText text={approval.arguments} />
      </TextBlock>
      {approval.besides !== '' && (
        <TextBlock label="What else is sent">
          <ServerText text={approval.besides} />
        </TextBlock>
      )}
      {approval.kind === 'grant' && <p class="quiet">Given before the call.</p>}
      <div class="button-row">
        <PermittedButton
          needs="approvals:decide"
          what="Allow a call"
          kind="primary"
          icon="check"
          busy={running === `once ${approval.id}`}
          onClick={() => void state.approve(approval)}
        >
          Allow once
        </PermittedButton>
        <PermittedButton
          needs="approvals:decide"
          what="Deny a call"
          icon="circle-slash"
          busy={running === `deny ${approval.id}`}
          onClick={() => void state.deny(approval, reason ?? '')}
        >
          Deny
        </PermittedButton>
        {approval.session !== null && (
          <PermittedButton
            needs="approvals:decide"
            what="Allow for a session"
            busy={running === `session ${approval.id}`}
            onClick={() => void state.approve(approval, 'session')}
          >
            Allow for this session
          </PermittedButton>
        )}
        <PermittedButton
          needs="approvals:manage"
          what="Always allow"
          busy={running === `always ${approval.id}`}
          onClick={() => void state.approve(approval, 'always')}
        >
          Always allow
        </PermittedButton>
        {reason === undefined && <Button onClick={() => setReason('')}>Deny with a reason…</Button>}
      </div>
      {reason !== undefined && (
        <label class="approval-reason">
          <span class="only-heard">Reason</span>
          <input
            ref={focusAtOnce}
            class="text-input"
            value={reason}
            maxLength={300}
            placeholder="Why not? The caller is told."
            onInput={event => setReason(event.currentTarget.value)}
          />
        </label>
      )}
    </article>
  );
}

const looks: Record<Approval['state'], { icon: string; look: string; word: string }> = {
  waiting: { icon: 'watch', look: 'state-busy', word: 'waits' },
  approved: { icon: 'check', look: 'state-good', word: 'allowed, not used yet' },
  used: { icon: 'pass-filled', look: 'state-good', word: 'allowed' },
  denied: { icon: 'circle-slash', look: 'state-bad', word: 'denied' },
  expired: { icon: 'history', look: 'state-warn', word: 'nobody answered' },
  withdrawn: { icon: 'debug-disconnect', look: 'state-warn', word: 'the caller left' },
};

function Decided({
  approval: { state, tool, serverId, caller, decidedAt, decidedBy, decision, askedAt },
}: {
  approval: Approval;
}) {
  const now = useNow(30_000);
  const { icon, look, word } = looks[state];
  return (
    <div class="row" data-approval-state={state}>
      <div class="row-main">
        <span class="row-title">
          <ServerText text={tool} /> <span class="quiet">of {serverId}</span>
        </span>
        <span class="quiet">
          <ServerText text={caller.name} />
          {decidedBy && (
            <>
              , decided by <ServerText text={decidedBy} />
            </>
          )}
          {decision && (
            <>
              : <ServerText text={decision} />
            </>
          )}
        </span>
      </div>
      <div class="row-facts">
        <span class={`state ${look}`}>
          <Icon name={icon} /> {word}
        </span>
        <span class="quiet">{formatAgo(decidedAt ?? askedAt, now)}</span>
      </div>
    </div>
  );
}
