// The certificate and the key of the port's door, from the files that the user names.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { problem } from '../../shared/api/problem.ts';

export interface TlsFiles {
  cert: string;
  key: string;
}

/** PEM texts that fit each other. */
export interface TlsKeys {
  cert: string;
  key: string;
}

/** Errors: REQUEST_001 for a file that cannot be read, that is none, and for a key of another certificate. No text of them is told. */
export function readTlsFiles(files: TlsFiles, now = Date.now()): TlsKeys {
  const keys = { cert: read('QUAYSIDE_TLS_CERT', files.cert), key: read('QUAYSIDE_TLS_KEY', files.key) };
  try {
    createSecureContext({ ...keys, minVersion: 'TLSv1.2' });
  } catch (error) {
    throw notUsable(
      `${files.cert} and ${files.key} are no certificate and its key (PEM, without a passphrase).`,
      error,
    );
  }
  const { validTo } = new X509Certificate(keys.cert);
  if (Date.parse(validTo) <= now) throw notUsable(`The certificate ${files.cert} has ended on ${validTo}.`);
  return keys;
}

function read(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw notUsable(`The file of ${variable}, ${path}, cannot be read (${code}).`, error);
  }
}

const notUsable = (detail: string, cause?: unknown) =>
  problem('REQUEST_001', {
    detail,
    next: 'Set QUAYSIDE_TLS_CERT and QUAYSIDE_TLS_KEY to files that belong together, or to nothing.',
    cause,
  });
