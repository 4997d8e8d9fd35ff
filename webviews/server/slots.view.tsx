// The secrets tab of a Docker server: what it declares, what it is given, and filling what is missing.
import { useState } from 'preact/hooks';
import type { Secret } from '../../shared/api/secrets.ts';
import type { SecretSlot } from '../../shared/api/server-configuration.ts';
import type { MCPServerDetail } from '../../shared/api/servers.ts';
import { useApp } from '../kit/app.ts';
import { Badge, Button, Icon, IconButton, PlaceLink } from '../kit/controls.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Field, Select } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useOwned } from '../kit/owned.ts';
import { createSecretEntry } from '../kit/secret-entry.ts';
import { SecretInput } from '../kit/secret-input.tsx';
import { ServerText } from '../kit/text.tsx';
import { secretNameFor, toReference } from './secret-references.draft.ts';
import { createReferencesState, type ReferencesState } from './secret-references.state.ts';
import type { ServerState } from './server.state.ts';
import { extraReferences, type SlotState, toSlotStates } from './slots.ts';

const marks: Record<SlotState['state'], { icon: string; look: string; word: string }> = {
  given: { icon: 'pass-filled', look: 'state-good', word: 'given' },
  empty: { icon: 'warning', look: 'state-warn', word: 'has no value' },
  missing: { icon: 'circle-large-outline', look: 'state-quiet', word: 'not given' },
};

export function SlotsTab({ server, state }: { server: MCPServerDetail; state: ServerState }) {
  const app = useApp();
  const references = useOwned(() => createReferencesState(app, state.server, server.id));
  const { secretReferences } = server.configuration;
  const problem = references.act.problem.value;
  if (server.secretSlots.length === 0 && secretReferences.length === 0)
    return (
      <Empty icon="key" title="This server needs no secrets">
        <p>Its catalog declares none.</p>
      </Empty>
    );
  return (
    <>
      <p class="field-description">
        Values come from the <PlaceLink to={{ view: 'secrets' }}>vault</PlaceLink> when the server starts. They are
        stored there, encrypted, and never shown. Changes here are saved at once.
      </p>
      {problem && <ProblemNotice problem={problem} onDismiss={references.act.dismiss} />}
      <Loaded load={references.secrets} what="the secrets">
        {secrets => (
          <ul class="rows">
            {toSlotStates(server.secretSlots, secretReferences, secrets).map(each => (
              <SlotRow
                key={each.slot.environmentVariable}
                slot={each}
                server={server}
                secrets={secrets}
                state={references}
              />
            ))}
            {extraReferences(server.secretSlots, secretReferences).map(reference => (
              <li class="row" key={reference.secretId}>
                <div class="row-main">
                  <code>{'header' in reference ? reference.header : reference.environmentVariable}</code>
                  <span class="row-text">Its catalog does not ask for it, and it is handed over all the same.</span>
                </div>
                <IconButton
                  icon="trash"
                  label="Do not hand it over"
                  onClick={() => void references.remove(reference)}
                />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </>
  );
}

interface SlotProps {
  slot: SlotState;
  server: MCPServerDetail;
  secrets: readonly Secret[];
  state: ReferencesState;
}

function SlotRow({ slot: { slot, reference, secret, state: found }, server, secrets, state }: SlotProps) {
  const [open, setOpen] = useState(false);
  const urgent = slot.required && found !== 'given';
  const mark = urgent ? { ...marks[found], icon: 'error', look: 'state-bad' } : marks[found];
  return (
    <li class="row" data-slot={slot.name} data-state={found}>
      <div class="row-main">
        <span class="tool-names">
          <span class="row-title monospace">
            <ServerText text={slot.name} />
          </span>
          <Badge>{slot.required ? 'required' : 'optional'}</Badge>
        </span>
        <span class="facts">
          <span class={`state ${mark.look}`}>
            <Icon name={mark.icon} /> {mark.word}
          </span>
          <span>
            as <code>{slot.environmentVariable}</code>
          </span>
          {secret && (
            <span>
              from <code>{secret.name}</code>
            </span>
          )}
        </span>
        {slot.description && (
          <span class="row-text">
            <ServerText text={slot.description} />
          </span>
        )}
        {urgent && <span class="quiet">The server is not started without it.</span>}
      </div>
      <div class="row-facts">
        <Button icon="key" onClick={() => setOpen(!open)}>
          {found === 'missing' ? 'Give' : 'Change'}
          <span class="only-heard"> {slot.name}</span>
        </Button>
        {reference && (
          <IconButton
            icon="trash"
            label={`Do not hand over ${slot.name}`}
            busy={state.act.running.value === 'remove'}
            onClick={() => void state.remove(reference)}
          />
        )}
      </div>
      {open && (
        <div class="row-below">
          <FillSlot slot={slot} server={server} secrets={secrets} state={state} onDone={() => setOpen(false)} />
        </div>
      )}
    </li>
  );
}

const aNewOne = '';

interface FillSlotProps extends Omit<SlotProps, 'slot'> {
  slot: SecretSlot;
  onDone: () => void;
}

function FillSlot({ slot, server, secrets, state, onDone }: FillSlotProps) {
  const entry = useOwned(() => ({ ...createSecretEntry(), close() {} }));
  const [secretId, setSecretId] = useState(aNewOne);
  const [missing, setMissing] = useState(false);
  const { environmentVariable: variable, required } = slot;
  const send = async () => {
    const value = entry.read();
    setMissing(secretId === aNewOne && value === '');
    if (secretId === aNewOne && value === '') return;
    const name = secretNameFor(
      server.id,
      variable,
      secrets.map(secret => secret.name),
    );
    const done =
      secretId === aNewOne
        ? await state.create({ name, value }, variable, 'variable', required)
        : await state.add(toReference('variable', variable, secretId, required));
    if (!done) return;
    entry.clear();
    onDone();
  };
  return (
    <Form label={`Secret for ${slot.name}`} onSubmit={() => void send()}>
      <div class="field-columns">
        <Field label="Secret">
          <Select
            value={secretId}
            options={[
              { value: aNewOne, label: 'A new value' },
              ...secrets.map(({ id, name, hasValue }) => ({ value: id, label: hasValue ? name : `${name} (empty)` })),
            ]}
            onChange={setSecretId}
          />
        </Field>
        {secretId === aNewOne && (
          <Field label="Value" error={missing ? 'A value is missing.' : undefined} required>
            <SecretInput entry={entry} />
          </Field>
        )}
      </div>
      <div class="button-row">
        <Button kind="primary" type="submit" icon="key" busy={state.act.running.value === 'add'}>
          {secretId === aNewOne ? 'Store and use' : 'Use it'}
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </Form>
  );
}
