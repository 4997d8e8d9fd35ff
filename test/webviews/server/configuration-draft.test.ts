import assert from 'node:assert/strict';
import type { ServerConfiguration } from '../../../shared/api/server-configuration.ts';
import {
  type ConfigurationDraft,
  placeDaemonErrors,
  toConfigurationChange,
  toConfigurationDraft,
} from '../../../webviews/server/configuration.draft.ts';

const configuration: ServerConfiguration = {
  id: 'c1',
  serverId: 'mine',
  arguments: ['--flag', 'a b', ''],
  environment: { TOKEN: 'x=y', EMPTY: '' },
  workingDirectory: null,
  restart: 'on-failure',
  session: 'per-client',
  disabledTools: [],
  settings: {},
  limits: { startSeconds: 30, callSeconds: 120, messageBytes: 10_485_760, concurrentCalls: 32, waitingCalls: 256 },
  network: { inheritProxy: true, headers: {} },
  secretReferences: [],
  updatedAt: '2026-01-01T00:00:00Z',
};
const draft = (part: Partial<ConfigurationDraft> = {}): ConfigurationDraft => ({
  ...toConfigurationDraft(configuration),
  ...part,
});
const errors = (part: Partial<ConfigurationDraft>, source: 'npm' | 'remote' = 'npm') => [
  ...toConfigurationChange(draft(part), source).errors.keys(),
];

describe('a server’s configuration in a form', () => {
  it('comes back the same when nothing was changed', () => {
    const { change } = toConfigurationChange(draft(), 'npm');
    assert.deepEqual(change, {
      restart: configuration.restart,
      session: 'per-client',
      // How many may wait is not in the form, and stays as it is.
      limits: { startSeconds: 30, callSeconds: 120, messageBytes: 10_485_760, concurrentCalls: 32 },
      arguments: configuration.arguments,
      environment: configuration.environment,
      workingDirectory: null,
      network: { inheritProxy: true },
    });
  });

  it('sends of a remote server only what it has', () => {
    const { change } = toConfigurationChange(draft({ headers: [{ name: 'X-Key', value: 'v' }] }), 'remote');
    assert.deepEqual(Object.keys(change ?? {}).sort(), ['limits', 'network', 'restart', 'session']);
    assert.deepEqual(change?.network, { headers: { 'X-Key': 'v' } });
  });

  it('says at the row what is wrong with a variable', () => {
    const pair = (name: string, value = 'v') => ({ name, value });
    assert.deepEqual(errors({ environment: [pair('A'), pair('1B')] }), ['environment/1']);
    const { errors: reasons } = toConfigurationChange(draft({ environment: [pair('1B')] }), 'npm');
    assert.match(reasons.get('environment/0') ?? '', /variable name/);
    assert.deepEqual(errors({ environment: [pair('A'), pair('A')] }), ['environment/1']);
    assert.deepEqual(errors({ environment: [pair('', 'x')] }), ['environment/0']);
    assert.deepEqual(errors({ environment: [pair('', '')] }), [], 'an empty row is no variable');
    assert.deepEqual(errors({ headers: [pair('bad header')] }, 'remote'), ['headers/0']);
  });

  it('says at the field what is wrong with a limit', () => {
    assert.deepEqual(errors({ startSeconds: '' }), ['limits/startSeconds']);
    assert.deepEqual(errors({ startSeconds: 'soon' }), ['limits/startSeconds']);
    assert.deepEqual(errors({ callSeconds: '0' }), ['limits/callSeconds']);
    assert.deepEqual(errors({ messageMegabytes: '1000' }), ['limits/messageBytes']);
    assert.deepEqual(errors({ concurrentCalls: '257' }), ['limits/concurrentCalls']);
    assert.match(
      toConfigurationChange(draft({ callSeconds: 'x' }), 'npm').errors.get('limits/callSeconds') ?? '',
      /whole number/,
    );
  });

  it('says at the row what is wrong with an argument', () => {
    assert.deepEqual(errors({ arguments: ['a', 'b\0c'] }), ['arguments/1']);
  });

  it('shows errors of the daemon at the same places', () => {
    const places = (path: string) => [...placeDaemonErrors([{ path, message: 'Wrong.' }], draft()).keys()];
    assert.deepEqual(places('/configuration/arguments/1'), ['arguments/1']);
    assert.deepEqual(places('/body/configuration/environment/EMPTY'), ['environment/1']);
    assert.deepEqual(places('/configuration/workingDirectory'), ['workingDirectory']);
    assert.deepEqual(places('/configuration/limits/callSeconds'), ['limits/callSeconds']);
  });
});
