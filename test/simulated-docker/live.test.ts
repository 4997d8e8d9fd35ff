// The live tests themselves: what they need, what they say without it, and what they call tools with.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { lstat, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Validator } from '@cfworker/json-schema';
import fc from 'fast-check';
import { chooseTool, exampleOf } from '../live/example-arguments.ts';
import { createReport } from '../live/report.ts';
import { createDockerHome, findRequirements, MissingRequirement } from '../live/requirements.ts';
import { createSimulatedDocker, type SimulatedDocker } from '../support/simulated-docker/simulated-docker.ts';

const image = 'mcp-local/probe:1';

describe('what the live tests need', () => {
  let docker: SimulatedDocker;
  const look = (more: Record<string, string> = { QUAYSIDE_LIVE_IMAGE: image }) =>
    findRequirements({ ...docker.environment, DOCKER_CONFIG: join(docker.home, '.docker'), ...more });
  const isMissing = (text: RegExp) => (error: unknown) =>
    error instanceof MissingRequirement && text.test(error.message);

  beforeEach(async () => {
    docker = await createSimulatedDocker({ dialect: 'profile' });
  });
  afterEach(() => docker.close());

  it('is found: docker, plugin, dialect, engine and image', async () => {
    const found = await look();
    assert.equal(found.docker, join(docker.binFolder, 'docker'));
    assert.equal(found.plugin, docker.pluginFile);
    assert.deepEqual([found.version, found.dialects, found.image], ['HEAD', ['profile'], image]);
  });

  it('is missed by name, with what to do', async () => {
    await assert.rejects(look({}), isMissing(/^Set QUAYSIDE_LIVE_IMAGE /));
    await assert.rejects(look({ QUAYSIDE_LIVE_IMAGE: 'not/there:1' }), isMissing(/has no image not\/there:1/));
    await docker.setFailure({ engine: 'down' });
    await assert.rejects(look(), isMissing(/^The engine does not answer: Cannot connect/));
    await rm(docker.pluginFile);
    await assert.rejects(look(), isMissing(/^docker mcp is not installed /));
    await assert.rejects(
      look({ QUAYSIDE_LIVE_IMAGE: image, PATH: '/nowhere' }),
      isMissing(/no docker command on PATH/),
    );
  });

  it('has both dialects in an old plugin, each in a fresh home with the plugin and without logins', async () => {
    await docker.close();
    docker = await createSimulatedDocker({ dialect: 'legacy' });
    const auths = { 'registry.example': { auth: 'c2VjcmV0' } };
    await writeFile(join(docker.home, '.docker', 'config.json'), JSON.stringify({ auths, currentContext: 'default' }));
    const requirements = await look();
    assert.deepEqual(requirements.dialects, ['legacy', 'profile']);
    for (const dialect of requirements.dialects) {
      const home = await createDockerHome(requirements, dialect);
      assert.equal((await lstat(home.path)).mode & 0o777, 0o700);
      const config = await readFile(join(home.path, '.docker', 'config.json'), 'utf8');
      assert.ok(!config.includes('registry.example'));
      const { stdout } = await home.docker('mcp', '--help');
      assert.equal(/^ {2}profile /m.test(stdout), dialect === 'profile');
      await home[Symbol.asyncDispose]();
      assert.equal(existsSync(home.path), false);
    }
    assert.ok(existsSync(docker.pluginFile), 'the plugin that was linked is still there');
  });
});

describe('the report of the live tests', () => {
  it('fails when nothing was checked, and when a check failed', async () => {
    const lines: string[] = [];
    const print = (line: string) => lines.push(line);
    assert.equal(createReport(print).end(), 1);
    const report = createReport(print);
    await report.check('works', async () => 1);
    assert.equal(
      await report.check('fails', () => Promise.reject(new Error('on purpose')), { isNeeded: true }),
      undefined,
    );
    let ran = false;
    await report.check('is skipped', async () => {
      ran = true;
    });
    assert.equal(ran, false);
    assert.equal(report.end(), 1);
    assert.equal(lines.at(-1), '\n1 passed, 1 failed, 1 skipped');
  });

  it('passes when all checks passed', async () => {
    const report = createReport(() => {});
    assert.equal(await report.check('works', async () => 1), 1);
    assert.equal(report.end(), 0);
  });
});

const leaf = fc.oneof(
  fc.record({ type: fc.constant('string'), minLength: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ type: fc.constantFrom('integer', 'number'), minimum: fc.integer({ min: -5, max: 50 }) }),
  fc.constantFrom(
    { type: 'boolean' },
    { type: 'null' },
    { const: 'x' },
    { enum: ['a', 'b'] },
    { type: ['string', 'null'] },
  ),
);
const { schema } = fc.letrec<{ schema: Record<string, unknown> }>(tie => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.integer({ min: 0, max: 2 }) }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('schema'), { maxKeys: 3 }).map(properties => ({
      type: 'object',
      properties,
      required: Object.keys(properties).slice(0, 2),
    })),
  ),
}));

describe('what an unknown tool is called with', () => {
  it('is what its schema allows', () => {
    fc.assert(
      fc.property(schema, one => {
        const { valid, errors } = new Validator(one, '2020-12').validate(exampleOf(one));
        assert.ok(valid, JSON.stringify(errors));
      }),
    );
  });

  it('goes to the tool that does the least harm', () => {
    const tool = (name: string, readOnly: boolean | null, destructive: boolean | null, required: string[] = []) => ({
      name,
      inputSchema: { type: 'object', required },
      annotations: { readOnly, destructive },
    });
    const tools = [
      tool('delete', false, true),
      tool('plain', null, null),
      tool('read', true, null, ['a']),
      tool('list', true, null),
    ];
    assert.equal(chooseTool(tools)?.name, 'list');
    assert.equal(chooseTool(tools.slice(0, 2))?.name, 'plain');
    assert.equal(chooseTool([]), undefined);
  });
});
