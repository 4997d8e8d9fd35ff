import type { TargetedKeyboardEvent } from 'preact';
import type { CallDetail } from '../../shared/api/calls.ts';
import { problemCodes, toProblem } from '../../shared/api/problem.ts';
import { PermittedButton } from '../kit/permission.tsx';
import { ServerText } from '../kit/text.tsx';
import { LongText } from '../tool/block.view.tsx';
import { ResultView } from '../tool/result.view.tsx';
import type { CallsState } from './calls.state.ts';

const whyAbsent: Record<CallDetail['argumentsState'], string | undefined> = {
  whole: undefined,
  cut: 'Cut: it was longer than what is kept.',
  hidden: 'Something secret was taken out.',
  none: 'Not kept. "What is kept" above changes this for later calls.',
  'not-yours': 'You may not see it: this takes the permission to call tools.',
};

/** One call with what was kept of it. Escape closes it. */
export function CallDetailView({ call, state }: { call: CallDetail; state: CallsState }) {
  const replayed = state.replayed.value;
  const hide = (event: TargetedKeyboardEvent<HTMLElement>) => {
    if (event.key !== 'Escape') return;
    const row = event.currentTarget.closest('tr')?.previousElementSibling;
    void state.open(undefined);
    row?.querySelector<HTMLElement>('.icon-button')?.focus();
  };
  return (
    <section class="call-detail" aria-label={`Call of ${call.tool}`} onKeyDown={hide}>
      <div class="approval-head">
        <h3>
          <ServerText text={call.tool} /> <span class="quiet">of {call.serverId}</span>
        </h3>
        <div class="button-row">
          {call.arguments !== undefined && call.argumentsState !== 'cut' && (
            <PermittedButton
              needs="tools:call"
              what="Save as a test"
              icon="beaker"
              busy={state.act.running.value === 'test'}
              onClick={() => void state.saveAsTest()}
            >
              Save as test
            </PermittedButton>
          )}
          {call.canReplay && (
            <PermittedButton
              needs="tools:call"
              what="Call again"
              icon="debug-rerun"
              busy={state.act.running.value === 'replay'}
              onClick={() => void state.replay()}
            >
              Call it again
            </PermittedButton>
          )}
        </div>
      </div>
      <p class="quiet">
        By <ServerText text={call.caller} />
        {call.client && (
          <>
            {' '}
            (<ServerText text={call.client} />)
          </>
        )}
        , {new Date(call.startedAt).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' })}
      </p>
      <WhyItFailed call={call} />
      <Value label="Arguments" value={call.arguments} absent={whyAbsent[call.argumentsState]} name={call.tool} />
      {(call.outcome === 'ok' || call.outcome === 'tool-error') && (
        <Value label="Result" value={call.result} absent={whyAbsent[call.resultState]} name={call.tool} />
      )}
      {replayed && (
        <>
          <h4>Called again</h4>
          <ResultView result={replayed} />
        </>
      )}
    </section>
  );
}

/** A code alone says little to whoever has not looked it up. */
function WhyItFailed({ call: { code, protocolError } }: { call: CallDetail }) {
  const known = problemCodes.find(each => each === code);
  if (known === undefined && protocolError === null) return null;
  return (
    <p>
      {known ? `${toProblem(known, { detail: '' }).title}.` : 'The server answered with an error of the protocol.'}{' '}
      <span class="code">{known ?? protocolError}</span>
    </p>
  );
}

const Value = ({
  label,
  value,
  absent,
  name,
}: {
  label: string;
  value: unknown;
  absent: string | undefined;
  name: string;
}) => (
  <div class="call-value">
    <h4>{label}</h4>
    {absent && <p class="quiet">{absent}</p>}
    {value !== undefined && (
      <LongText
        text={typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
        label={`${label} as kept`}
        language="json"
        name={name}
      />
    )}
  </div>
);
