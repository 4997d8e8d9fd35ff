// What the pages call a place and what the panels open must be the same words.
import assert from 'node:assert/strict';
import { findPlace, toolLocation } from '../../../extension/platform/panel-location.ts';
import { formatLocation, type Location, parseLocation } from '../../../webviews/kit/location.ts';

const docker: Location[] = [
  { view: 'profiles' },
  { view: 'profiles', profile: 'dev_tools' },
  { view: 'containers' },
  { view: 'clients' },
  { view: 'doctor' },
];
const others: [Location, string][] = [
  [{ view: 'dashboard' }, 'dashboard'],
  [{ view: 'secrets' }, 'secrets'],
  [{ view: 'access' }, 'access'],
  [{ view: 'access', tab: 'audit' }, 'access'],
  [{ view: 'catalog' }, 'catalog'],
  [{ view: 'catalog', entry: 'memory.a3df10' }, 'catalog'],
  [{ view: 'server', id: 'io.github.acme-tool' }, 'server'],
  [{ view: 'tool', id: 'echo', tool: 'a/b c' }, 'tool'],
];

describe('the places of the panels', () => {
  it('are those of the pages, in the panel of their kind', () => {
    for (const [location, kind] of [...others, ...docker.map(each => [each, 'docker'] as const)]) {
      const text = formatLocation(location);
      assert.equal(findPlace(text)?.kind, kind, text);
      assert.deepEqual(parseLocation(text), location, text);
    }
    assert.deepEqual(parseLocation(toolLocation('echo', 'a/b c')), { view: 'tool', id: 'echo', tool: 'a/b c' });
  });

  it('are no others', () => {
    for (const text of [
      '',
      'profiles/',
      'profiles/../x',
      'profiles/a/b',
      'containers/x',
      'doctor/x',
      'docker',
      'access/users',
      'access?tab=<b>',
      'login',
      '%',
    ]) {
      assert.equal(findPlace(text), undefined, text);
    }
  });
});
