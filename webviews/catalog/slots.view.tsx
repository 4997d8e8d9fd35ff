// The secret slots of an install: for each one a stored secret, a new value, or later.
import { useState } from 'preact/hooks';
import type { CatalogEntry } from '../../shared/api/catalog.ts';
import type { SecretSlot } from '../../shared/api/server-configuration.ts';
import { PlaceLink } from '../kit/controls.tsx';
import { Field, Select } from '../kit/fields.tsx';
import { useOwned } from '../kit/owned.ts';
import { createSecretEntry, type SecretEntry } from '../kit/secret-entry.ts';
import { SecretInput } from '../kit/secret-input.tsx';
import { ServerText } from '../kit/text.tsx';
import {
  firstChoice,
  fromChoice,
  later,
  newValue,
  type SlotChoice,
  slotError,
  toChoice,
} from './docker-install.draft.ts';
import type { DockerInstallState, FilledSlot } from './docker-install.state.ts';

interface Slots {
  rows: readonly SlotRow[];
  stored: readonly { value: string; label: string }[];
  filled: readonly FilledSlot[];
  /** By variable. */
  errors: ReadonlyMap<string, string>;
  /** True if one that it needs is to come later. */
  lacking: boolean;
  choose: (variable: string, choice: SlotChoice) => void;
  /** Empties the fields once the values are in the vault. */
  forget: () => void;
}
interface SlotRow {
  slot: SecretSlot;
  choice: SlotChoice;
  entry: SecretEntry;
}

export function useSlots({ secretSlots }: CatalogEntry, state: DockerInstallState): Slots {
  const entries = useOwned(() => ({
    bySlot: new Map(secretSlots.map(slot => [slot.environmentVariable, createSecretEntry()])),
    close() {
      for (const entry of this.bySlot.values()) entry.clear();
    },
  }));
  const [chosen, setChosen] = useState<ReadonlyMap<string, SlotChoice>>(new Map());
  const secrets = state.secrets.value.value ?? [];
  const rows = secretSlots.flatMap((slot): SlotRow[] => {
    const entry = entries.bySlot.get(slot.environmentVariable);
    return entry ? [{ slot, entry, choice: chosen.get(slot.environmentVariable) ?? firstChoice(slot, secrets) }] : [];
  });
  const errors = new Map(
    rows.flatMap(({ slot, choice, entry }) => {
      const error = slotError(slot, choice, entry.size.value.characters);
      return error === undefined ? [] : [[slot.environmentVariable, error] as const];
    }),
  );
  return {
    rows,
    stored: secrets.map(({ id, name }) => ({ value: id, label: name })),
    filled: rows.map(({ slot, choice, entry }) => ({ slot, choice, readValue: entry.read })),
    errors,
    lacking: rows.some(({ slot, choice }) => slot.required && choice.kind === 'later'),
    choose: (variable, choice) => setChosen(new Map([...chosen, [variable, choice]])),
    forget: () => {
      // A second try uses what is in the vault now.
      setChosen(new Map());
      for (const entry of entries.bySlot.values()) entry.clear();
      void state.secrets.reload();
    },
  };
}

export function SlotFields({ slots, tried }: { slots: Slots; tried: boolean }) {
  if (slots.rows.length === 0) return null;
  return (
    <fieldset class="field-group" aria-label="Secrets">
      <legend class="field-label">Secrets</legend>
      <p class="field-description">
        A value goes to the <PlaceLink to={{ view: 'secrets' }}>vault</PlaceLink>, encrypted, and nobody can read it
        here again. The server is handed it when it starts.
      </p>
      {slots.rows.map(row => (
        <SlotFieldRow
          key={row.slot.environmentVariable}
          row={row}
          stored={slots.stored}
          error={tried ? slots.errors.get(row.slot.environmentVariable) : undefined}
          onChoose={choice => slots.choose(row.slot.environmentVariable, choice)}
        />
      ))}
    </fieldset>
  );
}

interface SlotFieldRowProps {
  row: SlotRow;
  stored: Slots['stored'];
  error: string | undefined;
  onChoose: (choice: SlotChoice) => void;
}

function SlotFieldRow({ row: { slot, choice, entry }, stored, error, onChoose }: SlotFieldRowProps) {
  return (
    <div class="field-columns" data-slot={slot.name}>
      <Field
        label={<code>{slot.name}</code>}
        description={
          slot.description === null ? `Given as ${slot.environmentVariable}.` : <ServerText text={slot.description} />
        }
        required={slot.required}
      >
        <Select
          value={fromChoice(choice)}
          options={[
            { value: newValue, label: 'A new value' },
            ...stored,
            { value: later, label: slot.required ? 'Later: it is not started without it' : 'Later' },
          ]}
          onChange={text => onChoose(toChoice(text))}
        />
      </Field>
      {choice.kind === 'new' && (
        <Field label="Value" description={`For the variable ${slot.environmentVariable}.`} error={error}>
          <SecretInput entry={entry} />
        </Field>
      )}
    </div>
  );
}
