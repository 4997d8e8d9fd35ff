// What a tool is called and how it is described at /mcp: the server's own words, or a person's in their place.
import { useEffect, useRef } from 'preact/hooks';
import type { Tool } from '../../shared/api/tools.ts';
import { useApp } from '../kit/app.ts';
import { Button } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { Field, TextArea, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useOwned } from '../kit/owned.ts';
import { ServerText } from '../kit/text.tsx';
import { createToolNameState, type Draft, type ToolNameState } from './tool-name.state.ts';

export function NameAtMcp({ tool }: { tool: Tool }) {
  const app = useApp();
  const state = useOwned(() => createToolNameState(app));
  const { gatewayName, name, tokens, override } = tool;
  const section = useRef<HTMLElement>(null);
  const isOpen = state.draft.value !== undefined;
  const wasOpen = useRef(false);
  // Whoever works with the keyboard goes on where the form opens, and where it closes.
  useEffect(() => {
    if (isOpen !== wasOpen.current)
      section.current?.querySelector<HTMLElement>(isOpen ? 'input' : 'vscode-button')?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  const isChanged = override.name !== null || override.title !== null || override.description !== null;
  return (
    <section class="section" aria-label="At /mcp" ref={section}>
      {state.act.problem.value && <ProblemNotice problem={state.act.problem.value} onDismiss={state.act.dismiss} />}
      <div class="row">
        <div class="row-main">
          <span>
            At <code>/mcp</code> it is called{' '}
            <code>
              <ServerText text={gatewayName ?? name} />
            </code>
          </span>
          <span class="quiet">
            {tokens === null ? 'Its cost is still being counted' : `Costs ${tokens} tokens in every conversation`}
            {isChanged ? '; not as its server has it' : ''}
          </span>
        </div>
        {!isOpen && (
          <Button asks="updateTool" icon="edit" onClick={() => state.begin(tool)}>
            Name and describe it otherwise
          </Button>
        )}
      </div>
      {state.draft.value && <NameForm tool={tool} draft={state.draft.value} state={state} isChanged={isChanged} />}
    </section>
  );
}

interface NameFormProps {
  tool: Tool;
  draft: Draft;
  state: ToolNameState;
  isChanged: boolean;
}

function NameForm({ tool, draft, state, isChanged }: NameFormProps) {
  const edit = (change: Partial<Draft>) => {
    state.draft.value = { ...draft, ...change };
  };
  const errors = state.act.problem.value?.errors ?? [];
  const errorOf = (field: keyof Draft) => errors.find(({ path }) => path === `/body/${field}`)?.message;
  return (
    <Form label="Name and description at /mcp" onSubmit={() => void state.save(tool)}>
      <Field
        label="Name"
        description="1 to 64 letters, digits, underscores and hyphens. Empty: as it was."
        error={state.nameError.value ?? errorOf('name')}
      >
        <TextInput value={draft.name} placeholder={tool.name} onInput={name => edit({ name })} />
      </Field>
      <Field label="Title" description="Empty: the server’s own." error={errorOf('title')}>
        <TextInput value={draft.title} onInput={title => edit({ title })} />
      </Field>
      <Field
        label="Description"
        description="What models are told of it. Empty: the server’s own."
        error={errorOf('description')}
      >
        <TextArea value={draft.description} onInput={description => edit({ description })} />
      </Field>
      <div class="button-row">
        <Button kind="primary" icon="check" type="submit" asks="updateTool" busy={state.act.running.value === 'save'}>
          Save
        </Button>
        {isChanged && (
          <Button asks="updateTool" busy={state.act.running.value === 'reset'} onClick={() => void state.reset(tool)}>
            As its server has it
          </Button>
        )}
        <Button
          onClick={() => {
            state.act.dismiss();
            state.draft.value = undefined;
          }}
        >
          Cancel
        </Button>
      </div>
    </Form>
  );
}
