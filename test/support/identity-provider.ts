// A real OpenID Connect provider on loopback, and somebody who signs in there as a browser would.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration } from 'oidc-provider';

export interface TestIdentityProvider extends AsyncDisposable {
  issuer: string;
  /** What each account says of itself, by its login. */
  accounts: Record<string, { email?: string; email_verified?: boolean; name?: string }>;
  /** Follows the address to the end of the sign-in, and gives back where the browser is sent then. */
  signIn(url: string, login: string): Promise<string>;
}

export async function startIdentityProvider(client: {
  id: string;
  secret: string;
  redirectUrl: string;
}): Promise<TestIdentityProvider> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const accounts: TestIdentityProvider['accounts'] = {};
  const configuration: Configuration = {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [client.redirectUrl] }],
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
    features: { devInteractions: { enabled: true } },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    renderError: (context, { error }) => {
      context.body = error;
    },
    pkce: { required: () => true },
    cookies: { keys: ['a key for tests'] },
  };
  const warn = console.warn;
  const info = console.info;
  // It says at length that its interactions are not for production.
  console.warn = console.info = () => {};
  const provider = new Provider(issuer, configuration);
  console.warn = warn;
  console.info = info;
  server.on('request', provider.callback());
  return {
    issuer,
    accounts,
    signIn: (url, login) => signIn(issuer, url, login),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function signIn(issuer: string, url: string, login: string): Promise<string> {
  const jar = new Map<string, string>();
  let at = url;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 20; step++) {
    const response = await fetch(at, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...jar].map(pair => pair.join('=')).join('; ') },
      ...(form ? { body: form } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    form = undefined;
    const location = response.headers.get('location');
    const page = await response.text();
    if (location) {
      at = new URL(location, at).href;
      if (!at.startsWith(issuer)) return at;
      continue;
    }
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (!prompt) throw new Error(`The provider answered ${response.status}: ${page.slice(0, 300)}`);
    at = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? at, at).href;
    form = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login, password: 'any' } : {}) });
  }
  throw new Error('The provider sends the browser around in circles.');
}
