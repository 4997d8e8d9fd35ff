// The key of the hashes in the call history. It lies beside the database and not in it: whoever gets a copy of the history
// alone cannot try out arguments.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writePrivateFile } from '../../platform/private-file.ts';

const bytes = 32;

/** Makes the file if there is none that can be used; hashes of earlier calls then fit no later ones. Errors: DAEMON_006, DAEMON_009. */
export function readHistoryKey(file: string): Uint8Array {
  const key = tryRead(file);
  if (key) return key;
  const made = randomBytes(bytes);
  writePrivateFile(file, `${made.toString('base64url')}\n`);
  return made;
}

function tryRead(file: string): Uint8Array | undefined {
  try {
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
    return key.length === bytes ? key : undefined;
  } catch {
    return undefined;
  }
}
