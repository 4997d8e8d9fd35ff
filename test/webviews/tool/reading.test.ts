import assert from 'node:assert/strict';
import type { Session } from '../../../shared/api/access.ts';
import { routes } from '../../../shared/api/routes.ts';
import { permissionsOfRole } from '../../../shared/domain/roles.ts';
import { whyNot } from '../../../webviews/kit/why-not.ts';
import { createReading, type Reading } from '../../../webviews/tool/reading.ts';
import { type CannedApp, createCannedApp, refuse, until } from '../canned-api.ts';

const note = (uri: string) => ({
  serverId: 'asks',
  uri,
  contents: [{ uri, mimeType: 'text/plain', text: `This is ${uri}` }],
  startedAt: '2026-05-01T10:00:00.000Z',
  durationMs: 3,
  bytes: 20,
});

describe('a resource that is read in the page', () => {
  let app: CannedApp;
  let reading: Reading;
  const shown = () => reading.contents.value;

  beforeEach(() => {
    app = createCannedApp({ readResource: ({ body }) => note(body.uri), answerQuestion: () => ({}) });
    app.live.start();
    reading = createReading(app, 'asks');
  });
  afterEach(() => {
    reading.close();
    app.live.stop();
  });

  it('is asked of the server that linked to it, and put away', async () => {
    await reading.read('test://note');
    const [asked, ...more] = app.askedFor('readResource');
    assert.deepEqual(more, []);
    assert.match(asked?.path ?? '', /\/servers\/asks\/resources\/read$/);
    assert.equal(asked?.body.uri, 'test://note');
    assert.equal(shown()?.contents[0]?.['text'], 'This is test://note');
    assert.equal(reading.problem.value, undefined);
    reading.putAway();
    assert.equal(shown(), undefined);
  });

  it('says why it was refused, and no longer shows what was read before', async () => {
    await reading.read('test://note');
    app.answers.readResource = () => refuse('SERVER_001', { detail: 'It is gone.', next: 'Add it again.' });
    await reading.read('test://note');
    assert.equal(shown(), undefined);
    assert.equal(reading.problem.value?.code, 'SERVER_001');
    reading.dismiss();
    assert.equal(reading.problem.value, undefined);
    app.answers.readResource = ({ body }) => note(body.uri);
    await reading.read('test://note');
    assert.equal(shown()?.uri, 'test://note');
  });

  it('is read once however often it is asked for meanwhile', async () => {
    const answer = Promise.withResolvers<void>();
    app.answers.readResource = async ({ body }) => {
      await answer.promise;
      return note(body.uri);
    };
    const first = reading.read('test://note');
    assert.equal(reading.busy.value, true);
    await reading.read('test://other');
    assert.equal(reading.busy.value, true);
    answer.resolve();
    await first;
    assert.equal(reading.busy.value, false);
    assert.equal(shown()?.uri, 'test://note');
    assert.equal(app.askedFor('readResource').length, 1);
  });

  it('tells what the server says meanwhile', async () => {
    app.answers.readResource = async ({ body }) => {
      const told = { callId: body.callId, by: 'owner', serverId: 'asks', level: 'info', logger: null } as const;
      app.emit({ type: 'call.log', ...told, data: 'looking it up' });
      await until(() => reading.watched.logs.value.length);
      return note(body.uri);
    };
    await reading.read('test://note');
    assert.equal(reading.watched.logs.value[0]?.data, 'looking it up');
    assert.equal(shown()?.uri, 'test://note');
  });

  it('shows nothing any more when its place is gone', async () => {
    const answer = Promise.withResolvers<void>();
    let aborted = false;
    const api = {
      ...app.api,
      readResource: (...[, options]: Parameters<CannedApp['api']['readResource']>) => {
        options?.signal?.addEventListener('abort', () => {
          aborted = true;
          answer.reject(new Error('gone'));
        });
        return answer.promise as Promise<never>;
      },
    };
    const left = createReading({ api, live: app.live }, 'asks');
    const read = left.read('test://note');
    left.close();
    await read;
    assert.equal(aborted, true);
    assert.equal(left.contents.value, undefined);
  });

  it('is nothing for somebody who only looks: the daemon is asked for it with the right to call', () => {
    const principal = { roles: ['viewer'] } as Session['principal'];
    const permissions = [...permissionsOfRole.viewer];
    const reason = whyNot({ principal, permissions }, routes.readResource.permission);
    assert.match(reason ?? '', /You have the role viewer\./);
  });
});
