import { useState } from 'preact/hooks';
import type { Question } from '../../shared/api/questions.ts';
import type { JSONSchema, Json } from '../../shared/domain/json-schema.ts';
import { Button, ExternalLink, Icon } from '../kit/controls.tsx';
import { ProblemNotice, Progress } from '../kit/feedback.tsx';
import { Field as FieldFrame, TextArea, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { ServerText } from '../kit/text.tsx';
import { TextBlock } from '../kit/text-block.tsx';
import { BlockView } from './block.view.tsx';
import { type Draft, type FieldErrors, initialDraft, toArguments } from './draft.ts';
import { Messages, toMessages } from './messages.view.tsx';
import { toFields } from './schema-form.ts';
import { FieldView, GroupFields } from './schema-form.view.tsx';
import type { WatchedCall } from './watched-call.ts';

/** Progress, log messages and questions of the call that runs. */
export function WatchedCallView({ call }: { call: WatchedCall }) {
  const progress = call.progress.value;
  const logs = call.logs.value;
  const problem = call.answering.problem.value;
  return (
    <>
      {progress && (
        <Progress
          label={progress.message ?? `Step ${progress.progress}${progress.total ? ` of ${progress.total}` : ''}`}
          value={progress.total ? Math.min(1, progress.progress / progress.total) : null}
        />
      )}
      {problem && <ProblemNotice problem={problem} onDismiss={call.answering.dismiss} />}
      {call.questions.value.map(question => (
        <QuestionView key={question.id} question={question} call={call} />
      ))}
      {logs.length > 0 && (
        <details class="call-logs" open>
          <summary>What the server logged</summary>
          <TextBlock label="Log of the call" log>
            {logs.map(({ level, logger, data }, index) => (
              <span key={`${index}`}>
                <ServerText
                  text={`${level}${logger ? ` ${logger}` : ''}: ${typeof data === 'string' ? data : JSON.stringify(data)}`}
                />
                {'\n'}
              </span>
            ))}
          </TextBlock>
        </details>
      )}
    </>
  );
}

interface QuestionProps {
  question: Question;
  call: WatchedCall;
}

const headings: Record<Question['kind'], string> = {
  sampling: 'The server asks for what a model would say',
  elicitation: 'The server asks you',
  roots: 'The server asks which folders it may look at',
};

function QuestionView(props: QuestionProps) {
  const { question } = props;
  const answered = { sampling: Sampling, elicitation: Elicitation, roots: Roots };
  const Part = answered[question.kind];
  return (
    <section class="question" aria-label={headings[question.kind]} data-question={question.kind}>
      <h3>
        <Icon name="question" /> {headings[question.kind]}
      </h3>
      <Part {...props} />
    </section>
  );
}

interface AnswerRowProps extends QuestionProps {
  act: string;
}

function AnswerRow({ question, call, act }: AnswerRowProps) {
  const busy = call.answering.running.value === question.id;
  return (
    <div class="button-row">
      <Button kind="primary" type="submit" icon="check" busy={busy}>
        {act}
      </Button>
      <Button onClick={() => void call.answer(question, { action: 'decline' })}>Decline</Button>
      <Button onClick={() => void call.answer(question, { action: 'cancel' })}>Cancel</Button>
    </div>
  );
}

function Sampling({ question, call }: QuestionProps) {
  const [text, setText] = useState('');
  const send = () => {
    const content = { role: 'assistant', content: { type: 'text', text }, model: 'a person', stopReason: 'endTurn' };
    void call.answer(question, { action: 'accept', content });
  };
  const { systemPrompt, messages } = question.request;
  const said = toMessages(messages);
  return (
    <Form label="Answer in place of a model" onSubmit={send} sendOnEnter={false}>
      {typeof systemPrompt === 'string' && (
        <TextBlock label="What the model is told first">
          <ServerText text={systemPrompt} />
        </TextBlock>
      )}
      {said ? (
        <Messages messages={said} name="sampling" part={BlockView} />
      ) : (
        <TextBlock label="Messages">
          <ServerText text={JSON.stringify(messages ?? question.request, null, 2)} />
        </TextBlock>
      )}
      <FieldFrame label="Your answer" description="Sent as the model’s. No model is asked.">
        <TextArea value={text} onInput={setText} rows={4} />
      </FieldFrame>
      <AnswerRow question={question} call={call} act="Answer" />
    </Form>
  );
}

function Elicitation({ question, call }: QuestionProps) {
  const { message, requestedSchema, url } = question.request;
  return (
    <>
      {typeof message === 'string' && (
        <p>
          <ServerText text={message} />
        </p>
      )}
      <p class="quiet">Give no password here: what you fill in goes to the server.</p>
      {typeof url === 'string' ? (
        <Form label="Open a page" onSubmit={() => void call.answer(question, { action: 'accept' })}>
          <p>
            <ExternalLink url={url}>
              <ServerText text={url} />
            </ExternalLink>
          </p>
          <AnswerRow question={question} call={call} act="I have done it" />
        </Form>
      ) : (
        <ElicitationForm question={question} call={call} schema={toSchema(requestedSchema)} />
      )}
    </>
  );
}

const toSchema = (value: unknown): JSONSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JSONSchema)
    : { type: 'object', properties: {} };

function ElicitationForm({ question, call, schema }: QuestionProps & { schema: JSONSchema }) {
  const [field] = useState(() => toFields(schema));
  const [draft, setDraft] = useState<Draft>(() => initialDraft(field));
  const [errors, setErrors] = useState<FieldErrors>(new Map());
  const send = () => {
    const { value, errors: found } = toArguments(field, draft);
    setErrors(found);
    if (found.size === 0) void call.answer(question, { action: 'accept', content: toContent(value) });
  };
  return (
    <Form label="Answer the server" onSubmit={send} sendOnEnter={false}>
      {field.kind === 'group' ? (
        <GroupFields field={field} draft={draft} at="" errors={errors} onChange={setDraft} />
      ) : (
        <FieldView field={field} draft={draft} at="" errors={errors} onChange={setDraft} label="Answer" />
      )}
      <AnswerRow question={question} call={call} act="Answer" />
    </Form>
  );
}

const toContent = (value: Json | undefined): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

function Roots({ question, call }: QuestionProps) {
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState<string>();
  const send = () => {
    const uris = text.split(/\s+/).filter(Boolean);
    const other = uris.find(uri => !uri.startsWith('file://'));
    setWrong(other === undefined ? undefined : `"${other}" does not start with file://.`);
    if (other === undefined)
      void call.answer(question, { action: 'accept', content: { roots: uris.map(uri => ({ uri })) } });
  };
  return (
    <Form label="Name the folders" onSubmit={send}>
      <FieldFrame
        label="Folders"
        description="As file:// addresses, with spaces between; none is an answer too."
        error={wrong}
      >
        <TextInput value={text} onInput={setText} placeholder="file:///home/me/project" monospace />
      </FieldFrame>
      <AnswerRow question={question} call={call} act="Answer" />
    </Form>
  );
}
