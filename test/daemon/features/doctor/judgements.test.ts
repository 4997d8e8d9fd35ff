import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { findClock, findNode, judgeDisk } from '../../../../daemon/features/doctor/checks/daemon.checks.ts';
import { judgeSkew } from '../../../../daemon/features/doctor/checks/engine.checks.ts';
import { findClashes } from '../../../../daemon/features/doctor/clashes.ts';
import { findSettingErrors } from '../../../../daemon/features/doctor/settings-check.ts';
import { judgeVolume } from '../../../../daemon/features/doctor/volumes.ts';
import { aServer } from './fake-needs.ts';

describe('What the doctor thinks of', () => {
  it('versions of Node', () => {
    assert.equal(findNode('20.20.2').state, 'error');
    assert.equal(findNode('22.0.0').state, 'ok');
  });

  it('free space', () => {
    assert.deepEqual(
      [1e8, 1e9, 1e10].map(free => judgeDisk(free, '/x').state),
      ['error', 'warning', 'ok'],
    );
  });

  it('clocks', () => {
    assert.equal(findClock(1_000_000, 1_005_000).state, 'ok');
    assert.match(findClock(1_000_000, 1_050_000).detail, /-50 s/);
    assert.deepEqual(
      [5_000, -60_000, 400_000].map(by => judgeSkew(by).state),
      ['ok', 'warning', 'error'],
    );
    assert.equal(judgeSkew(Number.NaN).state, 'ok');
  });

  const rules = { allowed: ['/tmp', '/srv/data'], writable: ['/srv/rw'] };
  for (const [volume, allowed] of [
    ['/tmp/x:/data', true],
    ['/tmp:/data:ro', true],
    ['/tmpfoo:/data', false],
    ['/tmp/../home:/data', false],
    ['/etc:/data:ro', false],
    ['/etc/ssl:/data', false],
    ['/:/host', false],
    ['/var/run/docker.sock:/var/run/docker.sock', false],
    ['/srv/data/deep/:/data', true],
    ['/srv/data:/data:rw', false],
    ['/srv/rw:/data:rw', true],
    ['/srv/rw/below:/data', false],
    ['named-volume:/data', true],
    ['{{filesystem.paths|volume|into}}', true],
    ['{{x.folder}}:/data', false],
    ['C:\\Users\\me:/data', false],
  ] as const) {
    it(`the folder ${volume}`, () => {
      assert.equal(judgeVolume(volume, { folder: '/home/me' }, rules) === undefined, allowed);
    });
  }

  it('folders and settings of any kind, without breaking', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.jsonValue()), (volume, settings) => {
        judgeVolume(volume, settings, rules);
      }),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (settings, schema) => {
          for (const sentence of findSettingErrors(settings, schema)) assert.equal(typeof sentence, 'string');
        },
      ),
    );
  });

  it('settings, also nested ones', () => {
    const schema = {
      type: 'object',
      required: ['region', 'limits'],
      properties: {
        region: { type: 'string', enum: ['eu', 'us'] },
        limits: {
          type: 'object',
          required: ['max'],
          properties: { max: { type: 'integer' }, on: { type: 'boolean' } },
        },
        tags: { type: 'array' },
      },
    };
    assert.deepEqual(findSettingErrors({ region: 'eu', limits: { max: 1 }, other: 1 }, schema), []);
    assert.deepEqual(findSettingErrors({ region: 'moon', limits: { max: 1.5, on: 'yes' }, tags: 'a' }, schema), [
      'region must be one of eu, us',
      'limits.max must be a whole number',
      'limits.on must be true or false',
      'tags must be a list',
    ]);
    assert.deepEqual(findSettingErrors({ region: '', limits: {} }, schema), [
      'region is required and not set',
      'limits.max is required and not set',
    ]);
  });

  it('tool names: prefixes, switched-off tools and the gateway’s own', () => {
    const tools = [{ name: 'search' }];
    const modeOf = (ownTools: boolean) => () => ({ usesFiles: false, ownTools });
    const a = aServer('a', { definition: { tools } });
    const find = (b: ReturnType<typeof aServer>, ownTools = false) => findClashes([a, b], modeOf(ownTools));
    assert.equal(find(aServer('b', { definition: { tools } })).length, 1);
    assert.equal(find(aServer('b', { definition: { tools, prefix: 'b' } })).length, 0);
    assert.equal(find(aServer('b', { definition: { tools }, server: { profile: 'other' } })).length, 0);
    const off = { ...aServer('b').configuration, disabledTools: ['search'] };
    assert.equal(find(aServer('b', { definition: { tools }, configuration: off })).length, 0);
    const own = aServer('b', { definition: { tools: [{ name: 'mcp-add' }] } });
    assert.equal(find(own).length, 0);
    assert.deepEqual(find(own, true)[0]?.clashes, [{ tool: 'mcp-add', servers: ['the gateway itself', 'b'] }]);
  });
});
