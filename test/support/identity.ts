// People and programs for tests of access: users who sign in on the page, keys, and codes of an authenticator.
import assert from 'node:assert/strict';
import { Secret, TOTP } from 'otpauth';
import { fetchCarrier } from '../../shared/api/carriers.ts';
import { type ApiClient, createApiClient } from '../../shared/api/client.ts';
import { Problem, type ProblemCode } from '../../shared/api/problem.ts';
import type { Role } from '../../shared/domain/roles.ts';
import type { InProcessDaemon } from './in-process-daemon.ts';

export const goodPassword = 'correct horse battery';

const json = { 'content-type': 'application/json' };

/** One request with a JSON body. */
export const post = (
  daemon: InProcessDaemon,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Response> =>
  daemon.request(`/api/v1${path}`, {
    method,
    headers: { ...json, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** The headers of a session that an answer gives. */
export async function sessionOf(response: Response): Promise<Record<string, string>> {
  assert.equal(response.status, 201, await response.clone().text());
  const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const { proof } = (await response.json()) as { proof: string };
  return { cookie, 'x-quayside-proof': proof };
}

/** A user with a password; returns its id. */
export async function addUser(daemon: InProcessDaemon, name: string, ...roles: Role[]): Promise<string> {
  const { user } = await daemon.api.createUser({ body: { name, roles, password: goodPassword } });
  return user.id;
}

export const signIn = async (daemon: InProcessDaemon, name: string, code?: string): Promise<Record<string, string>> =>
  await sessionOf(await post(daemon, '/sign-in', { name, password: goodPassword, ...(code ? { code } : {}) }));

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** The typed client with any headers. */
export const apiWith = (daemon: InProcessDaemon, headers: Record<string, string>): ApiClient => {
  const fetch = (path: string, init: RequestInit) =>
    daemon.request(path, { ...init, headers: { ...(init.headers as object), ...headers } });
  return createApiClient(fetchCarrier({ fetch: fetch as never, baseUrl: '' }));
};

export const statusOf = async (daemon: InProcessDaemon, path: string, headers: Record<string, string>) =>
  (await daemon.request(`/api/v1${path}`, { headers })).status;

/** The code that a failed answer has. */
export const codeOf = async (response: Response): Promise<ProblemCode> => Problem.parse(await response.json()).code;

/** As `assert.rejects`, by the code of a problem. */
export const refusedWith = (code: ProblemCode) => (error: unknown) => (error as { code?: string }).code === code;

/** What an authenticator shows. */
export const codeAt = (base32: string, epochMs: number): string =>
  new TOTP({ secret: Secret.fromBase32(base32) }).generate({ timestamp: epochMs });
