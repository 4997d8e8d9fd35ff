import { useState } from 'preact/hooks';
import type { ResourceTemplate } from '../../shared/api/contents.ts';
import { Icon } from '../kit/controls.tsx';
import { Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { ServerText } from '../kit/text.tsx';
import { ReadButton, ReadContents, useReading } from '../tool/reading.view.tsx';
import { expandTemplate, variablesOf } from './uri-template.ts';

/** A template with a field for each of its variables. */
export function TemplateRow({ template, serverId }: { template: ResourceTemplate; serverId: string }) {
  const reading = useReading(serverId);
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
        <Form label={`Read ${template.name}`} onSubmit={() => void reading.read(uri)}>
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
            <ReadButton uri={uri} reading={reading} />
            <span class="quiet code">
              <ServerText text={uri} />
            </span>
          </div>
        </Form>
      </div>
      <ReadContents reading={reading} class="row-below" />
    </li>
  );
}
