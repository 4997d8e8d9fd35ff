import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** This program's version: set by the bundler, read from the package when it runs from its sources. */
export const version: string = process.env.QUAYSIDE_VERSION ?? readOwnVersion();

function readOwnVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
