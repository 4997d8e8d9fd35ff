import assert from 'node:assert/strict';
import type { Gateway } from '../../../shared/api/gateways.ts';
import type { Profile } from '../../../shared/api/profiles.ts';
import { createGatewayState, createProfilesState, readDocument } from '../../../webviews/profiles/profiles.state.ts';
import { buildGateway } from '../../support/docker-builder.ts';
import { buildOperation } from '../../support/server-builder.ts';
import { createCannedApp, pageWith, refuse, until } from '../canned-api.ts';

const profile = (id: string, part: Partial<Profile> = {}): Profile => ({
  id,
  name: id,
  fixed: false,
  serverIds: [],
  running: 0,
  clients: [],
  readAt: '2026-01-01T00:00:00Z',
  ...part,
});
const gateway = (part: Partial<Gateway> = {}) => buildGateway({ profile: 'dev', title: 'Dev', ...part });

describe('importing a profile', () => {
  const importAnswer = ({ body }: { body: { dryRun?: boolean } }) => ({
    profileId: 'dev',
    exists: true,
    imported: !body.dryRun,
    changes: [],
  });

  it('shows what it changes first, and replaces only when told to', async () => {
    const app = createCannedApp({ importProfile: importAnswer, listProfiles: () => pageWith([]) });
    const state = createProfilesState(app);
    await state.previewImport({ id: 'dev' });
    assert.equal(state.preview.value?.found.exists, true);
    assert.equal(await state.runImport(true), 'dev');
    assert.deepEqual(
      app.askedFor('importProfile').map(({ body }) => ({ dryRun: body.dryRun, replace: body.replace })),
      [
        { dryRun: true, replace: undefined },
        { dryRun: undefined, replace: true },
      ],
    );
  });

  it('takes only what can be a profile', () => {
    assert.deepEqual(readDocument('{"name":"x"}'), { document: { name: 'x' } });
    for (const text of ['[1]', 'null', '"x"', 'name: x', '']) assert.ok('error' in readDocument(text), text);
  });
});

describe('the acts on a profile', () => {
  it('download an export under the name that the daemon gives it', async () => {
    const app = createCannedApp({ exportProfile: () => ({ fileName: 'dev.json', document: { name: 'Dev' } }) });
    await createProfilesState(app).download('dev');
    assert.deepEqual(app.texts, [{ name: 'dev.json', text: '{\n  "name": "Dev"\n}\n' }]);
  });

  it('follow a push, and another one after it was tried again', async () => {
    const push = buildOperation({ id: 'p1', kind: 'push-profile', serverId: null });
    const app = createCannedApp({ pushProfile: () => push });
    const state = createProfilesState(app);
    assert.equal(await state.push('dev', 'team/dev:v1'), true);
    assert.equal(state.transfer.operation.value?.id, 'p1');
    state.transfer.follow({ ...push, id: 'p2' });
    assert.equal(state.transfer.operation.value?.id, 'p2');
  });

  it('say why a profile could not be removed', async () => {
    const app = createCannedApp({ deleteProfile: () => refuse('PROFILE_003', { detail: 'There is only one.' }) });
    const state = createProfilesState(app);
    assert.equal(await state.remove('default'), false);
    assert.equal(state.act.problem.value?.code, 'PROFILE_003');
  });
});

describe('a gateway', () => {
  it('is shown as its events say, with its output', async () => {
    const app = createCannedApp({ getGateway: () => ({ ...gateway(), output: ['first'] }) });
    app.live.start();
    const state = createGatewayState(app, 'dev');
    await until(() => state.output.value.length === 1);
    app.emit({ type: 'gateway.changed', gateway: gateway({ state: 'running', changesWaiting: true }) });
    app.emit({ type: 'gateway.changed', gateway: gateway({ profile: 'other', state: 'failed' }) });
    app.emit({ type: 'gateway.output', profile: 'dev', lines: ['second'] });
    app.emit({ type: 'gateway.output', profile: 'other', lines: ['not mine'] });
    assert.equal(state.detail.value.value?.state, 'running');
    assert.deepEqual(state.output.value, ['first', 'second']);
    state.close();
    app.live.stop();
  });

  it('says why it was not started', async () => {
    const app = createCannedApp({
      getGateway: () => ({ ...gateway(), output: [] }),
      startGateway: () => refuse('DOCKER_003', { detail: 'It is away.' }),
    });
    const state = createGatewayState(app, 'dev');
    await state.start();
    assert.equal(state.act.problem.value?.code, 'DOCKER_003');
    state.close();
  });
});

describe('what is live of Docker', () => {
  it('follows profiles and gateways by their events alone', async () => {
    const app = createCannedApp({
      listProfiles: () => pageWith([profile('b'), profile('a')]),
      listGateways: () => pageWith([gateway({ profile: 'a' }), gateway({ profile: 'b' })]),
    });
    app.live.start();
    await until(() => app.live.profiles.value.value && app.live.gateways.value.value);
    const asked = app.asked.length;
    app.emit({ type: 'profile.changed', profile: profile('a', { running: 2 }) });
    app.emit({ type: 'profile.changed', profile: profile('c') });
    app.emit({ type: 'gateway.changed', gateway: gateway({ profile: 'b', state: 'running' }) });
    app.emit({ type: 'profile.removed', profileId: 'b' });
    assert.deepEqual(
      app.live.profiles.value.value?.map(({ id, running }) => `${id} ${running}`),
      ['a 2', 'c 0'],
    );
    assert.deepEqual(
      app.live.gateways.value.value?.map(({ profile: id }) => id),
      ['a'],
      'the gateway goes with its profile',
    );
    assert.equal(app.asked.length, asked);
    app.live.stop();
  });
});
