// `gateway run`: listen, read, start every server, list it, serve, and end as the real one ends.
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { hasFeature } from '../commands/features.mjs';
import { Failure, fail, noSuchHost } from '../failure.mjs';
import { goDuration } from '../go-format.mjs';
import { stateOfImage } from '../images.mjs';
import { dialectOf, readDockerConfig } from '../settings.mjs';
import { listServers, mergeCapabilities } from './capabilities.mjs';
import { hasOwnTools, isFileMode, readFileMode, readProfileMode } from './configuration.mjs';
import { createLog } from './log.mjs';
import { announceOwnTools, ownTools } from './own-tools.mjs';
import { listen, serveHttp, serveStdio } from './transports.mjs';

const streamingNames = ['streaming', 'http', 'streamable', 'streamable-http'];
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

const createToken = () => [...randomBytes(50)].map(byte => letters[byte % 36]).join('');

function checkFlags(flags) {
  const transport = flags.transport ?? 'stdio';
  if (flags.profile && isFileMode(flags))
    fail(
      'cannot use --profile with --servers, --enable-all-servers, --catalog, --additional-catalog, --registry, --additional-registry, --config, --additional-config, --tools-config, --additional-tools-config, --secrets, --oci-ref, --mcp-registry flags',
    );
  if (transport === 'stdio' && flags.port) fail('cannot use --port with --transport=stdio');
  return transport;
}

/** Images of the Docker Hub organisation `mcp` must be pinned, and their signatures need the network. */
function checkImages({ settings, flags, log, isNewest }, servers) {
  const images = [...new Set(servers.filter(({ spec }) => spec.image).map(({ spec }) => spec.image))].sort();
  if (images.length === 0) return;
  const startedAt = performance.now();
  log.line('- Using images:');
  for (const image of images) log.line(`  - ${image}`);
  const fromHub = images.filter(image => image.startsWith('mcp/'));
  if (fromHub.length > 0 && (flags['verify-signatures'] ?? isNewest)) {
    for (const image of fromHub)
      if (!image.includes('@sha256:'))
        fail(
          `verifying docker image ${image}: image must be referenced by digest; pin the MCP image to a sha256 digest or disable signature verification with --verify-signatures=false`,
        );
    log.line(`- Verifying images [${fromHub.map(image => image.split('@')[0]).join(' ')}]`);
    fail(
      `verifying docker images: getting Rekor public keys: updating local metadata and targets: error updating to TUF remote mirror: tuf: failed to download 13.root.json: Get "https://tuf-repo-cdn.sigstore.dev/13.root.json": ${noSuchHost('tuf-repo-cdn.sigstore.dev')}`,
    );
  }
  // Not in the order of the list: the first that fails is named.
  for (const image of new Set(servers.filter(({ spec }) => spec.image).map(({ spec }) => spec.image))) {
    const state = stateOfImage(settings, image);
    if (state === 'present') continue;
    if (state !== 'absent') fail(`pulling docker images: inspecting docker image ${image}: ${state}`);
    // Without a newline, as it is: the next line follows on the same one.
    log.raw(
      `  - warning: pulling docker image ${image}: Error response from daemon: Get "https://registry-1.docker.io/v2/": ${noSuchHost('registry-1.docker.io')}`,
    );
  }
  log.line(`> Images pulled in ${goDuration(performance.now() - startedAt)}`);
}

/** Five lines for each server, because no credential helper is there. */
function announceOauth({ settings, log }, servers) {
  log.line('- Starting OAuth provider loops...');
  const hasConfig = Object.keys(readDockerConfig(settings)).length > 0;
  // A remote server with OAuth is looked at twice.
  for (const _ of servers.flatMap(server => (server.spec.oauth ? [server, server] : [server]))) {
    log.line(hasConfig ? '! invalid config: empty credsStore' : '! no Docker config found');
    log.line('! No credential helper found');
    log.line('! Install a credential helper from: https://github.com/docker/docker-credential-helpers');
    log.line('! Then configure Docker to use it (see repo for platform-specific instructions)');
    log.line('- Using credential helper: docker-credential-notfound');
  }
}

async function applyConfiguration(gateway, { servers, enabled }) {
  const { log } = gateway;
  checkImages(gateway, servers);
  log.line(enabled.length > 0 ? `- Those servers are enabled: ${enabled.join(', ')}` : '- No server is enabled');
  log.line('- Listing MCP tools...');
  const startedAt = performance.now();
  const listed = await listServers(gateway, servers);
  const count = listed.reduce((sum, { tools }) => sum + tools.length, 0);
  log.line(`> ${count} tools listed in ${goDuration(performance.now() - startedAt)}`);
  const own = gateway.hasOwnTools ? ownTools(gateway.hasProfiles) : [];
  try {
    gateway.offers = mergeCapabilities(gateway, listed, own);
  } catch (error) {
    throw new Failure(`loading configuration: ${error.message}`);
  }
  gateway.servers = servers;
  if (gateway.hasOwnTools) announceOwnTools(gateway);
}

const stateOf = file => {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return '';
  }
};

/** Reads everything again when a file changes, and tells the clients. */
async function watchFiles(gateway, files) {
  let seen = files.map(stateOf).join();
  while (!gateway.signal.aborted) {
    await pause(150, undefined, { ref: false });
    const now = files.map(stateOf).join();
    if (now === seen || gateway.signal.aborted) continue;
    seen = now;
    try {
      const configuration = await readFileMode(gateway);
      gateway.log.line('> Configuration updated, reloading...');
      await applyConfiguration(gateway, configuration);
      for (const session of gateway.sessions)
        for (const kind of ['resources', 'tools', 'prompts']) session.notify(`notifications/${kind}/list_changed`);
    } catch (error) {
      gateway.log.line(`> Unable to list capabilities: ${error.message}`);
    }
  }
}

function announceHttp({ flags, log }, { path, port, transport, isGenerated, token }) {
  if (flags['allow-unauthenticated'] && !flags.host)
    log.line(
      'WARNING: --allow-unauthenticated is exposing the MCP gateway without authentication on all interfaces. Any client that can reach this listener can execute configured MCP tools. Remove --allow-unauthenticated or bind with --host 127.0.0.1 unless this is intentional.',
    );
  log.line(`> Start ${transport === 'sse' ? 'sse' : 'streaming'} server on port ${port}`);
  log.line(`> Gateway URL: http://localhost:${port}${path}`);
  if (token === undefined) log.line('> Authentication disabled by explicit configuration');
  else if (isGenerated) log.line(`> Use Bearer token: Authorization: Bearer ${token}`);
  else log.line('> Use Bearer token from MCP_GATEWAY_AUTH_TOKEN environment variable');
}

function createGateway({ settings, flags, warn }, fileMode) {
  const stopped = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => stopped.abort());
  return {
    settings,
    flags,
    log: createLog(warn, flags.log),
    signal: stopped.signal,
    sessions: new Set(),
    servers: [],
    offers: { tools: new Map(), prompts: new Map(), resources: new Map(), templates: new Map() },
    isNewest: settings.dialect === 'profile',
    hasProfiles: dialectOf(settings) === 'profile',
    hasOwnTools: fileMode ? hasOwnTools(settings, flags) : hasFeature(settings, 'dynamic-tools'),
    hasPrefixes: hasFeature(settings, 'tool-name-prefix'),
    stopped: new Promise(resolve => stopped.signal.addEventListener('abort', resolve, { once: true })),
  };
}

const isListening = transport => transport === 'sse' || streamingNames.includes(transport);

/** Runs until it is told to end. Answers the exit code. */
export async function runGateway(context) {
  const { flags, print } = context;
  const transport = checkFlags(flags);
  const startedAt = performance.now();
  const hasHttp = isListening(transport) && !flags['dry-run'];
  const http = hasHttp ? await listen({ host: flags.host, port: flags.port ?? 8811 }) : undefined;
  const fileMode = isFileMode(flags) || dialectOf(context.settings) === 'legacy';
  const gateway = createGateway(context, fileMode);
  const { log } = gateway;
  let open;
  const ready = new Promise(resolve => {
    open = resolve;
  });
  const path = transport === 'sse' ? '/sse' : '/mcp';
  const token = flags['allow-unauthenticated'] ? undefined : process.env.MCP_GATEWAY_AUTH_TOKEN || createToken();
  if (http) serveHttp(gateway, http.server, { path, ready, token });
  if (flags.verbose && flags.servers) log.line('Note: dynamic-tools disabled when using --servers flag');
  let configuration;
  try {
    configuration = fileMode ? await readFileMode(gateway) : await readProfileMode(gateway);
    await applyConfiguration(gateway, configuration);
  } catch (error) {
    // A port that is open would keep the process alive.
    http?.server.close();
    http?.server.closeAllConnections();
    throw error;
  }
  announceOauth(gateway, configuration.servers);
  if (flags.watch !== false) log.line('- Watching for configuration updates...');
  log.line(`> Initialized in ${goDuration(performance.now() - startedAt)}`);
  if (flags['dry-run']) {
    log.line('Dry run mode enabled, not starting the server.');
    for (const { name, spec } of configuration.servers)
      if (spec.oauth) log.line(`- Started OAuth provider loop for ${name}`);
    return finish(0);
  }
  if (fileMode && flags.watch !== false) void watchFiles(gateway, configuration.watched);
  if (http) {
    const isGenerated = !process.env.MCP_GATEWAY_AUTH_TOKEN;
    announceHttp(gateway, { path, port: http.port, transport, isGenerated, token });
    open();
    return endHttp(gateway, http);
  }
  if (transport !== 'stdio') fail(`unknown transport "${transport}", expected 'stdio', 'sse' or 'streaming`);
  log.line('> Start stdio server');
  return endStdio(gateway, print);
}

async function endHttp(gateway, { place }) {
  await gateway.stopped;
  gateway.log.line('> Stop watching for updates');
  // Clients that are still there are not told of, as those of the other transports are.
  for (const session of gateway.sessions) session.close({ isQuiet: true });
  gateway.log.line(`accept tcp ${place}: use of closed network connection`);
  return finish(1);
}

async function endStdio(gateway, print) {
  const served = serveStdio(gateway, print).then(
    () => 0,
    error => {
      gateway.log.line(error.message);
      return 1;
    },
  );
  const code = await Promise.race([served, gateway.stopped.then(() => undefined)]);
  if (code === 1) return finish(1);
  gateway.log.line('> Stop watching for updates');
  if (code === 0) return finish(0);
  for (const session of gateway.sessions) session.close();
  gateway.log.line('context canceled');
  return finish(1);
}

/** The containers' standard inputs close with this process; nobody waits for those that do not mind. */
async function finish(code) {
  await pause(5);
  return process.exit(code);
}
