// The engine's stream of events about the containers of MCP servers.
import type { Socket } from 'node:net';
import * as z from 'zod';
import { serverLabel } from './container-inspection.ts';
import type { EngineApi } from './engine-api.ts';
import { followJsonLines } from './json-lines.ts';

const Event = z.looseObject({
  Type: z.literal('container'),
  Action: z.string(),
  Actor: z.looseObject({ ID: z.string().regex(/^[a-f0-9]{64}$/) }),
});

export interface ContainerEvent {
  id: string;
  /** create, start, die, destroy, "health_status: healthy" … */
  action: string;
}

export interface EventStream {
  /** Resolves when the engine has ended the stream, rejects when it was cut. */
  follow(onEvent: (event: ContainerEvent) => void): Promise<void>;
  close(): void;
}

const connectMs = 10_000;
const keepAliveMs = 15_000;
/** They change nothing that we show. */
const withoutMeaning = /^(?:exec_|attach|top|resize|export|commit|copy|archive-path|extract-to-dir)/;

/** Resolves when the engine has accepted. Errors: those of dockerode, unchanged; DOCKER_005. */
export async function openEvents(api: EngineApi, signal: AbortSignal): Promise<EventStream> {
  const own = new AbortController();
  const abortSignal = AbortSignal.any([signal, own.signal]);
  const limit = setTimeout(() => own.abort(), connectMs);
  try {
    const docker = await api.client();
    const options: object = { filters: { type: ['container'], label: [`${serverLabel}=true`] }, abortSignal };
    const stream = await docker.getEvents(options);
    // An engine behind a network that went away says nothing any more, and nothing is what it says when all is quiet.
    (stream as { socket?: Socket }).socket?.setKeepAlive?.(true, keepAliveMs);
    return {
      follow: onEvent =>
        followJsonLines(stream, value => {
          const { success, data } = Event.safeParse(value);
          if (success && !withoutMeaning.test(data.Action)) onEvent({ id: data.Actor.ID, action: data.Action });
        }),
      close: () => own.abort(),
    };
  } finally {
    clearTimeout(limit);
  }
}
