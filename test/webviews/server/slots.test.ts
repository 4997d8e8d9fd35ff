import assert from 'node:assert/strict';
import { toProblem } from '../../../shared/api/problem.ts';
import type { Secret, SecretReference } from '../../../shared/api/secrets.ts';
import type { SecretSlot } from '../../../shared/api/server-configuration.ts';
import { settingsErrors, toSettings } from '../../../webviews/server/settings.draft.ts';
import { extraReferences, toSlotStates } from '../../../webviews/server/slots.ts';

const slot = (environmentVariable: string, required = true): SecretSlot => ({
  name: `x.${environmentVariable.toLowerCase()}`,
  environmentVariable,
  description: null,
  required,
});
const reference = (environmentVariable: string, secretId = 's1'): SecretReference => ({
  secretId,
  environmentVariable,
  required: true,
});
const secrets: Pick<Secret, 'id' | 'name' | 'hasValue'>[] = [
  { id: 's1', name: 'x.token', hasValue: true },
  { id: 's2', name: 'x.empty', hasValue: false },
];
const statesOf = (slots: SecretSlot[], references: SecretReference[]) =>
  toSlotStates(slots, references, secrets as Secret[]).map(({ slot: { environmentVariable }, state }) => [
    environmentVariable,
    state,
  ]);

describe('declared secrets beside given ones', () => {
  it('says of each whether it is given, has no value, or is missing', () => {
    assert.deepEqual(statesOf([slot('A'), slot('B'), slot('C')], [reference('A'), reference('B', 's2')]), [
      ['B', 'empty'],
      ['C', 'missing'],
      ['A', 'given'],
    ]);
  });
  it('puts first what the server cannot do without', () => {
    assert.deepEqual(
      statesOf([slot('OPTIONAL', false), slot('NEEDED')], []).map(([name]) => name),
      ['NEEDED', 'OPTIONAL'],
    );
  });
  it('believes that a secret has a value as long as it may not look', () => {
    assert.deepEqual(statesOf([slot('A')], [reference('A', 'of-another-server')]), [['A', 'given']]);
  });
  it('keeps in sight what is handed over without being asked for', () => {
    const header: SecretReference = { secretId: 's1', header: 'Authorization', required: true };
    assert.deepEqual(extraReferences([slot('A')], [reference('A'), reference('OLD'), header]), [
      reference('OLD'),
      header,
    ]);
  });
});

describe('the settings of a Docker server', () => {
  it('are taken as JSON', () => {
    assert.deepEqual(toSettings({ region: 'eu', deep: { list: [1, null] }, gone: undefined }), {
      region: 'eu',
      deep: { list: [1, null] },
    });
  });
  it('get the daemon’s errors at their own fields, and no others', () => {
    const problem = toProblem('SERVER_010', {
      detail: 'It does not fit.',
      errors: [
        { path: '/configuration/settings/region', message: 'A text is needed.' },
        { path: '/body/configuration/settings/paths/0', message: 'No.' },
        { path: '/configuration/arguments/0', message: 'Not this.' },
      ],
    });
    assert.deepEqual(settingsErrors(problem), [
      { path: '/arguments/region', message: 'A text is needed.' },
      { path: '/arguments/paths/0', message: 'No.' },
    ]);
  });
});
