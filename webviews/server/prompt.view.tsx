import { useState } from 'preact/hooks';
import type { Prompt, PromptResult } from '../../shared/api/contents.ts';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useOwned } from '../kit/owned.ts';
import { PermittedButton } from '../kit/permission.tsx';
import { ServerText } from '../kit/text.tsx';
import { useAct } from '../kit/use-act.ts';
import { PromptMessages } from '../tool/prompt-messages.view.tsx';
import { SavedCalls } from '../tool/saved-calls.view.tsx';
import { createWatchedCall } from '../tool/watched-call.ts';
import { WatchedCallView } from '../tool/watched-call.view.tsx';

/** A prompt with a field for each of its arguments, and the messages that it gives. */
export function PromptRow({ prompt, serverId }: { prompt: Prompt; serverId: string }) {
  const app = useApp();
  const act = useAct();
  const watched = useOwned(() => createWatchedCall(app));
  const [open, setOpen] = useState(false);
  const [values, setValues] = useState<Record<string, string>>({});
  const [result, setResult] = useState<PromptResult>();
  const [tried, setTried] = useState(false);
  const missing = prompt.arguments.filter(({ name, required }) => required && !values[name]);
  const filled = () => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
  const send = async () => {
    setTried(true);
    if (missing.length > 0) return;
    const params = { id: serverId, name: prompt.name };
    const body = { arguments: filled(), ...watched.begin() };
    setResult(await act.run('get', () => app.api.getPrompt({ params, body })));
    watched.end();
  };
  return (
    <li class="row" data-prompt={prompt.name}>
      <div class="row-main">
        <span class="row-title">
          <Icon name="comment" /> <ServerText text={prompt.title ?? prompt.name} />
        </span>
        {prompt.description && (
          <span class="row-text">
            <ServerText text={prompt.description} />
          </span>
        )}
      </div>
      <Button icon={open ? 'chevron-up' : 'chevron-down'} onClick={() => setOpen(!open)}>
        {open ? 'Close' : 'Try it'}
      </Button>
      {open && (
        <div class="row-below try-out">
          <Form label={`Get ${prompt.name}`} onSubmit={() => void send()}>
            {prompt.arguments.map(argument => (
              <Field
                key={argument.name}
                label={<ServerText text={argument.name} />}
                description={argument.description ? <ServerText text={argument.description} /> : undefined}
                required={argument.required}
                error={tried && argument.required && !values[argument.name] ? 'This is required.' : undefined}
              >
                <TextInput
                  value={values[argument.name] ?? ''}
                  onInput={value => setValues({ ...values, [argument.name]: value })}
                />
              </Field>
            ))}
            <div class="button-row">
              <PermittedButton
                needs="tools:call"
                what="Get a prompt"
                kind="primary"
                type="submit"
                icon="play"
                busy={act.running.value !== undefined}
              >
                Get it
              </PermittedButton>
            </div>
          </Form>
          <SavedCalls
            what={{ serverId, kind: 'prompt', target: prompt.name }}
            current={filled}
            onUse={saved => setValues(textsOf(saved.arguments))}
          />
          <WatchedCallView call={watched} />
          {act.problem.value && <ProblemNotice problem={act.problem.value} onDismiss={act.dismiss} />}
          {result && <PromptMessages result={result} />}
        </div>
      )}
    </li>
  );
}

const textsOf = (args: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(args).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
