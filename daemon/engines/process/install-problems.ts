// Turns what npm's libraries throw into our problems.
import * as z from 'zod';
import { isProblemError, type ProblemError, problem } from '../../../shared/api/problem.ts';
import { withoutLogins } from './without-logins.ts';

export interface WantedPackage {
  package: string;
  version: string;
}

const NpmError = z.looseObject({
  code: z.union([z.string(), z.number()]).optional().catch(undefined),
  message: z.string().catch(''),
  uri: z.string().optional().catch(undefined),
  path: z.string().optional().catch(undefined),
  statusCode: z.number().optional().catch(undefined),
  pkgid: z.string().optional().catch(undefined),
});
type NpmError = z.infer<typeof NpmError>;

const unreachable = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'EPROTO',
  'ECONNECTIONTIMEOUT',
  'EIDLETIMEOUT',
  'ERESPONSETIMEOUT',
  'ETRANSFERTIMEOUT',
  'EINVALIDPROXY',
  'EINVALIDRESPONSE',
  'ENOTCACHED',
  'ERR_SOCKET_TIMEOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
  'FETCH_ERROR',
  'CERT_HAS_EXPIRED',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'HOSTNAME_MISMATCH',
]);

const isCertificateCode = (code: string): boolean => /CERT|TLS|SSL|SIGNATURE|HOSTNAME_MISMATCH/.test(code);

/** The problem for an error of an install. A problem stays what it is. */
export function toInstallProblem(error: unknown, wanted: WantedPackage): ProblemError {
  if (isProblemError(error)) return error;
  const npm = NpmError.safeParse(error instanceof Error ? { ...error, message: error.message } : {}).data ?? {
    message: '',
  };
  const code = String(npm.code ?? '');
  return (
    notFound(npm, code, wanted, error) ??
    notPinned(npm, code, wanted, error) ??
    notReached(npm, code, error) ??
    notWritten(npm, code, error) ??
    notAllowed(npm, code, wanted, error) ??
    other(npm, code, wanted, error)
  );
}

function notFound(npm: NpmError, code: string, wanted: WantedPackage, cause: unknown) {
  const { package: name, version } = wanted;
  if (code === 'ETARGET' || code === 'ENOVERSIONS') {
    const own = npm.message.includes(`${name}@`);
    return problem('INSTALL_001', {
      detail: own
        ? `The package ${name} has no version that fits "${version}".`
        : `${name} needs a package version that the registry does not have: ${firstLine(npm.message)}`,
      next: own ? 'Choose another version, or "latest".' : 'Tell the author of the package, or choose another version.',
      cause,
    });
  }
  if (code !== 'E404') return undefined;
  const missing = packageOf(npm.uri) ?? packageOf(npm.pkgid) ?? name;
  return problem('INSTALL_001', {
    detail:
      missing === name
        ? `The registry has no package ${name}, or it needs a login to see it.`
        : `${name} needs the package ${missing}, which the registry does not have.`,
    next: missing === name ? 'Check the spelling of the name.' : 'Tell the author of the package.',
    cause,
  });
}

/** The package that a registry address or an id such as "name@1.2.3" is about. */
function packageOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const path = text.replace(/^https?:\/\/[^/]+\//, '').replace(/%2f/gi, '/');
  return /(@[^/]+\/[^/@]+|[^/@]+)(?:@.*)?$/.exec(path)?.[1];
}

function notPinned(npm: NpmError, code: string, { package: name }: WantedPackage, cause: unknown) {
  if (code !== 'EINTEGRITY') return undefined;
  return problem('INSTALL_002', {
    detail: `A download for ${name} does not have the checksum that the registry gave for it.`,
    next: 'Try again. If it happens again, the registry or a proxy on the way changes packages: do not use it.',
    cause: cause ?? npm.message,
  });
}

function notReached(npm: NpmError, code: string, cause: unknown) {
  const host = hostOf(npm.uri) ?? hostOf(npm.message);
  const registry = host ? `The package registry at ${host}` : 'The package registry';
  if (isCertificateCode(code)) {
    return problem('INSTALL_003', {
      detail: `${registry} has a certificate that is not trusted here (${code}).`,
      next: 'Set "cafile" in your npmrc to the certificate of your network, then try again.',
      cause,
    });
  }
  const isServerError = /^E5\d\d$/.test(code) || code === 'E429';
  if (!unreachable.has(code) && !isServerError) return undefined;
  return problem('INSTALL_003', {
    detail: `${registry} ${reasonOf(code)}.`,
    next: 'Check the network, and the registry and proxy settings in your npmrc, then try again.',
    cause,
  });
}

function reasonOf(code: string): string {
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return `was not found: its name cannot be resolved (${code})`;
  if (code === 'ECONNREFUSED') return 'refused the connection (ECONNREFUSED)';
  if (code === 'ENOTCACHED')
    return 'was not asked, because npm is set to work offline, and the package was never downloaded';
  if (code.includes('TIME')) return `did not answer in time (${code})`;
  if (code === 'E429') return 'asks for a pause: too many requests were made (429)';
  if (/^E5/.test(code)) return `has a problem of its own (${code.slice(1)})`;
  return `cannot be reached (${code})`;
}

function notWritten(npm: NpmError, code: string, cause: unknown) {
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return problem('INSTALL_004', {
      detail: 'There was no space left while the package was unpacked. Nothing of it was kept.',
      next: 'Free some space and try again.',
      cause,
    });
  }
  if (!['EACCES', 'EPERM', 'EROFS', 'EMFILE', 'ENFILE'].includes(code) || npm.statusCode !== undefined)
    return undefined;
  return problem('INSTALL_008', {
    detail: `${npm.path ?? 'A file'} could not be written (${code}).`,
    next: 'Make the folder writable for your user and try again.',
    cause,
  });
}

function notAllowed(npm: NpmError, code: string, { package: name }: WantedPackage, cause: unknown) {
  if (code === 'E401' || code === 'E403' || code === 'ENEEDAUTH') {
    return problem('INSTALL_008', {
      detail: `The package registry${hostOf(npm.uri) ? ` at ${hostOf(npm.uri)}` : ''} did not accept the login for ${name} (${code.slice(1)}).`,
      next: 'Sign in with "npm login", or correct the token in your npmrc, then try again.',
      cause,
    });
  }
  if (/^EALLOW/.test(code)) {
    return problem('INSTALL_008', {
      detail: `${name} needs a package that does not come from a registry, and such packages have no checksum to check.`,
      next: 'Choose another version, or add the server as a command.',
      cause,
    });
  }
  if (code === 'EBADPLATFORM' || code === 'EBADENGINE') {
    return problem('INSTALL_008', {
      detail: `${name} is not made for this system: ${firstLine(npm.message)}`,
      next: 'Choose another version.',
      cause,
    });
  }
  return undefined;
}

function other(npm: NpmError, code: string, { package: name }: WantedPackage, cause: unknown) {
  return problem('INSTALL_008', {
    detail: `${name} could not be installed: ${firstLine(npm.message) || 'the installer gave no reason'}${code ? ` (${code})` : ''}`,
    next: 'Try again; the daemon’s log has the details.',
    cause,
  });
}

const firstLine = (text: string): string => withoutLogins(text.split('\n', 1)[0] ?? '').slice(0, 300);

function hostOf(text: string | undefined): string | undefined {
  const address = /https?:\/\/[^\s'"]+/.exec(text ?? '')?.[0];
  return address && URL.canParse(address) ? new URL(address).host : undefined;
}
