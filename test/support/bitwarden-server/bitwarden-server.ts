// A small server that speaks the part of Bitwarden's API that `bw` needs to sign in and to synchronise. It never sees a
// password or a value: clients encrypt them, see client-crypto.ts.
import { randomUUID, timingSafeEqual } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Account } from './account.ts';
import * as answers from './answers.ts';
import { makeCertificate } from './certificate.ts';

export interface BitwardenServer {
  url: string;
  /** For NODE_EXTRA_CA_CERTS. */
  certificateFile: string;
  /** `POST /identity/connect/token` and so on, in their order. */
  readonly requests: string[];
  /** Every token that it has given out: they open what a client keeps. */
  readonly tokens: readonly string[];
  /** While true it answers nothing: for limits of time. */
  isSilent: boolean;
  /** Goes away, so that connections are refused; `start` brings it back at the same place. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

interface Answer {
  status: number;
  body: unknown;
}
const ok = (body: unknown): Answer => ({ status: 200, body });
const refused = (body: unknown): Answer => ({ status: 400, body });

/** Seconds that an access token is good for. */
const seconds = 3_600;

export async function startBitwardenServer(folder: string, accounts: readonly Account[]): Promise<BitwardenServer> {
  const { certificate, key } = makeCertificate();
  const certificateFile = join(folder, 'bitwarden-ca.pem');
  await writeFile(certificateFile, certificate);
  const requests: string[] = [];
  const sessions = createSessions(accounts);
  let server: Server;
  let port = 0;

  const answer = (method: string, path: string, body: string, bearer: string): Answer => {
    const account = sessions.byAccess(bearer);
    switch (`${method} ${path}`) {
      case 'GET /api/config':
        return ok(answers.config(running.url));
      case 'POST /identity/accounts/prelogin':
      case 'POST /identity/accounts/prelogin/password': {
        const { email } = JSON.parse(body) as { email: string };
        return ok(answers.prelogin(sessions.byEmail(email), email));
      }
      case 'POST /identity/connect/token':
        return sessions.grant(new URLSearchParams(body));
    }
    if (!account) return { status: 401, body: { message: 'Unauthorized' } };
    switch (`${method} ${path}`) {
      case 'GET /api/sync':
        return ok(answers.sync(account));
      case 'GET /api/accounts/profile':
        return ok(answers.profile(account));
      case 'GET /api/accounts/revision-date':
        return ok(account.changedAt);
      case 'POST /api/accounts/key-management/user-key-id':
        account.userKeyId = (JSON.parse(body) as { userKeyId: string }).userKeyId;
        return ok({});
      default:
        return { status: 404, body: { message: `Not a part of this server: ${method} ${path}` } };
    }
  };

  const listen = async (): Promise<void> => {
    server = createServer({ cert: certificate, key }, async (request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'https://localhost');
      const method = request.method ?? 'GET';
      requests.push(`${method} ${pathname}`);
      const body = await text(request);
      if (running.isSilent) return;
      const bearer = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
      const { status, body: reply } = answer(method, pathname, body, bearer);
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(reply));
    });
    await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
    running.url = `https://localhost:${port}`;
  };
  const running: BitwardenServer = {
    url: '',
    certificateFile,
    requests,
    tokens: sessions.given,
    isSilent: false,
    start: listen,
    async stop() {
      if (!server.listening) return;
      server.closeAllConnections();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
  await listen();
  return running;
}

/** Who has signed in, and with what. */
function createSessions(accounts: readonly Account[]) {
  const access = new Map<string, Account>();
  const refresh = new Map<string, Account>();
  const given: string[] = [];
  const byEmail = (email: string) => accounts.find(each => each.email === email.trim().toLowerCase());

  const issue = (account: Account, withRefresh: boolean): Answer => {
    const tokens = {
      access: answers.accessToken(account, seconds),
      refresh: withRefresh ? randomUUID() : null,
      seconds,
    };
    access.set(tokens.access, account);
    given.push(...[tokens.access, tokens.refresh].filter(token => token !== null));
    if (tokens.refresh) refresh.set(tokens.refresh, account);
    return ok(answers.signedIn(account, tokens));
  };
  const byPassword = (form: URLSearchParams): Answer => {
    const account = byEmail(form.get('username') ?? '');
    if (!account || !areEqual(form.get('password') ?? '', account.passwordHash))
      return refused(answers.refusals.password);
    if (account.totp) {
      const code = form.get('twoFactorToken');
      if (code === null) return refused(answers.refusals.twoFactor);
      if (form.get('twoFactorProvider') !== '0' || account.totp.validate({ token: code, window: 1 }) === null)
        return refused(answers.refusals.wrongCode);
    } else if (account.deviceCode !== null) {
      const code = form.get('newDeviceOtp');
      if (code === null) return refused(answers.refusals.device);
      if (code !== account.deviceCode) return refused(answers.refusals.wrongDeviceCode);
    }
    return issue(account, true);
  };
  const byApiKey = (form: URLSearchParams): Answer => {
    const account = accounts.find(({ clientId }) => clientId === form.get('client_id'));
    if (!account || !areEqual(form.get('client_secret') ?? '', account.clientSecret))
      return refused(answers.refusals.apiKey);
    return issue(account, false);
  };
  const byRefresh = (form: URLSearchParams): Answer => {
    const account = refresh.get(form.get('refresh_token') ?? '');
    return account ? issue(account, true) : refused(answers.refusals.refresh);
  };

  return {
    byEmail,
    given,
    byAccess: (token: string) => access.get(token),
    grant(form: URLSearchParams): Answer {
      const grants: Record<string, typeof byPassword> = {
        password: byPassword,
        client_credentials: byApiKey,
        refresh_token: byRefresh,
      };
      return grants[form.get('grant_type') ?? '']?.(form) ?? refused({ error: 'unsupported_grant_type' });
    },
  };
}

const areEqual = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};
