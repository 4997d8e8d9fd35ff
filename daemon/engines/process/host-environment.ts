// What a server may know of the host's environment: what programs need to run at all, and nothing else.

export type HostEnvironment = Readonly<Record<string, string | undefined>>;

const allowed = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TERM',
  'TMPDIR',
  'TZ',
  'XDG_RUNTIME_DIR',
]);

/** Without these, programs on Windows do not find their own libraries, folders and temporary files. */
const allowedOnWindows = new Set([
  'ALLUSERSPROFILE',
  'APPDATA',
  'COMMONPROGRAMFILES',
  'COMMONPROGRAMFILES(X86)',
  'COMPUTERNAME',
  'COMSPEC',
  'HOMEDRIVE',
  'HOMEPATH',
  'LOCALAPPDATA',
  'NUMBER_OF_PROCESSORS',
  'OS',
  'PATH',
  'PATHEXT',
  'PROCESSOR_ARCHITECTURE',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'PROGRAMFILES(X86)',
  'PUBLIC',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
  'TZ',
  'USERDOMAIN',
  'USERNAME',
  'USERPROFILE',
  'WINDIR',
]);

const proxyNames = new Set([
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]);

/** True for the variables that name a way out to the network. They are known in small letters as well. */
export const isProxyVariable = (name: string): boolean => proxyNames.has(name.toUpperCase());

/** The part of the host's environment that a server gets. */
export function cleanEnvironment(
  host: HostEnvironment,
  { platform, inheritProxy }: { platform: NodeJS.Platform; inheritProxy: boolean },
): Record<string, string> {
  const isAllowed = (name: string) =>
    platform === 'win32' ? allowedOnWindows.has(name.toUpperCase()) : allowed.has(name) || name.startsWith('LC_');
  return pick(host, name => isAllowed(name) || (inheritProxy && isProxyVariable(name)));
}

/** What an installer gets besides: npm's own settings, and the way to the registry. */
export function installerEnvironment(host: HostEnvironment, platform: NodeJS.Platform): Record<string, string> {
  const isOfNpm = (name: string) => /^(?:npm_config_|NPM_CONFIG_)/i.test(name);
  const npmSettings = pick(
    host,
    name => isOfNpm(name) || ['PREFIX', 'DESTDIR', 'XDG_CONFIG_HOME', 'NPM_TOKEN'].includes(name),
  );
  // A user's npmrc may name any variable: `//registry.example/:_authToken=${MY_TOKEN}`. Only the installer sees them.
  const rest = pick(host, name => !/^(?:QUAYSIDE_|VSCODE_|ELECTRON_|npm_|NODE_)/i.test(name));
  return { ...cleanEnvironment(host, { platform, inheritProxy: true }), ...rest, ...npmSettings };
}

function pick(host: HostEnvironment, wanted: (name: string) => boolean): Record<string, string> {
  const chosen: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) if (value !== undefined && wanted(name)) chosen[name] = value;
  return chosen;
}
