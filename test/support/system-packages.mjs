// Debian packages that the tests need: installed where we may, otherwise named, and the run fails. Never a silent skip.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { SetupError } from '../../daemon/setup.mjs';

/** Each package by what shows that it, or the same from another source, is there. */
const marks = {
  openssl: ['/usr/bin/openssl', '/usr/local/bin/openssl'],
  chromium: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  'libkrb5-dev': ['/usr/include/gssapi/gssapi.h', '/usr/include/gssapi.h'],
  python3: ['/usr/bin/python3', '/usr/local/bin/python3'],
  make: ['/usr/bin/make', '/usr/local/bin/make'],
  'g++': ['/usr/bin/g++', '/usr/local/bin/g++', '/usr/bin/clang++'],
  'docker.io': ['/usr/sbin/dockerd', '/usr/bin/dockerd', '/usr/local/bin/dockerd'],
  'docker-registry': ['/usr/bin/docker-registry', '/usr/local/bin/docker-registry'],
  // The same path may hold a busybox that needs libraries.
  'busybox-static': ['/usr/share/doc/busybox-static', '/bin/busybox.static'],
};

const aptMilliseconds = 10 * 60_000;
const isMissing = name => !marks[name].some(existsSync);
const hasApt = () => existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env,
    timeout: aptMilliseconds,
  });
  return status === 0;
}

/** Installs what is missing by apt as root on Debian and Ubuntu. Throws a SetupError that names what is still missing. */
export function ensureSystemPackages(names, say = console.log) {
  const missing = names.filter(isMissing);
  if (missing.length === 0) return;
  if (hasApt()) {
    say(`Installing ${missing.join(', ')} (once; one to two minutes) ...`);
    apt(['update', '-qq']);
    apt(['install', '-y', '-qq', '--no-install-recommends', ...missing]);
  }
  const still = names.filter(isMissing);
  if (still.length === 0) return;
  const reason = hasApt() ? 'apt-get could not install them' : 'this user may not install them';
  throw new SetupError(
    `The tests need ${still.join(', ')}, and ${reason}. ` +
      `Install them, on Debian with "sudo apt-get install ${still.join(' ')}", then try again.`,
  );
}
