// A small npm registry on this machine, with packages that tests make and faults that they ask for.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeTarball } from './tarball.ts';

export interface TestPackage {
  name: string;
  version?: string;
  /** More members of package.json: bin, scripts, dependencies. */
  manifest?: Record<string, unknown>;
  files?: Record<string, string>;
}

export interface NpmRegistry {
  readonly url: string;
  /** Paths that were asked for, in order, with the authorisation that was sent. */
  readonly requests: { path: string; authorization: string | undefined }[];
  /** Publishes a package and answers its integrity. */
  publish(item: TestPackage): string;
  /** What the registry does wrong. May be changed at any time. */
  readonly faults: {
    /** Tarballs of these packages are not what was published. */
    corrupt: Set<string>;
    /** Tarballs of these packages never end. */
    hang: Set<string>;
    /** Every request is answered with this status. */
    status: number | undefined;
    /** Only requests with this bearer token are answered. */
    token: string | undefined;
  };
  close(): Promise<void>;
}

interface Published {
  tarball: Buffer;
  integrity: string;
  manifest: Record<string, unknown>;
}

export async function createNpmRegistry(): Promise<NpmRegistry> {
  const packages = new Map<string, Map<string, Published>>();
  const faults: NpmRegistry['faults'] = { corrupt: new Set(), hang: new Set(), status: undefined, token: undefined };
  const requests: NpmRegistry['requests'] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization });
    answer(request, response, packages, faults, url);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    requests,
    faults,
    publish({ name, version = '1.0.0', manifest = {}, files = {} }) {
      const whole = { name, version, ...manifest };
      const tarball = makeTarball({ 'package.json': JSON.stringify(whole), ...files });
      const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
      const versions = packages.get(name) ?? new Map<string, Published>();
      packages.set(name, versions.set(version, { tarball, integrity, manifest: whole }));
      return integrity;
    },
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  packages: Map<string, Map<string, Published>>,
  { corrupt, hang, status, token }: NpmRegistry['faults'],
  url: string,
): void {
  if (status !== undefined) return void response.writeHead(status).end('{}');
  if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
    return void response.writeHead(401).end('{"error":"unauthorized"}');
  }
  const path = decodeURIComponent(new URL(request.url ?? '/', url).pathname);
  const [name = '', file] = path.slice(1).split('/-/');
  const versions = packages.get(name);
  if (!versions) return void response.writeHead(404).end('{"error":"not found"}');
  if (file === undefined) return void response.end(JSON.stringify(toPackument(name, versions, url)));

  const { tarball } = versions.get(file.replace(/\.tgz$/, '')) ?? { tarball: Buffer.alloc(0) };
  if (!hang.has(name)) return void response.end(corrupt.has(name) ? makeTarball({ 'package.json': '{}' }) : tarball);
  response.writeHead(200, { 'content-length': tarball.length });
  response.write(tarball.subarray(0, 64));
}

function toPackument(name: string, versions: Map<string, Published>, url: string): object {
  const all = [...versions].map(([version, { manifest, integrity }]) => {
    const dist = { tarball: `${url}/${name}/-/${version}.tgz`, integrity };
    const scripts = manifest['scripts'] as Record<string, string> | undefined;
    const hasInstallScript = Boolean(scripts?.['preinstall'] ?? scripts?.['install'] ?? scripts?.['postinstall']);
    return [version, { ...manifest, dist, ...(hasInstallScript ? { hasInstallScript } : {}) }] as const;
  });
  return { name, 'dist-tags': { latest: all.at(-1)?.[0] }, versions: Object.fromEntries(all) };
}
