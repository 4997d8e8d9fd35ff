// What a notification says of something that takes a while.
import type { Operation, Transfer } from '../../shared/api/operations.ts';

/** "2 of 5: Pulling mcp/x:1, 46 of 110 MB, 5.8 MB/s": the step, what is being done, and how far an image has come. */
export function describeProgress({ step, steps, transfer }: Operation): string {
  const at = steps.findIndex(({ state }) => state === 'running');
  const place = at === -1 || steps.length < 2 ? '' : `${at + 1} of ${steps.length}: `;
  return `${place}${step}${transfer ? `, ${describeTransfer(transfer)}` : ''}`;
}

function describeTransfer({ bytes, totalBytes, bytesPerSecond }: Transfer): string {
  const amount = totalBytes === null ? `${megabytes(bytes)} MB` : `${megabytes(bytes)} of ${megabytes(totalBytes)} MB`;
  return bytesPerSecond > 0 ? `${amount}, ${megabytes(bytesPerSecond)} MB/s` : amount;
}

/** One digit after the point only where it tells something. */
function megabytes(bytes: number): string {
  const amount = bytes / 1_048_576;
  return amount < 10 ? amount.toFixed(1) : amount.toFixed(0);
}
