// Two requests that dockerode makes without a way to end them: a caller that gives up would leave their connections open.
import type { RequestScope } from './engine-api.ts';
import type { RegistryLogin } from './registry-login.ts';

/** GET /images/NAME/json */
export const inspectImage = (scope: RequestScope, name: string): Promise<unknown> =>
  read(scope, `/images/${name}/json`);

/** GET /distribution/NAME/json: the engine asks the registry. */
export const inspectDistribution = (scope: RequestScope, name: string, login?: RegistryLogin): Promise<unknown> =>
  read(scope, `/distribution/${name}/json`, login);

function read({ docker, abortSignal }: RequestScope, path: string, authconfig?: RegistryLogin): Promise<unknown> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      {
        // A name may hold "/", which stays, but nothing that would begin a query.
        path: encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23'),
        method: 'GET',
        abortSignal,
        ...(authconfig ? { authconfig } : {}),
        statusCodes: { 200: true, 401: 'no access', 404: 'not found', 500: 'server error' },
      },
      (error: unknown, answer: unknown) => (error ? reject(error) : resolve(answer)),
    );
  });
}
