// Ends and removes one container. That it has gone meanwhile is what was wanted.
import type { EngineApi } from './engine-api.ts';
import { statusCodeOf } from './engine-problems.ts';

/** What Docker's gateway waits as well (CONTRACT section 6). */
const graceSeconds = 5;

/** Errors: DOCKER_003 to DOCKER_005, DOCKER_015. */
export async function endContainer(api: EngineApi, id: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  await api.request(
    'stop the container',
    async ({ docker, abortSignal }) => {
      const container = docker.getContainer(id);
      // Its own stop signal first, which is SIGTERM unless its image says otherwise.
      const act =
        signal === 'SIGKILL'
          ? container.kill({ signal, abortSignal })
          : container.stop({ t: graceSeconds, abortSignal });
      await act.catch(ignoreGone);
    },
    { ms: graceSeconds * 1_000 + 20_000 },
  );
}

/** With its anonymous volumes, as --rm does. Errors: DOCKER_003 to DOCKER_005, DOCKER_015. */
export async function removeContainer(api: EngineApi, id: string): Promise<void> {
  await api.request('remove the container', async ({ docker, abortSignal }) => {
    await docker.getContainer(id).remove({ force: true, v: true, abortSignal }).catch(ignoreGone);
  });
}

/** 304: has ended already. 404: is not there. 409: is not running, or is being removed by somebody else. */
const ignoreGone = (error: unknown): void => {
  if (![304, 404, 409].includes(statusCodeOf(error) ?? 0)) throw error;
};
