import { useState } from 'preact/hooks';
import { useApp } from '../kit/app.ts';
import { Button } from '../kit/controls.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import type { FactorGate } from '../kit/fresh-factor.ts';
import { useAct } from '../kit/use-act.ts';

/** Asks for a code while something waits for a second factor that is fresh. */
export const FreshFactor = ({ gate }: { gate: FactorGate }) => (gate.asked.value ? <AskForCode gate={gate} /> : null);

function AskForCode({ gate }: { gate: FactorGate }) {
  const { api } = useApp();
  const act = useAct();
  const [code, setCode] = useState('');
  const send = async () => {
    if (await act.run('factor', () => api.giveSecondFactor({ body: { code: code.trim() } }))) gate.answer(true);
  };
  const problem = act.problem.value;
  return (
    <Dialog
      title="Give a code again"
      onClose={() => gate.answer(false)}
      actions={
        <>
          <Button onClick={() => gate.answer(false)}>Cancel</Button>
          <Button kind="primary" busy={act.running.value !== undefined} onClick={() => void send()}>
            Go on
          </Button>
        </>
      }
    >
      <Form label="Give a code again" onSubmit={() => void send()}>
        <p>What you are about to do asks for a second factor that was given in the last 15 minutes.</p>
        <Field label="Code" description="The six digits that your authenticator shows, or a recovery code." required>
          <TextInput value={code} onInput={setCode} autocomplete="one-time-code" maxLength={11} monospace />
        </Field>
        {problem && <ProblemNotice problem={problem} />}
      </Form>
    </Dialog>
  );
}
