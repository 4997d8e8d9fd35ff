import { useState } from 'preact/hooks';
import type { CallSettings, KeptValues } from '../../shared/api/calls.ts';
import { Confirm } from '../kit/confirm.tsx';
import { Button } from '../kit/controls.tsx';
import { Loaded } from '../kit/feedback.tsx';
import { Checkbox, Field, Select, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { countOf, formatBytes } from '../kit/format.ts';
import { PermittedButton, useWhyNot } from '../kit/permission.tsx';
import type { CallsState } from './calls.state.ts';

const keeps: { value: KeptValues; label: string }[] = [
  { value: 'nothing', label: 'only that a call was made, and how it ended' },
  { value: 'arguments', label: 'the arguments too' },
  { value: 'everything', label: 'the arguments and the results' },
];

/** What is kept of each call and for how long. */
export const KeepingPart = ({ state }: { state: CallsState }) => (
  <section class="section" aria-label="What is kept">
    <h2>What is kept</h2>
    <Loaded load={state.settings} what="the settings">
      {settings => <Settings settings={settings} state={state} />}
    </Loaded>
  </section>
);

function Settings({ settings, state }: { settings: CallSettings; state: CallsState }) {
  const reason = useWhyNot('calls:manage');
  const [days, setDays] = useState(String(settings.days));
  const [megabytes, setMegabytes] = useState(String(settings.megabytes));
  const [asking, setAsking] = useState(false);
  const clear = async () => {
    if (await state.clear()) setAsking(false);
  };
  return (
    <>
      <p class="quiet">
        {countOf(settings.kept.calls, 'call')}, {formatBytes(settings.kept.bytes)}. Secrets that are recognised, and all
        values of the vault, are taken out before anything is stored.
      </p>
      <fieldset class="lock-mode" disabled={reason !== undefined}>
        <div class="call-settings">
          <Field label="Of each call">
            <Select value={settings.keep} options={keeps} onChange={value => void state.change({ keep: value })} />
          </Field>
          <Checkbox
            label="Look through results for secrets on their way to clients"
            description="What is found is marked and taken out. It costs some time with large results."
            checked={settings.redactResults}
            onChange={redactResults => void state.change({ redactResults })}
          />
          <Form
            label="How long they are kept"
            onSubmit={() => void state.change({ days: Number(days), megabytes: Number(megabytes) })}
          >
            <div class="call-limits">
              <Field label="Days at most">
                <TextInput value={days} onInput={setDays} inputMode="numeric" />
              </Field>
              <Field label="MB at most">
                <TextInput value={megabytes} onInput={setMegabytes} inputMode="numeric" />
              </Field>
              <Button
                type="submit"
                icon="check"
                disabled={days === String(settings.days) && megabytes === String(settings.megabytes)}
                busy={state.act.running.value === 'settings'}
              >
                Save
              </Button>
            </div>
          </Form>
          <div class="button-row">
            <PermittedButton needs="calls:manage" what="Delete all calls" icon="trash" onClick={() => setAsking(true)}>
              Delete all calls…
            </PermittedButton>
          </div>
        </div>
      </fieldset>
      {asking && (
        <Confirm
          title="Delete all calls?"
          act="Delete them"
          busy={state.act.running.value === 'clear'}
          onConfirm={() => void clear()}
          onClose={() => setAsking(false)}
        >
          <p>
            The history of {countOf(settings.kept.calls, 'call')} is deleted. The audit log keeps that they were made.
          </p>
        </Confirm>
      )}
    </>
  );
}
