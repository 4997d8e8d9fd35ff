// The page at the daemon's own address: requests by fetch with the session's cookie, places in the address's hash.
import { signal } from '@preact/signals';
import { proofHeader } from '../../shared/api/access.ts';
import { fetchCarrier } from '../../shared/api/carriers.ts';
import type { Carrier } from '../../shared/api/client.ts';
import { type OperationId, routes } from '../../shared/api/routes.ts';
import type { Host } from './host.ts';
import { formatLocation, parseLocation } from './location.ts';

export function createPageHost(start: string): Host {
  const location = signal(parseLocation(window.location.hash || start));
  window.addEventListener('hashchange', () => {
    location.value = parseLocation(window.location.hash);
  });
  return {
    kind: 'page',
    carrier: createPageCarrier(),
    location,
    linkTo: target => `#/${formatLocation(target)}`,
    open: target => {
      window.location.hash = `/${formatLocation(target)}`;
    },
    replace: target => {
      window.history.replaceState(null, '', `#/${formatLocation(target)}`);
      location.value = target;
    },
    copy: text => navigator.clipboard.writeText(text),
    openExternal: url => {
      if (/^https?:\/\//.test(url)) window.open(url, '_blank', 'noopener,noreferrer');
    },
    openText: (text, language, name) =>
      download(
        new Blob([text], { type: language === 'json' ? 'application/json' : 'text/plain;charset=utf-8' }),
        `${safeName(name.replace(/\.(?:json|txt)$/, ''))}.${language === 'json' ? 'json' : 'txt'}`,
      ),
    save: ({ name, mediaType, base64 }) =>
      download(
        new Blob([Uint8Array.from(atob(base64), each => each.charCodeAt(0))], { type: mediaType }),
        safeName(name),
      ),
  };
}

const proofKey = 'quayside.session-proof';

/** Kept for later visits where the browser allows it; else for this one. */
const proof = {
  kept: undefined as string | undefined,
  read(): string | undefined {
    try {
      return localStorage.getItem(proofKey) ?? this.kept;
    } catch {
      return this.kept;
    }
  },
  write(value: string | undefined): void {
    this.kept = value;
    try {
      if (value === undefined) localStorage.removeItem(proofKey);
      else localStorage.setItem(proofKey, value);
    } catch {
      // A browser that keeps nothing for pages: the session ends with this visit.
    }
  },
};

/** The cookie is half of a session. The other half is kept here, where no page of another port can read it. */
function createPageCarrier(): Carrier {
  const headers = (): Record<string, string> => {
    const value = proof.read();
    return value === undefined ? {} : { [proofHeader]: value };
  };
  const carrier = fetchCarrier({ fetch: (url, init) => window.fetch(url, init), baseUrl: '', headers });
  return {
    ...carrier,
    async send(request) {
      const response = await carrier.send(request);
      if (signsIn.has(request.operationId)) {
        const session = routes.createSession.response.safeParse(response.body);
        if (session.success) proof.write(session.data.proof);
      }
      if (request.operationId === 'deleteSession') proof.write(undefined);
      return response;
    },
  };
}

/** Each answers a session with its proof. */
const signsIn: ReadonlySet<OperationId> = new Set<OperationId>([
  'createSession',
  'signIn',
  'signInWithBitwarden',
  'takeInvitation',
]);

const safeName = (name: string): string => name.replace(/[^A-Za-z0-9._-]+/g, '-');

function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
