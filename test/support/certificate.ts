// Certificates of their own making for this machine, good for two days.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TlsFiles } from '../../daemon/platform/tls-files.ts';

export function makeCertificate(folder: string, name = 'own'): TlsFiles {
  const made = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...names, '-keyout', made.key, '-out', made.cert], {
    stdio: 'ignore',
  });
  return made;
}
