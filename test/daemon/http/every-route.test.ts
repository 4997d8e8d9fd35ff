import assert from 'node:assert/strict';
import { SignJWT, UnsecuredJWT } from 'jose';
import { Problem, type ProblemCode } from '../../../shared/api/problem.ts';
import { permissions, type Route } from '../../../shared/api/route.ts';
import { operationIds, routes } from '../../../shared/api/routes.ts';
import { permissionsOfRole } from '../../../shared/domain/roles.ts';
import { addUser, bearer, goodPassword, post, signIn } from '../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../support/in-process-daemon.ts';
import { samplePath } from '../../support/requests.ts';

const table: [id: string, route: Route][] = operationIds.map(id => [id, routes[id]]);
const closed = table.filter(([, route]) => route.permission !== 'public');
const changing = table.filter(([, route]) => route.method !== 'get');

describe('every route', () => {
  let daemon: InProcessDaemon;
  before(async () => {
    daemon = await startInProcessDaemon();
  });
  after(() => daemon[Symbol.asyncDispose]());

  const ask = (route: Route, headers: Record<string, string>, body?: string) =>
    daemon.request(samplePath(route), {
      method: route.method.toUpperCase(),
      headers: { ...(route.method === 'get' ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
  const expectAll = async (
    of: typeof table,
    headers: Record<string, string>,
    [status, code]: [number, ProblemCode],
    body?: string,
  ) => {
    for (const [id, route] of of) {
      const response = await ask(route, headers, body);
      assert.equal(response.status, status, id);
      assert.equal(response.headers.get('content-type'), 'application/problem+json', id);
      assert.equal(Problem.parse(await response.json()).code, code, id);
    }
  };

  it('names a permission that there is', () => {
    for (const [id, { permission }] of closed) assert.ok((permissions as readonly string[]).includes(permission), id);
  });

  it('has a permission that some role has, but for the owner’s token', () => {
    const given = new Set<string>(Object.values(permissionsOfRole).flat());
    for (const [id, { permission }] of closed) assert.equal(given.has(permission), permission !== 'access:token', id);
  });

  it('answers 401 without a token', async () => {
    await expectAll(closed, {}, [401, 'ACCESS_001']);
  });

  it('answers 401 to tokens that nobody made, that are for others, and that have no signature', async () => {
    const key = Buffer.alloc(32, 7);
    const seconds = Math.floor(Date.now() / 1000);
    const claims = { iss: 'urn:quayside:daemon', aud: 'urn:quayside:api', sub: 'owner', jti: 'x', family: 'x' };
    const sign = (extra: object) =>
      new SignJWT({ ...claims, iat: seconds, exp: seconds + 60, ...extra })
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'x' })
        .sign(key);
    const unsigned = new UnsecuredJWT({ ...claims, iat: seconds, exp: seconds + 60 }).encode();
    const tokens = [await sign({ exp: seconds - 60 }), await sign({ aud: 'urn:other' }), unsigned, 'qk_made-up', 'x'];
    for (const token of tokens) await expectAll(closed, bearer(token), [401, 'ACCESS_001']);
  });

  it('answers 403 to a role that has not got its permission, and does nothing', async () => {
    await addUser(daemon, 'vera', 'viewer');
    const vera = await signIn(daemon, 'vera');
    const own = new Set<string>(permissionsOfRole.viewer);
    const refused = closed.filter(([, { permission }]) => !own.has(permission));
    await expectAll(refused, vera, [403, 'ACCESS_002']);
    const response = await post(daemon, '/tokens', { grant: 'password', name: 'vera', password: goodPassword });
    const { accessToken } = (await response.json()) as { accessToken: string };
    await expectAll(refused, bearer(accessToken), [403, 'ACCESS_002']);
  });

  it('answers 403 to a foreign host and to a foreign origin, whoever asks', async () => {
    await expectAll(table, { ...daemon.asOwner, host: 'evil.test' }, [403, 'ACCESS_003']);
    await expectAll(table, { ...daemon.asOwner, host: 'evil.test:8083' }, [403, 'ACCESS_003']);
    await expectAll(table, { ...daemon.asOwner, origin: 'http://evil.test' }, [403, 'ACCESS_004']);
    await expectAll(table, { ...daemon.asOwner, origin: 'null' }, [403, 'ACCESS_004']);
  });

  it('that changes something answers 415 to a body that is no JSON', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      await expectAll(changing, { ...daemon.asOwner, 'content-type': type }, [415, 'REQUEST_002'], '{}');
  });

  it('puts a denial on record', async () => {
    let now = Date.parse('2026-01-01T10:00:00Z');
    await using other = await startInProcessDaemon({ clock: { now: () => now } });
    for (const [id, route] of closed) {
      // Of one minute not all denials are listed, only counted.
      now += 2_000;
      const method = route.method.toUpperCase();
      await other.request(samplePath(route), { method, headers: { 'content-type': 'application/json' } });
      const [entry] = (await other.api.listAudit({ query: { outcome: 'denied', limit: 1 } })).items;
      assert.deepEqual([entry?.action, entry?.code, entry?.principal], [id, 'ACCESS_001', 'anonymous']);
    }
  });
});
