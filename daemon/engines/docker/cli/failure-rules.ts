// How the failures of docker and docker mcp read, in the order in which they are looked for (CONTRACT section 8).
import type { CliFailure } from '../../cli-error.ts';

export interface FailureRule {
  failure: CliFailure;
  pattern: RegExp;
  /** Why, as the end of a sentence, with the groups of the pattern. */
  why?: (...groups: string[]) => string;
  /** What to do about it, where this case has an advice of its own. */
  next?: string;
}

const all = (failure: CliFailure, rules: readonly Omit<FailureRule, 'failure'>[]): FailureRule[] =>
  rules.map(rule => ({ failure, ...rule }));

const there = (kind: string) => (name: string) => `there is no ${kind} "${name}"`;

/** What is wrong before anything was asked: docker, its plugin, the engine, Desktop. */
const surroundings: FailureRule[] = [
  { failure: 'plugin-missing', pattern: /unknown command: docker mcp|'mcp' is not a docker command/ },
  { failure: 'plugin-missing', pattern: /unknown (?:shorthand )?flag[\s\S]*Usage: {2}docker \[OPTIONS\] COMMAND/ },
  { failure: 'unsupported-command', pattern: /This command is obsolete/ },
  { failure: 'unsupported-command', pattern: /unknown (?:shorthand )?flag/ },
  { failure: 'unsupported-command', pattern: /unknown command "[^"\n]*" for "docker/ },
  { failure: 'engine-starting', pattern: /Docker Desktop is starting|docker\.raw\.sock: connect/ },
  {
    failure: 'engine-permission',
    pattern: /permission denied while trying to connect|docker\.sock: connect: permission denied/,
  },
  {
    failure: 'engine-down',
    pattern: /Cannot connect to the Docker daemon at ((?:unix|npipe):\S+?)\.(?:\s|$)/,
    why: address => `no Docker engine answers at ${address}`,
  },
  {
    failure: 'engine-down',
    pattern: /Cannot connect to the Docker daemon at (\S+?)\.(?:\s|$)/,
    why: address => `no Docker engine answers at ${address}`,
    next: 'See that the engine at this address runs, or correct DOCKER_HOST or the Docker context.',
  },
  { failure: 'engine-down', pattern: /Is the docker daemon running|error during connect:/ },
  {
    failure: 'engine-context',
    pattern: /context "([^"\n]+)": context not found/,
    why: name => `there is no Docker context "${name}"`,
  },
  { failure: 'engine-context', pattern: /unable to resolve docker endpoint|context not found/ },
  { failure: 'desktop', pattern: /Docker Desktop is not running/, why: () => 'Docker Desktop is not running' },
  {
    failure: 'desktop',
    pattern: /feature needs to be enabled in Docker Desktop Settings/,
    why: () => 'the MCP Toolkit is switched off in Docker Desktop',
    next: 'Switch on “Docker MCP Toolkit” in the settings of Docker Desktop, then try again.',
  },
  {
    failure: 'desktop',
    pattern: /needs to be enabled by your Administrator/,
    why: () => 'the MCP Toolkit is switched off by your administrator',
    next: 'Ask your administrator to allow the Docker MCP Toolkit.',
  },
  {
    failure: 'secrets-unavailable',
    pattern: /docker pass has not been installed/,
    why: () => '`docker pass`, which keeps Docker’s secrets, is not installed',
  },
  { failure: 'secrets-unavailable', pattern: /secrets engine is not available|error fetching secrets/ },
  { failure: 'oauth-unavailable', pattern: /tools\.sock: connect: no such file/ },
];

const missing = all('not-found', [
  { pattern: /profile "?([^"\s]+)"? not found/, why: there('profile') },
  { pattern: /failed to get profile: (\S+)/, why: there('profile') },
  {
    pattern: /catalog "?([^"\s]+)"? not found/,
    why: there('catalog'),
    next: 'Look at the list of catalogs. A reference without a tag means the tag “latest”.',
  },
  { pattern: /failed to get catalog (\S+): sql: no rows/, why: there('catalog') },
  { pattern: /sql: no rows in result set/ },
  { pattern: /server "?([^"\s]+)"? not found in/, why: there('server') },
  { pattern: /not found in catalog: \[([^\]\n]*)\]/, why: names => `the catalog has no server "${names}"` },
  { pattern: /no matching servers found to remove/, why: () => 'none of these servers is there' },
  { pattern: /unknown tool "([^"\n]+)"/, why: there('tool') },
  { pattern: /tool "?([^"\s]+)"? not found/, why: there('tool') },
  {
    pattern: /artifact (\S+): [\s\S]*MANIFEST_UNKNOWN/,
    why: reference => `the registry has nothing called "${reference}"`,
    next: 'Correct the name or the tag.',
  },
  {
    pattern: /MANIFEST_UNKNOWN/,
    why: () => 'the registry has nothing of this name',
    next: 'Correct the name or the tag.',
  },
  { pattern: /Vendor not found: ([\w-]+)/, why: there('client') },
  { pattern: /client (\S+) is not supported/, why: there('client') },
  { pattern: /unknown template: "?([\w.-]+)/, why: there('template') },
  { pattern: /unknown feature: ([\w-]+)/, why: there('feature') },
  { pattern: /could not delete secret: (\S+)\s+secret not found/, why: there('secret') },
  {
    pattern: /unsupported protocol scheme ""/,
    why: () => 'the catalog entry does not say where its tools and its readme can be read',
    next: 'Look at the server in the catalog’s own list.',
  },
]);

const conflicts = all('conflict', [
  {
    pattern: /(profile with id|catalog|server) "([^"\n]+)" already exists/,
    why: (kind, name) => `there is a ${kind === 'profile with id' ? 'profile' : kind} "${name}" already`,
  },
  { pattern: /already exists/ },
  {
    pattern: /tool name collision: server "([^"\n]+)" and server "([^"\n]+)" both expose tool name "([^"\n]+)"/,
    why: (one, two, tool) => `the servers "${one}" and "${two}" both have a tool "${tool}"`,
    next: 'Switch the feature “tool-name-prefix” on, or leave one of the two servers out.',
  },
  {
    pattern: /tool name collision/,
    why: () => 'two servers have a tool of the same name',
    next: 'Switch the feature “tool-name-prefix” on, or leave one of the servers out.',
  },
  {
    pattern: /listen \w+ (\S+): bind: address already in use/,
    why: address => `another program listens on ${address}`,
    next: 'End the other program, or choose another port.',
  },
  {
    pattern: /address already in use/,
    why: () => 'another program uses the port',
    next: 'End the other program, or choose another port.',
  },
]);

/** Before validation: "invalid server value" is also said when the network is away. */
const network = all('network', [
  {
    pattern: /verifying docker images:/,
    why: () => 'the signatures of the images could not be checked, which needs the internet',
    next: 'Look at the network and the proxy settings of this machine, then try again.',
  },
  {
    pattern: /failed to fetch readme/,
    why: () => 'the readme of the server could not be loaded, and without it docker mcp answers nothing',
    next: 'Look at the network of this machine, or use the server’s entry in the list of its catalog.',
  },
  {
    pattern: /lookup (\S+)(?: on [^\s:]+:\d+)?: no such host/,
    why: host => `the address of ${host} could not be found`,
  },
  { pattern: /no such host/ },
  {
    pattern: /dial tcp ([^\s:]+:\d+|\[[^\]\s]+\]:\d+): connect: connection refused/,
    why: address => `nothing answers at ${address}`,
  },
  { pattern: /(?<!\.sock: connect: )connection refused/ },
  {
    pattern: /UNAUTHORIZED|authentication required|DENIED|requested access to the resource is denied/,
    why: () => 'the registry wants to know who you are, or refuses you',
    next: 'Sign in with `docker login` for this registry, then try again.',
  },
  { pattern: /i\/o timeout|no route to host|network is unreachable|TOOMANYREQUESTS/ },
  {
    pattern: /\bTLS\b|tls:|x509:/,
    why: () => 'the secure connection could not be made',
    next: 'Look at the certificates and the proxy settings of this machine.',
  },
]);

const validation = all('validation', [
  {
    pattern: /Server '([^'\n]+)':\s+Missing\/invalid config: (\S+) \(missing\)/,
    why: (server, key) => `the server "${server}" needs a value for "${key}"`,
    next: 'Fill in the settings of the server.',
  },
  {
    pattern: /Server '([^'\n]+)':\s+Missing\/invalid config: (\S+) \([^\n]*has type "(\w+)", want "(\w+)"/,
    why: (server, key, has, wants) => `"${key}" of the server "${server}" is of the type ${has} and must be ${wants}`,
    next: 'Correct the settings of the server.',
  },
  {
    pattern: /Validation failed for|Missing\/invalid config/,
    why: () => 'the settings of a server are not complete or not of the right type',
    next: 'Correct the settings of the servers of this profile.',
  },
  {
    pattern: /image (\S+) is not a self-describing image/,
    why: image => `the image "${image}" does not say how it is run as an MCP server`,
    next: 'Use a server of a catalog, or an image with the label io.docker.server.metadata.',
  },
  {
    pattern: /docker image (\S+): image must be referenced by digest/,
    why: image => `the image "${image}" is not pinned by a digest`,
    next: 'Update the server from its catalog, which pins its image.',
  },
  {
    pattern: /must be referenced by digest/,
    why: () => 'an image is not pinned by a digest',
    next: 'Update the server from its catalog, which pins its image.',
  },
  {
    pattern: /must resolve within Docker MCP catalogs directory/,
    why: () => 'docker mcp reads such files only from ~/.docker/mcp/catalogs',
    next: 'Put the file into ~/.docker/mcp/catalogs and give its name.',
  },
  {
    pattern: /unsupported server type: (\S+)/,
    why: type => `docker mcp cannot run a server of the type "${type}"`,
    next: 'Take this server out of the file.',
  },
  {
    pattern: /failed to parse oci-reference ([^:\n]+)/,
    why: reference => `"${reference}" is no reference`,
    next: 'Give a reference such as registry.example/name:tag, in small letters.',
  },
  {
    pattern: /could not find root project root/,
    why: () => 'the folder is not in a git project',
    next: 'Choose a folder of a git project, or change the client’s settings for the whole machine.',
  },
  {
    pattern: /failed to unmarshal (\w+)/,
    why: kind => `the file is no complete ${kind}`,
    next: 'Export it again, or correct the file.',
  },
  {
    pattern: /(?:config file (\S+): )?yaml: (line \d+)/,
    why: (file, line) => `${file ? `the file ${file}` : 'one of its files'} is no valid YAML, at ${line}`,
    next: 'Correct the file.',
  },
  { pattern: /yaml:/, why: () => 'one of its files is no valid YAML', next: 'Correct the file.' },
  {
    pattern: /unsupported format: (\S+)|invalid argument "([^"\n]*)" for/,
    why: (format, value) => `it does not accept "${format || value}"`,
  },
  {
    pattern: /invalid secret name "([^"\n]+)"/,
    why: name => `"${name}" is no name for a secret`,
    next: 'A secret’s name has letters, digits and the characters . _ : - and /.',
  },
  {
    pattern: /cannot export the Docker MCP catalog/,
    why: () => 'the catalog of Docker cannot be exported',
    next: 'Fork it and export the fork.',
  },
  {
    pattern: /required flag\(s\) "([^"\n]+)" not set|--(\w[\w-]*) is required|^(\w+) is required/m,
    why: (...names) => `a ${names.find(Boolean)} is needed`,
  },
  {
    pattern: /a secret is being passed to tool (\S+)/,
    why: tool => `the arguments for "${tool}" look like they hold a secret`,
    next: 'Give the secret to the server and not to the call, or switch the check off.',
  },
  { pattern: /unknown transport "([^"\n]+)"/, why: name => `there is no transport "${name}"` },
  { pattern: /cannot use --([\w-]+) with/, why: flag => `--${flag} does not go together with the other options` },
  {
    pattern:
      /^(.*(?:invalid server value|invalid filter format|accepts \d+ arg\(s\)|requires at least \d+ arg|must provide at least one flag|no tool name provided).*)$/m,
    why: line => `docker mcp says “${line.trim()}”`,
  },
]);

const database: FailureRule[] = [
  {
    failure: 'database-locked',
    pattern: /database is locked|failed to acquire migration lock|timeout waiting for migration lock/,
  },
  {
    failure: 'database',
    pattern: /ahead of the current application version/,
    why: () => 'its database was made by a newer version of docker mcp',
    next: 'Update the docker-mcp plugin on this machine.',
  },
  {
    failure: 'database',
    pattern: /dirty state|file is not a database|database disk image is malformed/,
    why: () => 'its database is damaged',
    next: 'Move ~/.docker/mcp/mcp-toolkit.db away and import your profiles again; docker mcp makes a new one.',
  },
  {
    failure: 'database',
    pattern: /unable to open database file|attempt to write a readonly database/,
    why: () => 'its database cannot be opened or written',
    next: 'Look at the rights of the folder ~/.docker/mcp, and at the free space of the disk.',
  },
];

const running: FailureRule[] = [
  {
    failure: 'cancelled',
    pattern: /^calling tool: context canceled/m,
    why: () => 'it was cancelled',
  },
  {
    failure: 'tool',
    pattern: /^error calling tool (\S+): ([^\n]+)/m,
    why: (tool, text) => `the tool "${tool}" says: ${text}`,
  },
  { failure: 'tool', pattern: /^calling tool: .*: EOF$/m, why: () => 'the server ended during the call' },
  {
    failure: 'tool',
    pattern: /^calling tool: calling "tools\/call": calling "tools\/call": ([^\n]+)/m,
    why: text => `the server says: ${text}`,
  },
  {
    failure: 'server-start',
    pattern: /starting client: calling "initialize": EOF/,
    why: () => 'its gateway ended before it was ready',
    next: 'Look at the profile: a setting may be missing, or two servers have a tool of the same name.',
  },
];

/** The first that fits decides. */
export const failureRules: readonly FailureRule[] = [
  ...surroundings,
  ...missing,
  ...conflicts,
  ...network,
  ...validation,
  ...database,
  ...running,
];
