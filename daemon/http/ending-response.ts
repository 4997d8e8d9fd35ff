// Requests and answers that end when somebody is not let in any more, whatever the other side still has to say.

/** The listener's own Request cannot be copied by the global one, so the signal alone is put in its place. */
export const withSignal = (request: Request, signal: AbortSignal): Request =>
  new Proxy(request, {
    get(target, key) {
      if (key === 'signal') return signal;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/** A stream ends in order: one that broke would be an error in the listener, and there is none. */
export function endingWith(signal: AbortSignal, response: Response): Response {
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) return response;
  const reader = response.body.getReader();
  const end = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    try {
      controller.close();
    } catch {
      // It has ended from one of its sides already.
    }
    reader.cancel().catch(() => {});
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (signal.aborted) end(controller);
      else signal.addEventListener('abort', () => end(controller), { once: true });
    },
    async pull(controller) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (signal.aborted) return;
      if (done || !value) end(controller);
      else controller.enqueue(value);
    },
    cancel: reason => reader.cancel(reason),
  });
  return new Response(body, response);
}
