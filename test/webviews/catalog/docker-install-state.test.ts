import assert from 'node:assert/strict';
import type { Secret } from '../../../shared/api/secrets.ts';
import type { SecretSlot } from '../../../shared/api/server-configuration.ts';
import {
  firstChoice,
  fromChoice,
  nameForSlot,
  slotError,
  toChoice,
} from '../../../webviews/catalog/docker-install.draft.ts';
import {
  createDockerInstallState,
  type DockerInstallRequest,
  type DockerInstallState,
  installs,
} from '../../../webviews/catalog/docker-install.state.ts';
import { buildCatalogEntry, buildOperation, buildServer } from '../../support/server-builder.ts';
import { type CannedApp, createCannedApp, noPage, pageWith, refuse, until } from '../canned-api.ts';

const slot: SecretSlot = {
  name: 'github.token',
  environmentVariable: 'GITHUB_TOKEN',
  description: null,
  required: true,
};
const secret = (part: Partial<Secret> = {}): Secret => ({
  id: 's1',
  name: 'github.token',
  serverId: null,
  hasValue: true,
  version: 1,
  keyVersion: 1,
  valueChangedAt: null,
  lastUsedAt: null,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  ...part,
});
const entry = buildCatalogEntry({ id: 'github', engine: 'docker', kind: 'image', secretSlots: [slot] });
const request = (part: Partial<DockerInstallRequest> = {}): DockerInstallRequest => ({
  profile: { id: 'dev' },
  inputs: { region: 'eu' },
  slots: [{ slot, choice: { kind: 'new' }, readValue: () => 'ghp_value' }],
  start: true,
  ...part,
});

describe('the install of a Docker entry', () => {
  let app: CannedApp;
  let state: DockerInstallState;
  beforeEach(async () => {
    app = createCannedApp({
      listOperations: () => noPage,
      listSecrets: () => pageWith([secret({ id: 'own', name: 'x.y', serverId: 'other' })]),
      createSecret: ({ body }) => secret({ id: 'made', name: body.name }),
      deleteSecret: () => ({}),
      createProfile: ({ body }) => ({
        id: 'made_now',
        name: body.name,
        fixed: false,
        serverIds: [],
        running: 0,
        clients: [],
        readAt: '2026-01-01T00:00:00Z',
        servers: [buildServer()],
      }),
      createOperation: () => buildOperation({ id: 'o1', serverId: 'github' }),
    });
    app.live.start();
    state = createDockerInstallState(app, entry);
    await until(() => state.secrets.value.value);
  });
  afterEach(() => {
    state.close();
    app.live.stop();
  });
  const order = () => app.asked.map(({ operationId }) => operationId).filter(id => /^(?:create|delete)/.test(id));

  it('stores the values first, and hands on references and no value', async () => {
    assert.equal(await state.install(request()), true);
    assert.deepEqual(order(), ['createSecret', 'createOperation']);
    const [asked] = app.askedFor('createOperation');
    assert.deepEqual(asked?.body, {
      kind: 'install',
      from: { catalogEntry: 'github' },
      profile: 'dev',
      inputs: { region: 'eu' },
      start: true,
      configuration: {
        secretReferences: [{ secretId: 'made', environmentVariable: 'GITHUB_TOKEN', required: true }],
      },
    });
    assert.doesNotMatch(JSON.stringify(asked?.body), /ghp_value/);
  });

  it('makes the profile first if it is a new one', async () => {
    await state.install(request({ profile: { name: 'Web' }, slots: [] }));
    assert.deepEqual(order(), ['createProfile', 'createOperation']);
    assert.equal(app.askedFor('createOperation')[0]?.body.profile, 'made_now');
  });

  it('does not make the profile twice when a second try is needed', async () => {
    app.answers.createOperation = () => refuse('SERVER_010', { detail: 'It does not fit.' });
    await state.install(request({ profile: { name: 'Web' }, slots: [] }));
    await state.install(request({ profile: { name: 'Web' }, slots: [] }));
    assert.deepEqual(order(), ['createProfile', 'createOperation', 'createOperation']);
  });

  it('leaves no secret behind when it is refused', async () => {
    app.answers.createOperation = () => refuse('DOCKER_003', { detail: 'It is away.' });
    assert.equal(await state.install(request()), false);
    assert.deepEqual(order(), ['createSecret', 'createOperation', 'deleteSecret']);
    assert.equal(state.act.problem.value?.code, 'DOCKER_003');
  });

  it('uses a stored secret, and leaves out what is to come later', async () => {
    await state.install(
      request({
        slots: [
          { slot, choice: { kind: 'stored', secretId: 's9' }, readValue: () => '' },
          {
            slot: { ...slot, environmentVariable: 'HOST', required: false },
            choice: { kind: 'later' },
            readValue: () => '',
          },
        ],
      }),
    );
    assert.deepEqual(app.askedFor('createSecret'), []);
    assert.deepEqual(app.askedFor('createOperation')[0]?.body.configuration.secretReferences, [
      { secretId: 's9', environmentVariable: 'GITHUB_TOKEN', required: true },
    ]);
  });

  it('offers no secret that belongs to another server', () => {
    assert.deepEqual(state.secrets.value.value, []);
  });

  it('takes over an install that another window has begun, also under another name', () => {
    const others = buildOperation({ id: 'o2', serverId: 'dev.github', title: `Install ${entry.title}` });
    assert.equal(installs(others, entry), true);
    assert.equal(installs({ ...others, title: 'Install something else' }, entry), false);
    assert.equal(installs({ ...others, kind: 'update' }, entry), false);
  });

  it('follows the operation to its end', async () => {
    await state.install(request());
    assert.equal(state.running.value, true);
    app.emit({ type: 'operation.changed', operation: buildOperation({ id: 'o1', state: 'succeeded' }) });
    await until(() => !state.running.value);
    assert.equal(state.followed.operation.value?.state, 'succeeded');
  });
});

describe('where a secret comes from', () => {
  it('is at first the stored one of Docker’s own name, else a new value, else later', () => {
    assert.deepEqual(firstChoice(slot, [secret()]), { kind: 'stored', secretId: 's1' });
    assert.deepEqual(firstChoice(slot, []), { kind: 'new' });
    assert.deepEqual(firstChoice({ ...slot, required: false }, []), { kind: 'later' });
  });
  it('comes back the same from the select', () => {
    for (const text of ['new', 'later', 's1']) assert.equal(fromChoice(toChoice(text)), text);
  });
  it('is called as Docker calls it where the vault can, and never as another', () => {
    assert.equal(nameForSlot(slot, 'github', []), 'github.token');
    assert.equal(nameForSlot(slot, 'github', ['github.token']), 'github.token-2');
    assert.equal(nameForSlot({ ...slot, name: 'TOKEN' }, 'github', []), 'github.github_token');
    assert.equal(nameForSlot({ ...slot, name: 'io.github.x/y.key' }, 'y', []), 'io.github.x-y.key');
  });
  it('must be given before an install is sent', () => {
    assert.match(slotError(slot, { kind: 'new' }, 0) ?? '', /not started without it/);
    assert.equal(slotError(slot, { kind: 'new' }, 3), undefined);
    assert.equal(slotError(slot, { kind: 'later' }, 0), undefined);
  });
});
