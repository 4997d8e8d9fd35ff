// The settings of a Docker server: a form made of its entry's schema, checked here as far as a form can.
import { useMemo, useState } from 'preact/hooks';
import type { MCPServerDetail } from '../../shared/api/servers.ts';
import type { Json } from '../../shared/domain/json-schema.ts';
import { CapableButton, useMissing } from '../kit/capability.tsx';
import { Empty, ProblemNotice } from '../kit/feedback.tsx';
import { Form } from '../kit/form.tsx';
import { ServerText } from '../kit/text.tsx';
import { type Draft, placeErrors, placesOf, toArguments, toDraft } from '../tool/draft.ts';
import { type GroupField, toFields } from '../tool/schema-form.ts';
import { GroupFields } from '../tool/schema-form.view.tsx';
import { SavedNote, SaveRow } from './save.view.tsx';
import type { ServerState } from './server.state.ts';
import { settingsErrors, toSettings } from './settings.draft.ts';

interface SettingsProps {
  server: MCPServerDetail;
  state: ServerState;
}

export function SettingsTab({ server, state }: SettingsProps) {
  const text = JSON.stringify(server.settingsSchema);
  const group = useMemo(() => {
    const field = server.settingsSchema === null ? undefined : toFields(server.settingsSchema);
    return field?.kind === 'group' ? field : undefined;
  }, [text]);
  if (!group || group.fields.length === 0)
    return (
      <Empty icon="settings-gear" title="This server has no settings">
        <p>Its catalog declares none.</p>
      </Empty>
    );
  return <SettingsForm key={text} server={server} state={state} group={group} />;
}

function SettingsForm({ server, state, group }: SettingsProps & { group: GroupField }) {
  const [edited, setEdited] = useState<Draft>();
  const [tried, setTried] = useState(false);
  const [saved, setSaved] = useState(false);
  const missing = useMissing('server-config');
  const settings = toSettings(server.configuration.settings);
  const draft = edited ?? toDraft(group, settings);
  const { value, errors } = toArguments(group, draft);
  const problem = state.saving.problem.value;
  const shown = new Map([...(tried ? errors : []), ...placeErrors(settingsErrors(problem), placesOf(group, draft))]);
  const change = (next: Draft) => {
    setEdited(next);
    setSaved(false);
    state.saving.dismiss();
  };
  const save = async () => {
    setTried(true);
    if (missing !== undefined || errors.size > 0 || !isRecord(value)) return;
    if (!(await state.save({ settings: value }))) return;
    setEdited(undefined);
    setTried(false);
    setSaved(true);
  };
  const undo = () => {
    setEdited(undefined);
    setTried(false);
    state.saving.dismiss();
  };
  return (
    <Form label="Settings" onSubmit={() => void save()}>
      <WhenItApplies server={server} />
      <GroupFields field={group} draft={draft} at="" errors={shown} onChange={change} />
      {problem && settingsErrors(problem).length === 0 && <ProblemNotice problem={problem} />}
      {problem && settingsErrors(problem).length > 0 && !tried && <ProblemNotice problem={problem} />}
      {saved && <SavedNote server={server} state={state} />}
      <SaveRow isEdited={edited !== undefined} onUndo={undo}>
        <CapableButton
          needs="server-config"
          what="Change settings"
          kind="primary"
          type="submit"
          icon="save"
          busy={state.saving.running.value !== undefined}
        >
          Save
        </CapableButton>
      </SaveRow>
    </Form>
  );
}

const isRecord = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const WhenItApplies = ({ server: { changesApply, profile } }: { server: MCPServerDetail }) => (
  <p class="field-description">
    {changesApply === 'at-once'
      ? 'A change takes effect at once, also while the server runs.'
      : changesApply === 'by-restart'
        ? 'A change takes effect with the next restart of the gateway.'
        : 'A change takes effect with the next start.'}
    {profile && (
      <>
        {' '}
        Settings are kept in Docker’s profile <ServerText text={profile} />.
      </>
    )}
  </p>
);
