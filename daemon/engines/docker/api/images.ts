// Images by the Engine API: what is here, whether it runs here, pulling it with progress, and keeping one to go back to.
import * as z from 'zod';
import { isProblemError, type ProblemError, problem } from '../../../../shared/api/problem.ts';
import { type Clock, systemClock } from '../../../platform/clock.ts';
import type { EngineIdentity, ImageControl, LocalImage, PullOptions } from './container-control.ts';
import type { EngineApi } from './engine-api.ts';
import { isNotFound, isUnreachable, messageOf, statusCodeOf } from './engine-problems.ts';
import { readImage } from './image-inspection.ts';
import { parseReference } from './image-reference.ts';
import { inspectDistribution, inspectImage } from './image-requests.ts';
import { followJsonLines } from './json-lines.ts';
import { toPullProblem } from './pull-problems.ts';
import { createPullReader } from './pull-progress.ts';
import type { RegistryLogin } from './registry-login.ts';

export interface ImageControlOptions {
  api: EngineApi;
  clock?: Clock;
  /** The login for a registry; undefined if there is none. */
  login?: (registry: string) => Promise<RegistryLogin | undefined>;
  /** A pull that says nothing for so many milliseconds has failed. */
  silenceMs?: number;
}

/** Images that are kept for going back have this name and the one that they were kept for as their tag. */
export const rollbackRepository = 'quayside.local/rollback';
const progressMs = 200;

export function createImageControl(options: ImageControlOptions): ImageControl {
  const { api } = options;
  let identity: { at: number; engine: EngineIdentity } | undefined;
  const clock = options.clock ?? systemClock;

  const engine = async (): Promise<EngineIdentity | undefined> => {
    if (identity && clock.now() - identity.at < 60_000) return identity.engine;
    const ping = await api.ping();
    if (!ping.ok) return undefined;
    identity = { at: clock.now(), engine: ping.engine };
    return ping.engine;
  };

  const find = async (reference: string): Promise<LocalImage | undefined> => {
    const answer = await api.request('look at the image', async scope =>
      inspectImage(scope, reference).catch(error => {
        if (isNotFound(error)) return undefined;
        throw error;
      }),
    );
    return answer === undefined ? undefined : readImage(answer, await engine());
  };

  const tag = async (from: string, repo: string, version: string): Promise<boolean> =>
    await api.request('name the image', async ({ docker, abortSignal }) => {
      try {
        await docker.getImage(from).tag({ repo, tag: version, abortSignal });
        return true;
      } catch (error) {
        if (isNotFound(error)) return false;
        throw error;
      }
    });

  const dropRollback = async (reference: string): Promise<void> => {
    await api.request('forget the kept image', async ({ docker, abortSignal }) => {
      const removeOptions: object = { abortSignal, noprune: false };
      await docker
        .getImage(rollbackName(reference))
        .remove(removeOptions)
        .catch(error => {
          // 409: a container still runs on it, and it goes with the next clean-up.
          if (![404, 409].includes(statusCodeOf(error) ?? 0)) throw error;
        });
    });
  };

  return {
    find,
    async pull(reference, pullOptions) {
      parseReference(reference);
      await pull({ ...options, clock }, reference, pullOptions);
      const image = await find(reference);
      if (image) return image;
      throw problem('DOCKER_015', {
        detail: `The engine has pulled ${reference} and does not have it.`,
        next: 'Try again; something else may be removing images.',
      });
    },
    remoteDigest: (reference, { signal } = {}) => readRemoteDigest(options, reference, signal),
    async tagForRollback(reference) {
      const name = rollbackName(reference);
      const image = await find(reference);
      return image && (await tag(image.id, rollbackRepository, tagOf(name))) ? name : undefined;
    },
    async rollBack(reference) {
      const { name, tag: version, digest } = parseReference(reference);
      // What is named by its content needs no name: it is here, or it is not.
      if (digest !== null) return (await find(rollbackName(reference))) !== undefined;
      return await tag(rollbackName(reference), name, version ?? 'latest');
    },
    dropRollback,
  };
}

/** The tag may have 128 characters, and none of "/", ":" and "@". */
export function rollbackName(reference: string): string {
  const { name, tag: version, digest } = parseReference(reference);
  const text = `${name}_${digest?.slice(7, 31) ?? version ?? 'latest'}`.replace(/[^A-Za-z0-9_.-]/g, '_');
  return `${rollbackRepository}:${text.slice(-127).replace(/^[.-]+/, '')}`;
}

const tagOf = (name: string): string => name.slice(name.lastIndexOf(':') + 1);

async function pull(
  { api, login, clock = systemClock, silenceMs = 120_000 }: ImageControlOptions,
  reference: string,
  { signal, onProgress }: PullOptions,
): Promise<void> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), silenceMs);
  const reader = createPullReader(clock);
  let told = 0;
  try {
    if (signal.aborted) throw cancelled(reference);
    const { registry } = parseReference(reference);
    const authconfig = await login?.(registry);
    const docker = await api.client();
    const abortSignal = AbortSignal.any([signal, silent.signal]);
    onProgress(reader.progress());
    const stream = await docker.pull(reference, { abortSignal, ...(authconfig ? { authconfig } : {}) });
    await followJsonLines(stream, value => {
      timer.refresh();
      const now = clock.now();
      if (!reader.take(value) || now - told < progressMs) return;
      told = now;
      onProgress(reader.progress());
    });
    if (reader.error !== undefined) throw toPullProblem(reader.error, reference);
    onProgress(reader.progress());
  } catch (error) {
    if (signal.aborted) throw cancelled(reference);
    throw await toProblem(error, reference, api, silent.signal.aborted ? silenceMs : undefined);
  } finally {
    clearTimeout(timer);
  }
}

const Distribution = z.looseObject({ Descriptor: z.looseObject({ digest: z.string() }) });
const askMs = 30_000;

async function readRemoteDigest(
  { api, login }: ImageControlOptions,
  reference: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { registry } = parseReference(reference);
  const authconfig = await login?.(registry);
  try {
    const answer = await api.raw(scope => inspectDistribution(scope, reference, authconfig), { signal, ms: askMs });
    return Distribution.parse(answer).Descriptor.digest;
  } catch (error) {
    if (signal?.aborted) throw cancelled(reference);
    throw await toProblem(error, reference, api, undefined);
  }
}

const cancelled = (reference: string) =>
  problem('INSTALL_007', {
    detail: `Pulling ${reference} was cancelled.`,
    next: 'Start it again to go on: layers that were finished are kept where the engine can keep them.',
  });

async function toProblem(
  error: unknown,
  reference: string,
  api: EngineApi,
  silentMs: number | undefined,
): Promise<ProblemError> {
  if (isProblemError(error)) return error;
  if (silentMs !== undefined) {
    return problem('DOCKER_012', {
      detail: `The registry of ${reference} has sent nothing for ${Math.round(silentMs / 1_000)} seconds.`,
      next: 'Check the network, then try again.',
      cause: error,
    });
  }
  if (statusCodeOf(error) !== undefined && !isUnreachable(error))
    return toPullProblem(messageOf(error), reference, error);
  return await api.explain(error, 'pull the image');
}
