// Follows an operation to its end, with one live line on a terminal and plain lines elsewhere. Ctrl-C cancels it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../shared/api/client.ts';
import { hasEnded, type Operation, type Transfer } from '../../shared/api/operations.ts';
import { isProblemError } from '../../shared/api/problem.ts';
import type { CommandContext } from './command-context.ts';
import { describeBytes } from './terminal/describe.ts';
import { safeLine } from './terminal/safe-text.ts';
import { cutToWidth } from './terminal/text-width.ts';

/** Events tell of changes at once; this is for the case that the stream breaks. */
const pollMilliseconds = 2_000;
const mostFailures = 5;

/** Resolves with the operation when it has ended, however it ended. Errors: DAEMON_002 if the daemon is lost. */
export async function watchOperation(context: CommandContext, api: ApiClient, first: Operation): Promise<Operation> {
  const done = new AbortController();
  const stopped = AbortSignal.any([done.signal, context.signal]);
  let latest = first;
  const show = createProgressLine(context);
  const take = (operation: Operation) => {
    if (operation.id !== first.id || hasEnded(latest)) return;
    latest = operation;
    show(operation);
    if (hasEnded(operation)) done.abort();
  };
  const release = context.interrupt.handle(() => {
    context.output.notice('Cancelling. Press Ctrl-C again to leave it to the daemon.');
    api.cancelOperation({ params: { id: first.id } }).then(take, () => {});
  });
  take(first);
  const events = api.followEvents({
    signal: stopped,
    onEvent: event => {
      if (event.type === 'operation.changed') take(event.operation);
    },
  });
  // Its failure is that of the poll beside it, which reports it.
  events.catch(() => {});
  try {
    await poll(api, first.id, take, stopped);
    context.signal.throwIfAborted();
    return latest;
  } finally {
    release();
    done.abort();
    context.output.progress('');
  }
}

async function poll(
  api: ApiClient,
  id: string,
  take: (operation: Operation) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; !signal.aborted; await sleep(pollMilliseconds, undefined, { signal }).catch(() => {})) {
    try {
      take(await api.getOperation({ params: { id } }, { signal }));
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      const lost = isProblemError(error) && error.code === 'DAEMON_002';
      if (!lost || ++failures >= mostFailures) throw error;
    }
  }
}

/** Shows each step: over the last one on a terminal, as a line of its own elsewhere, and not at all for programs. */
function createProgressLine({ output }: CommandContext): (operation: Operation) => void {
  let lastStep = '';
  return ({ step, progress, title, transfer }) => {
    const text = safeLine(step || title);
    const speed = transfer && transfer.bytesPerSecond > 0 ? `, ${describeTransfer(transfer)}` : '';
    const percent = progress === null ? '' : `${String(Math.floor(progress * 100)).padStart(3)} %  `;
    if (output.interactive)
      output.progress(cutToWidth(`${percent}${text}${speed}`, (process.stderr.columns || 80) - 1));
    // Counters within a step would fill a log.
    const kind = text.replace(/\d+/g, '#');
    if (!output.interactive && !output.json && kind !== lastStep) output.notice(text);
    lastStep = kind;
  };
}

const describeTransfer = ({ bytes, totalBytes, bytesPerSecond }: Transfer): string =>
  `${describeBytes(bytes)}${totalBytes === null ? '' : ` of ${describeBytes(totalBytes)}`}, ${describeBytes(bytesPerSecond)}/s`;
