// A call that waits is shown exactly: who wants what of which tool with which arguments, and for how long it waits.
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Approval } from '../../shared/api/approvals.ts';
import { Badge, Button, Icon } from '../kit/controls.tsx';
import { formatDuration } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { PermittedButton } from '../kit/permission.tsx';
import { useSettled } from '../kit/steady.ts';
import { ServerText } from '../kit/text.tsx';
import { TextBlock } from '../kit/text-block.tsx';
import type { Decisions } from './decisions.state.ts';
import './approval.css';

const hintsOf = ({ annotations: { readOnly, destructive, openWorld } }: Approval): string[] => [
  readOnly ? 'reads only' : destructive ? 'may destroy data' : 'writes',
  ...(openWorld ? ['reaches other systems'] : []),
];

/** One function for all renders: another each time would take the focus back with every second that passes. */
const focusAtOnce = (input: HTMLInputElement | null) => input?.focus();

interface WaitingProps {
  approval: Approval;
  decisions: Decisions;
  /** Below the rest: what came of a decision. */
  children?: ComponentChildren;
}

/** A call that waits, with what can be said to it. */
export function Waiting({ approval, decisions, children }: WaitingProps) {
  const now = useNow(1_000);
  const left = Date.parse(approval.expiresAt) - now;
  const [reason, setReason] = useState<string>();
  return (
    <article class="approval" aria-label={`${approval.tool} of ${approval.serverId}`} data-approval={approval.id}>
      <Head approval={approval}>{left > 0 ? `is denied in ${formatDuration(left)}` : 'over'}</Head>
      <Wanted approval={approval} />
      <Verdicts
        approval={approval}
        decisions={decisions}
        reason={reason}
        askReason={reason === undefined ? () => setReason('') : undefined}
      />
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
            onKeyDown={event => {
              if (event.key === 'Enter' && !event.isComposing) void decisions.deny(approval, reason);
              if (event.key === 'Escape') setReason(undefined);
            }}
          />
        </label>
      )}
      {children}
    </article>
  );
}

const Head = ({ approval, children }: { approval: Approval; children: string }) => (
  <header class="approval-head">
    <h3>
      <Icon name="shield" /> <ServerText text={approval.tool} /> <span class="quiet">of {approval.serverId}</span>
    </h3>
    <span class="quiet approval-left">{children}</span>
  </header>
);

/** Who wants what, to the letter. */
const Wanted = ({ approval }: { approval: Approval }) => (
  <>
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
      <span>The server says:</span>
      {hintsOf(approval).map(hint => (
        <Badge key={hint}>{hint}</Badge>
      ))}
    </p>
    <TextBlock label="The exact arguments">
      <ServerText text={approval.arguments} />
    </TextBlock>
    {approval.besides !== '' && (
      <>
        <p class="quiet">What else is sent:</p>
        <TextBlock label="What else is sent">
          <ServerText text={approval.besides} />
        </TextBlock>
      </>
    )}
    {approval.kind === 'grant' && <p class="quiet">Given before the call.</p>}
  </>
);

interface VerdictsProps extends WaitingProps {
  reason: string | undefined;
  askReason: (() => void) | undefined;
}

function Verdicts({ approval, decisions, reason, askReason }: VerdictsProps) {
  const settled = useSettled();
  const running = decisions.deciding.running.value;
  const act = (what: () => void) => () => {
    if (settled) what();
  };
  const allow = (remember?: 'session' | 'always') => act(() => void decisions.approve(approval, remember));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset that is disabled would take its own buttons' reasons away
    <div class="button-row" role="group" aria-label="Decide" aria-disabled={!settled || undefined}>
      <PermittedButton
        needs="approvals:decide"
        what="Allow a call"
        kind="primary"
        icon="check"
        busy={running === `once ${approval.id}`}
        onClick={allow()}
      >
        Allow once
      </PermittedButton>
      <PermittedButton
        needs="approvals:decide"
        what="Deny a call"
        icon="circle-slash"
        busy={running === `deny ${approval.id}`}
        onClick={act(() => void decisions.deny(approval, reason ?? ''))}
      >
        Deny
      </PermittedButton>
      {askReason && <Button onClick={act(askReason)}>Deny with a reason…</Button>}
      <span class="approval-gap" />
      {approval.session !== null && (
        <PermittedButton
          needs="approvals:decide"
          what="Allow for a session"
          hint="Every call of this tool in this session of the client, whatever the arguments"
          busy={running === `session ${approval.id}`}
          onClick={allow('session')}
        >
          Allow for this session
        </PermittedButton>
      )}
      <PermittedButton
        needs="approvals:manage"
        what="Always allow"
        hint="Writes a rule: this caller may call this tool, whatever the arguments"
        busy={running === `always ${approval.id}`}
        onClick={allow('always')}
      >
        Always allow
      </PermittedButton>
    </div>
  );
}

interface DecidedCardProps {
  approval: Approval;
  verdict: { icon: string; look: string; word: string } | undefined;
  /** Somebody decided it by keyboard: the focus must not fall to the start of the page. */
  takesFocus: boolean;
  children?: ComponentChildren;
}

/** What was decided stays where it was while a person is at the list, so that no other call slides under the pointer. */
export function DecidedCard({ approval, verdict, takesFocus, children }: DecidedCardProps) {
  const word = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => {
    if (takesFocus) word.current?.focus();
  }, [takesFocus]);
  return (
    <div class="approval approval-decided" data-decided={approval.id}>
      <Head approval={approval}>{''}</Head>
      <Wanted approval={approval} />
      <p class={`button-row state ${verdict?.look ?? ''}`} ref={word} tabIndex={-1}>
        <Icon name={verdict?.icon ?? 'history'} /> {verdict?.word ?? 'decided'}
      </p>
      {children}
    </div>
  );
}
