// Calls that wait for a person, what was decided before, and the rules that decide which have to wait.
import { useRef } from 'preact/hooks';
import type { Approval } from '../../shared/api/approvals.ts';
import { useApp } from '../kit/app.ts';
import { Icon } from '../kit/controls.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { formatAgo } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { LookOnly, Permitted } from '../kit/permission.tsx';
import { useHeld, useSteady } from '../kit/steady.ts';
import { ServerText } from '../kit/text.tsx';
import { DecidedCard, Waiting } from './approval.view.tsx';
import { type ApprovalsState, createApprovalsState } from './approvals.state.ts';
import type { Decisions } from './decisions.state.ts';
import { RulesPart } from './rules.view.tsx';

export const ApprovalsTab = () => (
  <Permitted needs="approvals:read" what="approvals">
    <Approvals />
  </Permitted>
);

function Approvals() {
  const app = useApp();
  const state = useOwned(() => createApprovalsState(app));
  const { held, area } = useHeld();
  return (
    // All of it: what is below must not slide under the pointer either.
    <div class="approvals" {...area}>
      <section class="section" aria-label="Waiting">
        <LookOnly needs="approvals:decide" />
        <Loaded load={state.waiting} what="what waits">
          {waiting => <WaitingList waiting={waiting} state={state} held={held} />}
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
    </div>
  );
}

interface WaitingListProps {
  waiting: readonly Approval[];
  state: ApprovalsState;
  held: boolean;
}

function WaitingList({ waiting, state, held }: WaitingListProps) {
  const rows = useSteady(waiting, ({ id }) => id, held);
  const usesKeys = useRef(false);
  const acted = useRef<{ id: string; byKeys: boolean }>({ id: '', byKeys: false });
  const mark = ({ id }: Approval) => {
    acted.current = { id, byKeys: usesKeys.current };
  };
  const decisions: Decisions = {
    deciding: state.deciding,
    approve: (approval, remember) => {
      mark(approval);
      return state.approve(approval, remember);
    },
    deny: (approval, reason) => {
      mark(approval);
      return state.deny(approval, reason);
    },
  };
  const problem = state.deciding.problem.value;
  const notice = problem && <ProblemNotice problem={problem} onDismiss={state.deciding.dismiss} />;
  const over = (id: string) => state.decided.value.value?.find(approval => approval.id === id);
  return (
    <div
      onKeyDownCapture={() => {
        usesKeys.current = true;
      }}
      onPointerDownCapture={() => {
        usesKeys.current = false;
      }}
    >
      {rows.map(({ key, item, gone }) =>
        gone ? (
          <DecidedCard
            key={`${key} over`}
            approval={item}
            verdict={looks[over(key)?.state ?? 'waiting']}
            takesFocus={acted.current.byKeys && acted.current.id === key}
          >
            {acted.current.id === key && notice}
          </DecidedCard>
        ) : (
          <Waiting key={key} approval={item} decisions={decisions}>
            {acted.current.id === key && notice}
          </Waiting>
        ),
      )}
      {notice && !rows.some(({ key }) => key === acted.current.id) && notice}
      {waiting.length === 0 &&
        (rows.length > 0 ? (
          <p class="quiet">No call waits for you.</p>
        ) : (
          <Empty icon="pass" title="No call waits for you">
            <p>A call that a rule holds back is shown here, and as a notification in the editor.</p>
          </Empty>
        ))}
    </div>
  );
}

const looks: Record<Approval['state'], { icon: string; look: string; word: string }> = {
  waiting: { icon: 'history', look: '', word: 'decided' },
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
