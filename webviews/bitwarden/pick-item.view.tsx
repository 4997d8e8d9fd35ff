// Chooses an item, a part of it, and the secret that it becomes.
import { useEffect, useState } from 'preact/hooks';
import type { BitwardenItem } from '../../shared/api/bitwarden.ts';
import { SecretName } from '../../shared/api/secrets.ts';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Field, Select, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { countOf } from '../kit/format.ts';
import { ServerText } from '../kit/text.tsx';
import type { BitwardenView } from './bitwarden.state.ts';
import { describePart } from './part-words.ts';

interface PickItemProps {
  view: BitwardenView;
  onDone: () => void;
}

const typingMs = 250;

export function PickItem({ view, onDone }: PickItemProps) {
  const [text, setText] = useState('');
  const [item, setItem] = useState<BitwardenItem>();
  useEffect(() => {
    const timer = setTimeout(() => view.search(text), text === '' ? 0 : typingMs);
    return () => clearTimeout(timer);
  }, [text]);
  if (item) return <MapItem key={item.id} item={item} view={view} onBack={() => setItem(undefined)} onDone={onDone} />;
  return (
    <section class="bitwarden-pick" aria-label="Items of Bitwarden">
      <Field label="Search the items">
        <TextInput value={text} onInput={setText} type="search" placeholder="Name" />
      </Field>
      <Loaded load={view.items} what="the items">
        {({ items, total }) => (
          <>
            {total === 0 && <p class="quiet">No item has this name.</p>}
            <ul class="rows">
              {items.map(each => (
                <li class="row" key={each.id} data-item={each.name}>
                  <div class="row-main">
                    <span class="row-title">
                      <ServerText text={each.name} />
                    </span>
                    <span class="row-text quiet">
                      {each.parts.map(describePart).join(', ') || 'nothing that can be taken over'}
                    </span>
                    {each.left.map(why => (
                      <span key={why} class="quiet">
                        <Icon name="info" /> {why}
                      </span>
                    ))}
                  </div>
                  <Button disabled={each.parts.length === 0} onClick={() => setItem(each)}>
                    Choose
                    <span class="only-heard"> {each.name}</span>
                  </Button>
                </li>
              ))}
            </ul>
            {total > items.length && <p class="quiet">{countOf(total - items.length, 'more item')}: search for it.</p>}
          </>
        )}
      </Loaded>
      <div class="button-row">
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </section>
  );
}

function MapItem({ item, view, onBack, onDone }: PickItemProps & { item: BitwardenItem; onBack: () => void }) {
  const { live } = useApp();
  const [part, setPart] = useState(item.parts.find(each => each === 'login.password') ?? item.parts[0] ?? '');
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);
  const servers = (live.servers.value.value ?? []).map(({ id }) => id);
  const serverId = servers.find(id => name.startsWith(`${id}.`)) ?? null;
  const wrong = SecretName.safeParse(name).error?.issues[0]?.message;
  const send = async () => {
    setTried(true);
    if (wrong === undefined && (await view.map({ itemId: item.id, part, secretName: name, serverId }))) onDone();
  };
  const problem = view.mapping.problem.value;
  return (
    <div class="secret-form">
      <Form label={`Take over from ${item.name}`} onSubmit={() => void send()}>
        <p>
          From “<ServerText text={item.name} />”
        </p>
        <div class="field-columns">
          <Field label="Part" description="What of the item it is.">
            <Select
              value={part}
              options={item.parts.map(each => ({ value: each, label: describePart(each) }))}
              onChange={setPart}
            />
          </Field>
          <Field
            label="Becomes the secret"
            description={
              serverId === null ? '<server>.<key>, for example github.token' : `Only ${serverId} may use it.`
            }
            error={tried ? wrong : undefined}
            required
          >
            <TextInput value={name} onInput={text => setName(text.trim())} monospace maxLength={128} />
          </Field>
        </div>
        {problem && <ProblemNotice problem={problem} />}
        <div class="button-row">
          <Button kind="primary" type="submit" icon="add" busy={view.mapping.running.value !== undefined}>
            Add it
          </Button>
          <Button onClick={onBack}>Back</Button>
        </div>
      </Form>
    </div>
  );
}
