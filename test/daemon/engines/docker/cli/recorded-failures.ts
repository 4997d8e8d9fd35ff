// What every recorded failure is: the class that is told from what docker has printed, and a part of what a person reads.
import type { CliFailure } from '../../../../../daemon/engines/cli-error.ts';
import type { ProblemCode } from '../../../../../shared/api/problem.ts';

export interface RecordedFailure {
  failure: CliFailure;
  code: ProblemCode;
  /** In the detail. */
  says: string;
}

const as =
  (failure: CliFailure, code: ProblemCode) =>
  (says: string): RecordedFailure => ({ failure, code, says });

const noPlugin = as('plugin-missing', 'DOCKER_001')('has no mcp plugin');
const unsupported = as('unsupported-command', 'DOCKER_002')('no such command');
const engineDown = as('engine-down', 'DOCKER_003')('no Docker engine answers at unix:///var/run/docker.sock');
const notFound = as('not-found', 'DOCKER_009');
const conflict = as('conflict', 'DOCKER_010');
const invalid = as('validation', 'DOCKER_011');
const network = as('network', 'DOCKER_012');
const database = as('database', 'DOCKER_013');
const locked = as('database-locked', 'DOCKER_013')('another program holds the database');
const serverStart = as('server-start', 'DOCKER_014');
const noSecrets = as('secrets-unavailable', 'DOCKER_007');
const noPass = noSecrets('`docker pass`, which keeps Docker’s secrets, is not installed');
const desktop = as('desktop', 'DOCKER_006');
const tool = as('tool', 'TOOL_004');
const atHub = network('the address of index.docker.io could not be found');
const onlyInFolder = invalid('reads such files only from ~/.docker/mcp/catalogs');

export const recordedFailures: Record<string, RecordedFailure> = {
  'current/probe-plugin-missing-version': noPlugin,
  'current/probe-plugin-missing-with-flag': noPlugin,
  'current/unknown-command': unsupported,
  'current/unknown-subcommand': unsupported,
  'current/unknown-subcommand-alias': unsupported,
  'current/unknown-subcommand-json': unsupported,
  'current/obsolete-server-ls': unsupported,
  'current/obsolete-config-read': unsupported,
  'current/bad-flag': unsupported,
  'current/extra-argument': unsupported,
  'current/missing-argument': invalid('says “accepts 1 arg(s), received 0”'),
  'current/feature-enable-unknown': notFound('there is no feature "warp-drive"'),
  'current/catalog-create-outside-root': onlyInFolder,
  'current/catalog-remove-not-found': notFound('there is no catalog "lab/ghost:v1"'),
  'current/catalog-create-no-title': invalid('a title is needed'),
  'current/catalog-create-bad-reference': invalid('"Bad Ref" is no reference'),
  'current/catalog-show-not-found': notFound('there is no catalog "lab/local:latest"'),
  'current/catalog-show-bad-format': invalid('does not accept "xml"'),
  'current/catalog-show-pull-offline': atHub,
  'current/catalog-pull-offline': atHub,
  'current/catalog-server-ls-not-found': notFound('there is no catalog "lab/none:v1"'),
  'current/catalog-server-inspect-not-found': notFound('there is no server "nope"'),
  'current/catalog-server-inspect-readme-offline': network('the readme of the server could not be loaded'),
  'current/catalog-pull-not-found': notFound('the registry has nothing called "localhost:5055/lab/none:v1"'),
  'current/catalog-pull-refused': network('nothing answers at 127.0.0.1:5999'),
  'current/profile-create-duplicate': conflict('there is a profile "dev_tools" already'),
  'current/profile-create-no-name': invalid('a name is needed'),
  'current/profile-create-bad-client': notFound('there is no client "notepad"'),
  'current/profile-create-template-offline': atHub,
  'current/profile-server-add-unknown-server': notFound('the catalog has no server "nope"'),
  'current/profile-server-add-unknown-catalog': notFound('there is no catalog "lab/none:v1"'),
  'current/profile-server-add-unknown-profile': notFound('there is no profile "nope"'),
  'current/profile-server-add-bad-scheme': invalid('invalid server value: lab/local:v1/probe”'),
  'current/profile-server-add-image-no-label': invalid('"mcp-local/memory:1" does not say how it is run'),
  'current/profile-server-add-image-offline': atHub,
  'current/profile-server-add-file-outside': onlyInFolder,
  'current/profile-server-add-registry-offline': network('the address of registry.modelcontextprotocol.io'),
  'current/profile-server-remove-not-found': notFound('none of these servers is there'),
  'current/profile-config-unknown-server': notFound('there is no server "nope"'),
  'current/profile-config-dotted-name': notFound('there is no server "io"'),
  'current/profile-tools-dotted-name': notFound('there is no server "io"'),
  'current/profile-tools-no-flag': invalid('says “must provide at least one flag'),
  'current/profile-show-not-found': notFound('there is no profile "nope"'),
  'current/profile-import-malformed': invalid('the file is no complete profile'),
  'current/profile-import-invalid': invalid('cannot run a server of the type "rocket"'),
  'current/profile-remove-not-found': notFound('there is no profile "nope"'),
  'current/oauth-ls-no-desktop': as('oauth-unavailable', 'DOCKER_008')('needs Docker Desktop'),
  'current/oauth-authorize-ce': network('the address of mcp.example.com could not be found'),
  'current/secret-ls-no-pass': noPass,
  'current/secret-set-no-pass': noPass,
  'current/secret-set-bad-name-stub-pass': invalid('"bad name" is no name for a secret'),
  'current/secret-ls-no-engine-stub-pass': noSecrets('secret store does not answer'),
  'current/secret-rm-not-found-stub-pass': notFound('there is no secret "nope"'),
  'current/client-ls-not-in-git': invalid('the folder is not in a git project'),
  'current/client-connect-vscode-no-profile': invalid('a profile is needed'),
  'current/client-connect-vscode-unknown-profile': notFound('there is no profile "nope"'),
  'current/client-connect-unknown': notFound('there is no client "notepad"'),
  'current/gateway-unknown-profile': notFound('there is no profile "nope"'),
  'current/gateway-profile-missing-config': invalid('the server "probe" needs a value for "region"'),
  'current/gateway-profile-bad-config-type': invalid('of the server "probe" is of the type integer and must be string'),
  'current/gateway-catalog-outside-root': onlyInFolder,
  'current/gateway-malformed-catalog': invalid('one of its files is no valid YAML, at line 2'),
  'current/gateway-malformed-config': invalid('bad-config.yaml is no valid YAML, at line 1'),
  'current/gateway-tool-name-collision': conflict('the servers "one" and "two" both have a tool "probe_'),
  'current/gateway-image-not-pinned': invalid('"mcp/example:latest" is not pinned by a digest'),
  'current/gateway-image-verify-offline': network('signatures of the images could not be checked'),
  'current/gateway-flag-conflict': invalid('--profile does not go together with the other options'),
  'current/gateway-bad-transport': invalid('there is no transport "carrier-pigeon"'),
  'current/gateway-port-with-stdio': invalid('--port does not go together with the other options'),
  'current/gateway-port-in-use': conflict('another program listens on 127.0.0.1:18811'),
  'current/gateway-server-crash-verbose': serverStart('none of the servers could be started'),
  'current/gateway-remote-unreachable': serverStart(
    '"remote-oauth" could not be started, because its address mcp.example.com',
  ),
  'current/gateway-bind-refused': serverStart(
    '"bind" could not be started, because docker mcp does not allow it the folder /etc',
  ),
  'current/docker-host-not-inherited': serverStart(
    '"probe" could not be started, because docker mcp starts containers on the default engine',
  ),
  'current/gateway-server-hang': as('timeout', 'DOCKER_015')('did not end in time and was stopped'),
  'current/tools-inspect-not-found': notFound('there is no tool "nope"'),
  'current/tools-call-number-argument': tool('the tool "probe_add" says: a and b must be numbers'),
  'current/tools-call-missing-argument': tool('the server says: text must be a string'),
  'current/tools-call-tool-error': tool('the tool "probe_fail" says: the probe failed on purpose'),
  'current/tools-call-protocol-error': tool('the server says: the probe raised a protocol error'),
  'current/tools-call-server-dies': tool('the server ended during the call'),
  'current/tools-call-unknown-tool': notFound('there is no tool "probe_nope"'),
  'current/tools-call-no-tool': invalid('says “no tool name provided”'),
  'current/tools-call-unknown-profile': serverStart('its gateway ended before it was ready'),
  'current/tools-call-unknown-profile-verbose': notFound('there is no profile "nope"'),
  'current/tools-call-client-timeout': as('timeout', 'DOCKER_015')('did not end in time and was stopped'),
  'current/tools-call-secret-blocked': invalid('the arguments for "probe_echo" look like they hold a secret'),
  'current/tools-ls-catalog-collision': serverStart('its gateway ended before it was ready'),
  'current/engine-down-docker-version': engineDown,
  'current/engine-down-docker-info': engineDown,
  'current/engine-down-catalog-list': engineDown,
  'current/engine-down-profile-list': engineDown,
  'current/engine-down-tools-ls': engineDown,
  'current/engine-down-gateway-run': engineDown,
  'current/engine-down-in-container-gateway': engineDown,
  'current/engine-down-secret-ls': noPass,
  'current/engine-host-refused': as('engine-down', 'DOCKER_003')('no Docker engine answers at tcp://127.0.0.1:2399'),
  'current/engine-bad-context': as('engine-context', 'DOCKER_005')('there is no Docker context "nope"'),
  'current/engine-permission-denied': as('engine-permission', 'DOCKER_004')('your user may not use the socket'),
  'current/state-directory-read-only': database('its database cannot be opened or written'),
  'current/database-newer-schema': database('was made by a newer version of docker mcp'),
  'current/database-dirty': database('its database is damaged'),
  'current/database-corrupt': database('its database is damaged'),
  'current/database-locked': locked,
  'current/database-migration-lock-held': locked,
  'current/desktop-backend-missing': desktop('Docker Desktop is not running'),
  'current/desktop-toolkit-disabled': desktop('the MCP Toolkit is switched off in Docker Desktop'),
  'legacy/unknown-command-profile': unsupported,
  'legacy/unknown-command-profile-json': unsupported,
  'legacy/profiles-on-server-ls': unsupported,
  'legacy/gateway-profile-flag': unsupported,
  'legacy/gateway-host-flag': unsupported,
  'legacy/catalog-ls-offline-first-run': network('the address of desktop.docker.com could not be found'),
  'legacy/catalog-ls-bad-format': invalid('does not accept "human"'),
  'legacy/catalog-show-not-found': notFound('there is no catalog "nope"'),
  'legacy/catalog-create-duplicate': conflict('there is a catalog "team" already'),
  'legacy/catalog-add-duplicate': conflict('there is a server "memory" already'),
  'legacy/catalog-import-offline': network('the address of example.com could not be found'),
  'legacy/catalog-export-docker': invalid('the catalog of Docker cannot be exported'),
  'legacy/catalog-rm-not-found': notFound('there is no catalog "team"'),
  'legacy/catalog-update-offline': network('the address of desktop.docker.com could not be found'),
  'legacy/server-enable-unknown': notFound('there is no server "nope"'),
  'legacy/server-inspect-no-urls': notFound('does not say where its tools and its readme can be read'),
  'legacy/server-inspect-unknown': notFound('there is no server "nope"'),
  'legacy/server-ls-json-malformed-config': invalid('one of its files is no valid YAML, at line 1'),
  'legacy/tools-enable-unknown': notFound('there is no tool "nope"'),
  'legacy/secret-ls-no-pass': noPass,
  'legacy/tools-call-tool-error': tool('the tool "probe_fail" says: the probe failed on purpose'),
  'legacy/engine-down-server-ls': engineDown,
  'legacy/engine-down-catalog-ls': engineDown,
};
