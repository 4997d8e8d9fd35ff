import { Waiting } from '../gateway/approval.view.tsx';
import { createDecisions } from '../gateway/decisions.state.ts';
import { useApp } from '../kit/app.ts';
import { Note, ProblemNotice } from '../kit/feedback.tsx';
import { createLoad } from '../kit/load.ts';
import { useOwned } from '../kit/owned.ts';
import { useWhyNot } from '../kit/permission.tsx';

/** The call that a rule holds back, to be decided where it was made: leaving this place would withdraw it. */
export function HeldCall({ id }: { id: string }) {
  const mayNotSee = useWhyNot('approvals:read');
  return (
    <>
      <Note icon="shield" tone="warning">
        <p>A rule holds the call back until somebody allows it.</p>
      </Note>
      {mayNotSee === undefined && <Held id={id} />}
    </>
  );
}

function Held({ id }: { id: string }) {
  const { api } = useApp();
  const approval = useOwned(() => {
    const load = createLoad(abort => api.getApproval({ params: { id }, query: {} }, { signal: abort }));
    void load.reload();
    return load;
  });
  const decisions = useOwned(() => ({ ...createDecisions({ api }, () => {}), close() {} }));
  const shown = approval.value.value;
  const problem = decisions.deciding.problem.value;
  if (shown?.state !== 'waiting') return null;
  return (
    <Waiting approval={shown} decisions={decisions}>
      {problem && <ProblemNotice problem={problem} onDismiss={decisions.deciding.dismiss} />}
    </Waiting>
  );
}
