// Counts tokens in a thread of its own, which ends when it has done so: the table of the encoding takes some 70 MB.
import { parentPort } from 'node:worker_threads';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

/** Longer pieces without a space would take time by the square of their length. */
const piece = 4_096;
/** Names of control tokens in a description are text like any other. */
const asText = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

function count(text: string): number {
  let tokens = 0;
  for (let at = 0; at < text.length; at += piece) tokens += countTokens(text.slice(at, at + piece), asText);
  return tokens;
}

parentPort?.on('message', (texts: string[]) => {
  for (const text of texts) parentPort?.postMessage(count(text));
});
