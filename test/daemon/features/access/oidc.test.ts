import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mayReach, reachOf, readIssuer } from '../../../../daemon/features/access/provider-address.ts';
import { createProviderFetch } from '../../../../daemon/features/access/provider-fetch.ts';
import { addUser, apiWith, codeOf, post, refusedWith, sessionOf, signIn } from '../../../support/identity.ts';
import { startIdentityProvider, type TestIdentityProvider } from '../../../support/identity-provider.ts';
import { type InProcessDaemon, startInProcessDaemon, testUrl } from '../../../support/in-process-daemon.ts';

const redirectUrl = `${testUrl}/api/v1/oidc/main/callback`;
const clientSecret = 'the-secret-of-the-client';

describe('sign-in at an OpenID Connect provider', () => {
  let daemon: InProcessDaemon;
  let provider: TestIdentityProvider;
  let now = Date.parse('2026-01-01T10:00:00Z');
  before(async () => {
    provider = await startIdentityProvider({ id: 'quayside', secret: clientSecret, redirectUrl });
    Object.assign(provider.accounts, {
      ada: { email: 'Ada@example.test', email_verified: true, name: 'Ada L.' },
      bob: { email: 'bob@example.test', email_verified: false },
      eve: { email: 'eve@elsewhere.test', email_verified: true },
      mute: {},
    });
  });
  after(() => provider[Symbol.asyncDispose]());
  beforeEach(async () => {
    now = Date.now();
    daemon = await startInProcessDaemon({ clock: { now: () => now } });
    await save({});
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  type Body = Parameters<typeof daemon.api.saveProvider>[0]['body'];
  const save = async (change: Partial<Body>) => {
    const { items } = await daemon.api.listSecrets();
    const secret =
      items[0] ??
      (await daemon.api.createSecret({ body: { name: 'oidc.client', serverId: null, value: clientSecret } }));
    const usual = { title: 'Main', issuer: provider.issuer, clientId: 'quayside', secretId: secret.id };
    const body = { ...usual, roles: ['viewer' as const], allowed: ['@example.test'], ...change };
    return await daemon.api.saveProvider({ params: { id: 'main' }, body });
  };
  const start = async (headers: Record<string, string> = {}) => {
    const response = await daemon.request('/api/v1/oidc/main/start', { headers });
    const cookie = response.headers.get('set-cookie') ?? '';
    return { response, url: response.headers.get('location') ?? '', cookie, pair: cookie.split(';')[0] ?? '' };
  };
  const comeBack = (url: string, cookie: string) => {
    const { pathname, search } = new URL(url);
    const headers = {
      cookie,
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    return daemon.request(`${pathname}${search}`, { headers });
  };
  const goThere = async (login: string) => {
    const { url, pair } = await start();
    return await comeBack(await provider.signIn(url, login), pair);
  };
  const ticketOf = (response: Response) => {
    const location = response.headers.get('location') ?? '';
    assert.ok(location.startsWith(`${testUrl}/#/login?ticket=`), location);
    return location.split('ticket=')[1];
  };
  const enter = async (login: string) => {
    const ticket = ticketOf(await goThere(login));
    return apiWith(daemon, await sessionOf(await post(daemon, '/access/sessions', { ticket })));
  };

  it('lets somebody new in whose verified address is allowed, and knows the same person again', async () => {
    assert.deepEqual((await daemon.api.listSignInMethods()).providers, [{ id: 'main', title: 'Main' }]);
    assert.equal((await daemon.api.listProviders()).items[0]?.redirectUrl, redirectUrl);
    const { principal } = await (await enter('ada')).getSession();
    assert.deepEqual(
      [principal.kind, principal.name, principal.roles, principal.via],
      ['user', 'ada', ['viewer'], 'session'],
    );
    const again = await (await enter('ada')).getSession();
    assert.equal(again.principal.id, principal.id);
    const { items, total } = await daemon.api.listUsers();
    assert.deepEqual([total, items[0]?.displayName, items[0]?.hasPassword], [1, 'Ada L.', false]);
    const uses = await daemon.api.listAudit({ query: { action: 'useSecret' } });
    assert.equal(uses.items[0]?.resource, 'oidc.client for the provider main');
  });

  it('asks the provider by code, PKCE, state and nonce, and binds the answer to the browser', async () => {
    const { response, url, cookie } = await start();
    assert.equal(response.status, 302);
    const asked = new URL(url).searchParams;
    assert.deepEqual(
      ['response_type', 'code_challenge_method', 'scope', 'redirect_uri', 'client_id'].map(name => asked.get(name)),
      ['code', 'S256', 'openid email profile', redirectUrl, 'quayside'],
    );
    for (const name of ['state', 'nonce', 'code_challenge']) assert.ok((asked.get(name) ?? '').length >= 43, name);
    assert.match(
      cookie,
      /^quayside_sign_in_8083=[\w-]{43}; Max-Age=600; Path=\/api\/v1\/oidc; HttpOnly; SameSite=Lax$/,
    );
  });

  it('sends the browser to the address that the provider knows first', async () => {
    const { url } = await start({ host: 'localhost:8083' });
    assert.equal(url, `${testUrl}/api/v1/oidc/main/start`);
  });

  it('refuses an answer of another browser, a used one, a late one, and one with another state or code', async () => {
    const { url, pair } = await start();
    const back = await provider.signIn(url, 'ada');
    const other = (await start()).pair;
    for (const cookie of ['', 'quayside_sign_in_8083=x', other]) {
      assert.equal(await codeOf(await comeBack(back, cookie)), 'ACCESS_006', cookie);
    }
    const changed = new URL(back);
    changed.searchParams.set('state', 'another');
    assert.equal(await codeOf(await comeBack(changed.href, pair)), 'ACCESS_006');
    assert.equal((await comeBack(back, pair)).status, 302);
    assert.equal(await codeOf(await comeBack(back, pair)), 'ACCESS_006');

    const second = await start();
    const wrongCode = new URL(await provider.signIn(second.url, 'ada'));
    wrongCode.searchParams.set('code', 'another');
    assert.equal(await codeOf(await comeBack(wrongCode.href, second.pair)), 'ACCESS_006');

    const third = await start();
    const late = await provider.signIn(third.url, 'ada');
    now += 600_000;
    assert.equal(await codeOf(await comeBack(late, third.pair)), 'ACCESS_006');
  });

  it('lets nobody in whose address is not verified, not allowed or not told, and puts it on record', async () => {
    for (const login of ['bob', 'eve', 'mute']) assert.equal(await codeOf(await goThere(login)), 'ACCESS_006', login);
    assert.equal((await daemon.api.listUsers()).total, 0);
    const { items } = await daemon.api.listAudit({ query: { action: 'signInByProvider', outcome: 'denied' } });
    assert.equal(items.length, 3);
  });

  it('sends a browser that is refused back to the page, with the code and nothing else', async () => {
    const accept = 'text/html,application/xhtml+xml';
    const { url, pair } = await start();
    const { pathname, search } = new URL(await provider.signIn(url, 'eve'));
    const refused = await daemon.request(`${pathname}${search}`, { headers: { accept, cookie: pair } });
    assert.equal(refused.status, 302);
    assert.equal(refused.headers.get('location'), `${testUrl}/#/login?problem=ACCESS_006`);
    const unknown = await daemon.request('/api/v1/oidc/nobody/start', { headers: { accept } });
    assert.equal(unknown.headers.get('location'), `${testUrl}/#/login?problem=ACCESS_009`);
  });

  it('lets nobody new in without roles for them, and nobody in who is disabled', async () => {
    await enter('ada');
    await save({ roles: [] });
    await enter('ada');
    const [ada] = (await daemon.api.listUsers()).items;
    await daemon.api.updateUser({ params: { id: ada?.id ?? '' }, body: { disabled: true } });
    assert.equal(await codeOf(await goThere('ada')), 'ACCESS_006');
    await save({ allowed: ['eve@elsewhere.test'], roles: [] });
    assert.equal(await codeOf(await goThere('eve')), 'ACCESS_006');
  });

  it('never takes the name of somebody who is there for the same person', async () => {
    const id = await addUser(daemon, 'ada', 'admin');
    const { principal } = await (await enter('ada')).getSession();
    assert.notEqual(principal.id, id);
    assert.deepEqual([principal.name, principal.roles], ['ada-2', ['viewer']]);
  });

  it('forgets who is who when a provider gets another issuer or is removed', async () => {
    await enter('ada');
    await save({ issuer: 'http://127.0.0.1:9' });
    await save({});
    assert.equal((await (await enter('ada')).getSession()).principal.name, 'ada-2');
    await daemon.api.deleteProvider({ params: { id: 'main' } });
    await assert.rejects(daemon.api.deleteProvider({ params: { id: 'main' } }), refusedWith('ACCESS_009'));
    assert.equal(await codeOf((await start()).response), 'ACCESS_009');
  });

  it('takes providers by https or on this machine only, with secrets that are no server’s', async () => {
    for (const issuer of [
      'http://example.test',
      'http://10.0.0.1',
      'https://user:word@example.test',
      'https://example.test/?a=b',
    ])
      await assert.rejects(save({ issuer }), refusedWith('ACCESS_011'), issuer);
    await assert.rejects(save({ secretId: 'made-up' }), refusedWith('SECRET_001'));
    await daemon.api.createServer({ body: { type: 'command', id: 'mine', command: process.execPath } });
    const secret = await daemon.api.createSecret({ body: { name: 'mine.token', serverId: 'mine', value: 'x' } });
    await assert.rejects(save({ secretId: secret.id }), refusedWith('SECRET_008'));
    await addUser(daemon, 'ada', 'operator');
    const asAda = apiWith(daemon, await signIn(daemon, 'ada'));
    await assert.rejects(asAda.listProviders(), refusedWith('ACCESS_002'));
  });

  it('says that a provider cannot be used which does not answer, or not as one', async () => {
    await save({ issuer: 'http://127.0.0.1:9' });
    assert.equal(await codeOf((await start()).response), 'ACCESS_011');
    await save({ clientId: 'another' });
    const { url } = await start();
    await assert.rejects(provider.signIn(url, 'ada'), /400/);
  });
});

describe('the requests to a provider', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  const listen = (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> =>
    new Promise(resolve => {
      const server = createServer(answer).listen(0, '127.0.0.1', () =>
        resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      );
      servers.push(server);
    });
  const get = { method: 'GET', headers: {} };

  it('tell near addresses from far ones, however they are written', () => {
    for (const [address, reach] of [
      ['127.0.0.1', 'loopback'],
      ['::1', 'loopback'],
      ['::ffff:127.0.0.1', 'loopback'],
      ['10.1.2.3', 'private'],
      ['192.168.0.1', 'private'],
      ['::ffff:10.0.0.1', 'private'],
      ['fd12::1', 'private'],
      ['169.254.169.254', undefined],
      ['::ffff:169.254.169.254', undefined],
      ['64:ff9b::7f00:1', undefined],
      ['fe80::1', undefined],
      ['0.0.0.0', undefined],
      ['224.0.0.1', undefined],
      ['93.184.216.34', 'public'],
      ['not an address', undefined],
    ] as const)
      assert.equal(reachOf(address), reach, address);
    assert.equal(mayReach('public', '10.0.0.1'), false);
    assert.equal(mayReach('private', '10.0.0.1'), true);
    assert.equal(mayReach('private', '127.0.0.1'), false);
    assert.equal(mayReach('loopback', '169.254.169.254'), false);
  });

  it('go nowhere near from an issuer that is far away', async () => {
    const url = await listen((_, response) => response.end('{}'));
    const far = createProviderFetch('public');
    for (const target of [
      url,
      'https://127.0.0.1/',
      'https://2130706433/',
      'https://0x7f.1/',
      'https://[::1]/',
      'https://[::ffff:127.0.0.1]/',
      'https://localhost/',
      'https://169.254.169.254/latest/meta-data',
      'http://example.test/',
      'file:///etc/passwd',
    ])
      await assert.rejects(far(target, get), /may not lead to|not https/, target);
    assert.equal((await createProviderFetch('loopback')(url, get)).status, 200);
  });

  it('follow no redirect and take no large answer', async () => {
    const near = createProviderFetch('loopback');
    const moved = await listen((_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end());
    assert.equal((await near(moved, get)).status, 302);
    const large = await listen((_, response) => response.end('x'.repeat(300_000)));
    await assert.rejects(near(large, get), /too large/);
  });

  it('are made to issuers that are written as one', () => {
    assert.equal(readIssuer('https://example.test/realm')?.href, 'https://example.test/realm');
    assert.ok(readIssuer('http://localhost:9000'));
    for (const text of ['', 'x', 'ftp://example.test', 'http://example.test', 'http://127.0.0.1.evil.test'])
      assert.equal(readIssuer(text), undefined, text);
  });
});
