// What docker says where nobody could record it: known from other versions and from its source.
import assert from 'node:assert/strict';
import type { CliFailure } from '../../../../../daemon/engines/cli-error.ts';
import { classify } from '../../../../../daemon/engines/docker/cli/classify.ts';
import { dockerEnvironment } from '../../../../../daemon/engines/docker/cli/docker-environment.ts';

const told: [stderr: string, failure: CliFailure][] = [
  ["docker: 'mcp' is not a docker command.\nSee 'docker --help'", 'plugin-missing'],
  ["unknown shorthand flag: 'x' in -x\n\nUsage:  docker mcp profile list", 'unsupported-command'],
  [
    'error during connect: this error may indicate that the docker daemon is not running: open //./pipe/docker_engine',
    'engine-down',
  ],
  ['Docker Desktop is starting. Please wait.', 'engine-starting'],
  ['MCP needs to be enabled by your Administrator', 'desktop'],
  ['unknown template: nope', 'not-found'],
  ['timeout waiting for migration lock', 'database-locked'],
  ['attempt to write a readonly database (8)', 'database'],
  ['Get "https://registry.example/v2/": dial tcp 192.0.2.1:443: i/o timeout', 'network'],
  ['GET https://registry.example/v2/x/manifests/v1: UNAUTHORIZED: authentication required', 'network'],
  ['Get "https://registry.example/v2/": tls: failed to verify certificate: x509: unknown authority', 'network'],
  ['something that nobody has seen', 'unknown'],
  ['', 'unknown'],
];

describe('what docker says', () => {
  for (const [stderr, failure] of told)
    it(`is ${failure}: ${stderr.split('\n')[0]}`, () => {
      assert.equal(classify({ stdout: '', stderr, exitCode: 1 }, ['mcp'])?.failure, failure);
    });

  it('in the log of a gateway is not taken for why it ended', () => {
    const stderr = [
      '- probe: profile nope not found',
      '  - Running x with [run] Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?',
      'Warning: secrets engine is not available',
      'loading configuration: tool name collision: server "a" and server "b" both expose tool name "c"',
    ].join('\n');
    const diagnosis = classify({ stdout: '', stderr, exitCode: 1 }, ['mcp', 'gateway', 'run']);
    assert.equal(diagnosis?.subject, 'the servers "a" and "b" both have a tool "c"');
  });

  it('is looked for in the log when there is nothing else', () => {
    // The warning lacks its line end, and what matters follows on the same line.
    const stderr = '  - warning: pulling docker image x: no such hosttool name collision: server "a"';
    assert.equal(classify({ stdout: '', stderr, exitCode: 1 }, ['mcp', 'gateway', 'run'])?.failure, 'conflict');
  });
});

describe('the environment of docker', () => {
  it('is the user’s own, without what is ours, the editor’s, or would change what docker mcp does', () => {
    const host = {
      PATH: '/bin',
      DOCKER_HOST: 'unix:///x',
      ProgramData: 'C:\\ProgramData',
      SSH_AUTH_SOCK: '/s',
      QUAYSIDE_HOME: 'x',
      VSCODE_PID: '1',
      ELECTRON_RUN_AS_NODE: '1',
      NODE_OPTIONS: '--inspect',
      MCP_GATEWAY_AUTH_TOKEN: 'somebody else’s',
      DOCKER_MCP_IN_CONTAINER: '1',
      GONE: undefined,
    };
    const kept = { PATH: '/bin', DOCKER_HOST: 'unix:///x', ProgramData: 'C:\\ProgramData', SSH_AUTH_SOCK: '/s' };
    assert.deepEqual(dockerEnvironment(host), { ...kept, DOCKER_CLI_HINTS: 'false' });
    assert.equal(dockerEnvironment(host, { inContainer: true })['DOCKER_MCP_IN_CONTAINER'], '1');
  });
});
