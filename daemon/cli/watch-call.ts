// Follows a call while it runs: its progress on a live line, its log messages, and what the server asks of the person.
import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../../shared/api/client.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import { isProblemError } from '../../shared/api/problem.ts';
import { answerQuestion } from './answer-question.ts';
import { isInteractive } from './arguments/secret-input.ts';
import type { CommandContext } from './command-context.ts';
import { safeJson, safeLine } from './terminal/safe-text.ts';
import { cutToWidth } from './terminal/text-width.ts';

/** What a request's body needs to be watched; empty if nobody is there to watch. */
export type Watching = { watch: true; callId: string } | Record<string, never>;

/** So long it is waited for the stream of events; without it the call is made unwatched. */
const streamMilliseconds = 3_000;

/**
 * Makes a request that is watched if a person is there, or if `input` is false: then what the server asks is declined.
 * Without either, the server is told that nobody can be asked.
 */
export async function watchCall<T>(
  context: CommandContext,
  api: ApiClient,
  input: boolean,
  request: (watching: Watching) => Promise<T>,
): Promise<T> {
  if (input && !isInteractive(context)) return await request({});
  const callId = randomUUID();
  const done = new AbortController();
  const show = createShow(context);
  let questions = Promise.resolve();
  const onEvent = (event: DaemonEvent): void => {
    show(event, callId);
    if (event.type !== 'question.asked' || event.question.callId !== callId) return;
    // One after the other: a person has one keyboard.
    questions = questions
      .then(() => answerQuestion(context, api, event.question, input && isInteractive(context)))
      .catch(error => {
        if (!done.signal.aborted) context.output.notice(isProblemError(error) ? error.problem.detail : String(error));
      });
  };
  const stopped = AbortSignal.any([done.signal, context.signal]);
  try {
    const isFollowing = await follow(api, stopped, onEvent);
    return await request(isFollowing ? { watch: true, callId } : {});
  } finally {
    done.abort();
    context.output.progress('');
  }
}

/** Resolves once events come: what happens before that would be missed. */
async function follow(api: ApiClient, signal: AbortSignal, onEvent: (event: DaemonEvent) => void): Promise<boolean> {
  return await new Promise<boolean>(resolve => {
    const timer = setTimeout(() => resolve(false), streamMilliseconds);
    const begun = () => {
      clearTimeout(timer);
      resolve(true);
    };
    const following = api.followEvents({
      signal,
      onEvent: event => {
        begun();
        onEvent(event);
      },
    });
    // Somebody who may not follow events can still call.
    following.catch(() => resolve(false)).finally(() => clearTimeout(timer));
  });
}

function createShow({ output }: CommandContext): (event: DaemonEvent, callId: string) => void {
  return (event, callId) => {
    if (event.type === 'call.progress' && event.callId === callId) {
      const { progress, total, message } = event;
      const part = total === null || total <= 0 ? String(progress) : `${Math.floor((progress / total) * 100)} %`;
      const text = safeLine(`${part}${message === null ? '' : `  ${message}`}`);
      if (output.interactive) output.progress(cutToWidth(text, (process.stderr.columns || 80) - 1));
    }
    if (event.type === 'call.log' && event.callId === callId) {
      const data = typeof event.data === 'string' ? event.data : safeJson(event.data);
      output.notice(`${event.level}: ${data}`);
    }
  };
}
