// What the gateway writes on standard error, and into --log.
import { appendFileSync } from 'node:fs';

export function createLog(warn, file) {
  const write = text => {
    warn(text);
    if (file) appendFileSync(file, text);
  };
  return {
    line: text => write(`${text}\n`),
    /** Without its newline, as the warning of a pull is. */
    raw: write,
  };
}
