import assert from 'node:assert/strict';
import { namedVolumesOf, volumesOfServers } from '../../../../daemon/engines/docker/named-volumes.ts';

describe('the volumes that definitions name', () => {
  it('are those with a name, and neither folders nor what settings decide', () => {
    const volumes = [
      'notes:/data',
      '/home/me:/work:ro',
      './here:/x',
      '{{files.path}}:/y',
      'a.b-c_1:/z:ro',
      'x:relative',
    ];
    assert.deepEqual(namedVolumesOf({ volumes }), ['notes', 'a.b-c_1']);
  });

  it('are none of a definition that cannot be read', () => {
    for (const volumes of [undefined, null, 'notes:/data', [1, 2], {}])
      assert.deepEqual(namedVolumesOf({ volumes }), []);
  });

  it('know all servers that need them', () => {
    const servers = [
      { id: 'one', definition: { volumes: ['notes:/data'] } },
      { id: 'two', definition: { volumes: ['notes:/data', 'cache:/c'] } },
      { id: 'three', definition: null },
    ];
    assert.deepEqual(
      [...volumesOfServers(servers)],
      [
        ['notes', ['one', 'two']],
        ['cache', ['two']],
      ],
    );
  });
});
