import { useState } from 'preact/hooks';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Checkbox, Field, Select } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useOwned } from '../kit/owned.ts';
import { Permitted } from '../kit/permission.tsx';
import { ServerText } from '../kit/text.tsx';
import {
  type Answer,
  askableOperations,
  createExplainState,
  type ExplainState,
  type Somebody,
} from './explain.state.ts';

/** Why may somebody do something? */
export const Explain = () => (
  <section class="section" aria-label="Why may somebody do something?">
    <h2>Why may somebody do something?</h2>
    <Permitted needs="access:list" what="what others may do">
      <Asking />
    </Permitted>
  </section>
);

function Asking() {
  const app = useApp();
  const state = useOwned(() => createExplainState(app));
  return (
    <Loaded load={state.people} what="users and keys">
      {people => <Question people={people} state={state} />}
    </Loaded>
  );
}

function Question({ people, state }: { people: readonly Somebody[]; state: ExplainState }) {
  const { live } = useApp();
  const [who, setWho] = useState(people.at(1)?.value ?? 'owner');
  const [what, setWhat] = useState('startServer');
  const [server, setServer] = useState('');
  const [elsewhere, setElsewhere] = useState(false);
  const [oldFactor, setOldFactor] = useState(false);
  const somebody = people.find(({ value }) => value === who) ?? people[0];
  const operation = askableOperations.find(({ id }) => id === what);
  /** An answer to another question would mislead. */
  const changing =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      state.forget();
      set(value);
    };
  const send = () => {
    if (somebody && operation)
      void state.ask({ who: somebody, permission: operation.permission, server, elsewhere, oldFactor });
  };
  const servers = (live.servers.value.value ?? []).map(({ id }) => ({ value: id, label: id }));
  const problem = state.asking.problem.value;
  return (
    <div class="access-form explain">
      <Form label="Why may somebody do something?" onSubmit={send}>
        <div class="field-columns">
          <Field label="Who">
            <Select value={somebody?.value ?? ''} options={people} onChange={changing(setWho)} />
          </Field>
          <Field label="What">
            <Select
              value={what}
              options={askableOperations.map(({ id, label }) => ({ value: id, label }))}
              onChange={changing(setWhat)}
            />
          </Field>
          <Field label="To which server">
            <Select
              value={server}
              options={[{ value: '', label: 'in general' }, ...servers]}
              onChange={changing(setServer)}
            />
          </Field>
        </div>
        {operation && (
          <p class="quiet">
            This takes the permission <code>{operation.permission}</code>.
          </p>
        )}
        <Checkbox label="From another machine" checked={elsewhere} onChange={changing(setElsewhere)} />
        <Checkbox
          label="With a second factor that was given long ago"
          checked={oldFactor}
          onChange={changing(setOldFactor)}
        />
        {problem && <ProblemNotice problem={problem} />}
        <div class="button-row">
          <Button kind="primary" type="submit" icon="question" busy={state.asking.running.value !== undefined}>
            Explain
          </Button>
        </div>
      </Form>
      {state.answer.value && <AnswerPart answer={state.answer.value} />}
    </div>
  );
}

/** Each rule that was looked at, in order; the last one decided. */
const AnswerPart = ({ answer: { allowed, reasons } }: { answer: Answer }) => (
  <div class={`notice ${allowed ? 'notice-good' : 'notice-error'}`} role="status" data-allowed={String(allowed)}>
    <Icon name={allowed ? 'pass-filled' : 'circle-slash'} class={`notice-icon ${allowed ? 'state-good' : ''}`} />
    <div class="notice-body">
      <p class="notice-title">{allowed ? 'Allowed' : 'Not allowed'}</p>
      <ol class="reasons">
        {reasons.map(reason => (
          <li key={reason}>
            <ServerText text={reason} />
          </li>
        ))}
      </ol>
    </div>
  </div>
);
