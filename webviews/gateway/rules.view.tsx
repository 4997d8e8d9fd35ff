import { useState } from 'preact/hooks';
import type { ApprovalRules } from '../../shared/api/approvals.ts';
import { Badge, Button, Icon } from '../kit/controls.tsx';
import { Loaded, Note, ProblemNotice } from '../kit/feedback.tsx';
import { Field, TextArea } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { countOf, formatDuration } from '../kit/format.ts';
import { useKeptFocus } from '../kit/kept-focus.ts';
import { PermittedButton, useWhyNot } from '../kit/permission.tsx';
import { ServerText } from '../kit/text.tsx';
import { type ApprovalsState, rulesText } from './approvals.state.ts';

/** Which calls wait: one of the presets, or rules of one's own. */
export function RulesPart({ state }: { state: ApprovalsState }) {
  const [writing, setWriting] = useState(false);
  const keptFocus = useKeptFocus<HTMLDivElement>();
  return (
    <section class="section" aria-label="Rules">
      <h2>When somebody is asked</h2>
      <Loaded load={state.rules} what="the rules">
        {rules => (
          <>
            {rules.problem && (
              <Note icon="warning" tone="warning">
                <p>The stored rules cannot be used, so every call is denied: {rules.problem}</p>
              </Note>
            )}
            {state.changing.problem.value && !writing && (
              <ProblemNotice problem={state.changing.problem.value} onDismiss={state.changing.dismiss} />
            )}
            <Presets rules={rules} state={state} />
            {rules.preset === null && <OwnRules rules={rules} />}
            <div class="rules-writing" {...keptFocus}>
              {writing ? (
                <RulesForm rules={rules} state={state} onDone={() => setWriting(false)} />
              ) : (
                <div class="button-row">
                  <PermittedButton
                    needs="approvals:manage"
                    what="Write rules"
                    icon="edit"
                    onClick={() => {
                      state.changing.dismiss();
                      setWriting(true);
                    }}
                  >
                    Write own rules…
                  </PermittedButton>
                  <span class="quiet">
                    Without an answer a call is denied after {formatDuration(rules.askSeconds * 1000)}.
                  </span>
                </div>
              )}
            </div>
          </>
        )}
      </Loaded>
    </section>
  );
}

function Presets({ rules, state }: { rules: ApprovalRules; state: ApprovalsState }) {
  const reason = useWhyNot('approvals:manage');
  const busy = state.changing.running.value !== undefined;
  return (
    <fieldset class="presets" disabled={reason !== undefined || busy}>
      <legend class="only-heard">Preset</legend>
      {rules.presets.map(({ name, title, detail }) => (
        <label key={name} class="preset">
          <input
            type="radio"
            name="preset"
            value={name}
            checked={rules.preset === name}
            onChange={() => void state.choosePreset(name)}
          />
          <span>
            <span class="row-title">{title}</span>
            <span class="quiet">{detail}</span>
          </span>
        </label>
      ))}
      {rules.preset === null && (
        <label class="preset">
          <input type="radio" name="preset" checked readOnly />
          <span>
            <span class="row-title">Rules of your own</span>
            <span class="quiet">{countOf(rules.rules.length, 'rule')}, the first that fits decides.</span>
          </span>
        </label>
      )}
    </fieldset>
  );
}

const verdictLooks = { allow: 'pass', ask: 'question', deny: 'circle-slash' } as const;

const OwnRules = ({ rules: { rules, otherwise } }: { rules: ApprovalRules }) => (
  <ol class="own-rules" aria-label="Rules in order">
    {rules.map(({ id, when, verdict, reason }) => (
      <li key={id}>
        <span class="state">
          <Icon name={verdictLooks[verdict]} /> {verdict}
        </span>{' '}
        <code>{id}</code> <ServerText text={reason} />
        {Object.keys(when).length > 0 && (
          <>
            {' '}
            <span class="quiet code">
              <ServerText text={JSON.stringify(when)} />
            </span>
          </>
        )}
      </li>
    ))}
    <li>
      <span class="state">
        <Icon name={verdictLooks[otherwise]} /> {otherwise}
      </span>{' '}
      <Badge>all others</Badge>
    </li>
  </ol>
);

function RulesForm({ rules, state, onDone }: { rules: ApprovalRules; state: ApprovalsState; onDone: () => void }) {
  const [text, setText] = useState(() => rulesText(rules));
  const [error, setError] = useState<string>();
  const send = async () => {
    const wrong = await state.writeRules(text);
    setError(wrong);
    if (wrong === undefined) onDone();
  };
  return (
    <Form label="Own rules" onSubmit={() => void send()}>
      <Field
        label="Rules"
        description="As JSON. The first rule that fits decides: allow, ask or deny. It may look at server, tool, annotations, arguments, caller, via and tainted; a rule that looks at nothing fits every call."
        error={error}
      >
        <TextArea value={text} onInput={setText} rows={16} monospace />
      </Field>
      <div class="button-row">
        <Button kind="primary" type="submit" icon="check" busy={state.changing.running.value !== undefined}>
          Put them in force
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </Form>
  );
}
