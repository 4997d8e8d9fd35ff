import { useState } from 'preact/hooks';
import type { ResourceContents, ResourceTemplate } from '../../shared/api/contents.ts';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useOwned } from '../kit/owned.ts';
import { PermittedButton } from '../kit/permission.tsx';
import { ServerText } from '../kit/text.tsx';
import { useAct } from '../kit/use-act.ts';
import { ContentsView } from '../tool/contents.view.tsx';
import { createWatchedCall } from '../tool/watched-call.ts';
import { WatchedCallView } from '../tool/watched-call.view.tsx';
import { expandTemplate, variablesOf } from './uri-template.ts';

/** Reads a resource and shows it below, with what the server asks or tells meanwhile. */
export function useReading(serverId: string) {
  const app = useApp();
  const act = useAct();
  const watched = useOwned(() => createWatchedCall(app));
  const [contents, setContents] = useState<ResourceContents>();
  const read = async (uri: string) => {
    setContents(undefined);
    const body = { uri, ...watched.begin() };
    setContents(await act.run('read', () => app.api.readResource({ params: { id: serverId }, body })));
    watched.end();
  };
  const shown = (
    <div class="row-below try-out">
      <WatchedCallView call={watched} />
      {act.problem.value && <ProblemNotice problem={act.problem.value} onDismiss={act.dismiss} />}
      {contents && (
        <>
          <ContentsView result={contents} />
          <div class="button-row">
            <Button icon="close" onClick={() => setContents(undefined)}>
              Close
            </Button>
          </div>
        </>
      )}
    </div>
  );
  return { read, busy: act.running.value !== undefined, shown };
}

export function ReadButton({ uri, read, busy }: { uri: string; read: (uri: string) => Promise<void>; busy: boolean }) {
  return (
    <PermittedButton needs="tools:call" what="Read a resource" icon="eye" busy={busy} onClick={() => void read(uri)}>
      Read
    </PermittedButton>
  );
}

/** A template with a field for each of its variables. */
export function TemplateRow({ template, serverId }: { template: ResourceTemplate; serverId: string }) {
  const { read, busy, shown } = useReading(serverId);
  const [values, setValues] = useState<Record<string, string>>({});
  const names = variablesOf(template.uriTemplate);
  const uri = expandTemplate(template.uriTemplate, values);
  return (
    <li class="row">
      <div class="row-main">
        <span class="row-title">
          <Icon name="symbol-parameter" /> <ServerText text={template.title ?? template.name} />
        </span>
        <span class="row-text code">
          <ServerText text={template.uriTemplate} />
        </span>
        {template.description && (
          <span class="row-text">
            <ServerText text={template.description} />
          </span>
        )}
      </div>
      <div class="row-below try-out">
        <Form label={`Read ${template.name}`} onSubmit={() => void read(uri)}>
          <div class="field-columns">
            {names.map(name => (
              <Field key={name} label={name}>
                <TextInput
                  value={values[name] ?? ''}
                  onInput={value => setValues({ ...values, [name]: value })}
                  monospace
                />
              </Field>
            ))}
          </div>
          <div class="button-row">
            <ReadButton uri={uri} read={read} busy={busy} />
            <span class="quiet code">
              <ServerText text={uri} />
            </span>
          </div>
        </Form>
      </div>
      {shown}
    </li>
  );
}
