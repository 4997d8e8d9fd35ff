// Whatever docker prints: it is understood, or it is a failure of a known class. Nothing else comes out.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AnswerError, CliError } from '../../../../../daemon/engines/cli-error.ts';
import { helpStart } from '../../../../../daemon/engines/docker/cli/answers.ts';
import * as catalogs from '../../../../../daemon/engines/docker/cli/catalog.plans.ts';
import { classify } from '../../../../../daemon/engines/docker/cli/classify.ts';
import * as clients from '../../../../../daemon/engines/docker/cli/client.plans.ts';
import * as features from '../../../../../daemon/engines/docker/cli/feature.plans.ts';
import { readGatewayStart } from '../../../../../daemon/engines/docker/cli/gateway-start.ts';
import * as legacy from '../../../../../daemon/engines/docker/cli/legacy.plans.ts';
import * as probes from '../../../../../daemon/engines/docker/cli/probe.plans.ts';
import * as profiles from '../../../../../daemon/engines/docker/cli/profile.plans.ts';
import * as secrets from '../../../../../daemon/engines/docker/cli/secret.plans.ts';
import { toDockerProblem } from '../../../../../daemon/engines/docker/cli/to-problem.ts';
import * as tools from '../../../../../daemon/engines/docker/cli/tools.plans.ts';
import type { CliCommand } from '../../../../../daemon/engines/run.ts';
import { readRecordings } from '../../../../support/recordings.ts';

const commands: CliCommand<unknown>[] = [
  profiles.listProfiles(),
  profiles.showProfile('p'),
  profiles.showProfileClients('p'),
  profiles.createProfile({ name: 'n' }),
  profiles.listProfileServers({}),
  profiles.readProfileConfig('p'),
  profiles.setProfileConfig('p', [{ server: 's', key: 'k', value: 1 }]),
  profiles.importProfile('/f.json'),
  catalogs.listCatalogs(),
  catalogs.showCatalog('c'),
  catalogs.listCatalogServers('c', {}),
  catalogs.inspectCatalogServer('c', 's'),
  catalogs.listTemplates(),
  clients.listClients({ scope: 'global' }),
  features.listFeatures(),
  secrets.listSecrets(),
  secrets.listOAuthApps(),
  tools.listTools({ enabled: true }),
  tools.countTools({ enabled: true }),
  tools.inspectTool('t', { enabled: true }),
  probes.readVersion(),
  probes.readDialect(),
  probes.readGatewayFlags(),
  probes.readPluginMetadata('/x'),
  probes.listPlugins(),
  probes.readEngine(),
  legacy.listServers(),
  legacy.inspectServer('s'),
  legacy.readConfig(),
  legacy.listCatalogs(),
  legacy.showCatalog('c'),
];

const recorded = readRecordings().map(({ stdout }) => stdout);
const complaints = readRecordings().map(({ stderr }) => stderr);

/** What can happen to a text on its way. */
const spoil = (text: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.nat(text.length).map(at => text.slice(0, at)),
    fc.nat(text.length).map(at => text.slice(at)),
    fc.nat(text.length).map(at => `${text.slice(0, at)}\u001b[31m${text.slice(at)}\u001b[0m`),
    fc
      .tuple(fc.nat(text.length), fc.string({ unit: 'binary', maxLength: 8 }))
      .map(([at, noise]) => text.slice(0, at) + noise + text.slice(at + 1)),
    fc.constant(`${text}\n${text}`),
    fc.constant(`${helpStart} - Manage your MCP servers and clients.\n\n${text}`),
    fc.constant(text.replaceAll(/"[^"\n]{1,12}"/g, 'null')),
    fc.constant(text.replaceAll('{', '[').replaceAll('}', ']')),
  );

const printed = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...recorded).chain(spoil) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 1, arbitrary: fc.json() },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'null', '[]', '{}', 'true', '"x"', '[null]', '{"servers":{"a":[null]}}'),
  },
);

describe('an answer of docker', () => {
  it('is read, or is a failure of a known class, however spoiled it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...commands), printed, (command, stdout) => {
        try {
          command.parse({ stdout, stderr: '', exitCode: 0 });
        } catch (error) {
          assert.ok(error instanceof AnswerError, `${command.operation}: ${String(error)}`);
          assert.ok(['unreadable', 'unsupported-command'].includes(error.failure));
        }
      }),
      { numRuns: 4_000 },
    );
  });

  it('is told in a sentence, whatever was complained about and however it ended', () => {
    const complaint = fc.oneof(
      fc.constantFrom(...complaints).chain(spoil),
      fc.string({ unit: 'binary', maxLength: 300 }),
    );
    const end = fc.constantFrom(0, 1, 2, 125, 137, null);
    fc.assert(
      fc.property(complaint, fc.constantFrom(...recorded), end, (stderr, stdout, exitCode) => {
        const diagnosis = classify({ stdout, stderr, exitCode }, ['mcp', 'gateway', 'run', '--dry-run']);
        assert.ok(diagnosis !== undefined || exitCode === 0);
        readGatewayStart(stderr);
        if (!diagnosis) return;
        const about = { operation: 'try', exitCode, stderr, argv: ['docker'], durationMs: 1 };
        const { problem } = toDockerProblem(new CliError({ ...diagnosis, ...about }));
        assert.match(problem.detail, /^Could not try: [\s\S]+\.$/);
        assert.ok(problem.detail.length < 1_000 && (problem.next?.length ?? 0) > 10);
      }),
      { numRuns: 4_000 },
    );
  });

  it('is classified in time in proportion to its length', () => {
    for (const piece of ['profile ', '- a: ', "> Can't start a", "Server '", 'calling tool: ', 'lookup a: ', '"'])
      for (const exitCode of [0, 1]) {
        const stderr = piece.repeat(200_000);
        classify({ stdout: '', stderr, exitCode }, ['mcp', 'gateway', 'run', '--dry-run']);
      }
  }).timeout(10_000);

  it('keeps what it does not know, so that an exported profile loses nothing', () => {
    const document = {
      id: 'p',
      name: 'P',
      servers: [{ type: 'image', tools: null, future: { deep: [1] } }],
      later: true,
    };
    const read = profiles.showProfile('p').parse({ stdout: JSON.stringify(document), stderr: '', exitCode: 0 });
    assert.deepEqual(read, document);
  });
});
