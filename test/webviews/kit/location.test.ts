import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatLocation, type Location, parseLocation, placeOf, ticketFrom } from '../../../webviews/kit/location.ts';

describe('a place in the app', () => {
  it('is read from the page’s hash and from a panel’s plain text alike', () => {
    const expected = { view: 'tool', id: 'everything', tool: 'echo' };
    assert.deepEqual(parseLocation('#/tool/everything/echo'), expected);
    assert.deepEqual(parseLocation('tool/everything/echo'), expected);
  });

  it('is the dashboard where nothing is said', () => {
    for (const text of ['', '#', '#/', '/']) assert.deepEqual(parseLocation(text), { view: 'dashboard' });
  });

  it('keeps a slash in a tool’s name, encoded or not', () => {
    const expected = { view: 'tool', id: 'a', tool: 'files/read' };
    assert.deepEqual(parseLocation('tool/a/files%2Fread'), expected);
    assert.deepEqual(parseLocation('tool/a/files/read'), expected);
  });

  it('carries the ticket of a login link', () => {
    assert.deepEqual(parseLocation('#/login?ticket=abc_DEF-1'), { view: 'login', ticket: 'abc_DEF-1' });
    assert.deepEqual(parseLocation('#/login'), { view: 'login', ticket: undefined });
  });

  it('carries the code of a provider’s refusal, and no text', () => {
    const refused = { view: 'login', ticket: undefined, problem: 'ACCESS_006' };
    assert.deepEqual(parseLocation('#/login?problem=ACCESS_006'), refused);
    assert.deepEqual(parseLocation('#/login?problem=Call%20us%20now'), { view: 'login', ticket: undefined });
  });

  it('holds the tab that is looked at, and nothing that is no tab', () => {
    assert.deepEqual(parseLocation('#/server/github?tab=secrets'), { view: 'server', id: 'github', tab: 'secrets' });
    assert.deepEqual(parseLocation('#/server/github?tab=%3Cb%3E'), { view: 'server', id: 'github' });
  });

  it('is the same place, whatever tab or filter it is looked at with', () => {
    assert.equal(placeOf(parseLocation('containers?tab=disk')), 'containers');
    assert.equal(placeOf(parseLocation('catalog?q=git')), 'catalog');
    assert.notEqual(placeOf(parseLocation('profiles/a')), placeOf(parseLocation('profiles/b')));
  });

  it('is unknown, and no error, when it makes no sense', () => {
    const senseless = ['server', 'server/a/b', 'tool/a', 'dashboard/x', 'nothing', 'catalog/a/b', '%E0%A4%A'];
    for (const text of [...senseless, 'profiles/a/b', 'containers/x', 'doctor/x', 'catalogs/x', 'access/x'])
      assert.equal(parseLocation(text).view, 'unknown', text);
  });

  it('comes back the same from its own text', () => {
    const name = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
    const place: fc.Arbitrary<Location> = fc.oneof(
      fc.constant<Location>({ view: 'dashboard' }),
      fc.constant<Location>({ view: 'servers' }),
      fc.constant<Location>({ view: 'secrets' }),
      name.map((entry): Location => ({ view: 'catalog', entry })),
      fc.constant<Location>({ view: 'catalogs' }),
      fc.constant<Location>({ view: 'catalog', filters: { q: 'a & b', kind: 'image', page: 3 } }),
      fc.constant<Location>({ view: 'containers', tab: 'disk' }),
      fc.constant<Location>({ view: 'access' }),
      fc.constant<Location>({ view: 'access', tab: 'audit' }),
      fc.constant<Location>({ view: 'clients' }),
      fc.constant<Location>({ view: 'doctor' }),
      fc.constant<Location>({ view: 'profiles' }),
      name.map((profile): Location => ({ view: 'profiles', profile })),
      name.map((id): Location => ({ view: 'server', id })),
      name.map((id): Location => ({ view: 'server', id, tab: 'containers' })),
      fc.tuple(name, name).map(([id, tool]): Location => ({ view: 'tool', id, tool })),
    );
    fc.assert(
      fc.property(place, location => {
        assert.deepEqual(parseLocation(`#/${formatLocation(location)}`), location);
      }),
    );
  });
});

describe('a pasted login link', () => {
  it('gives its ticket, as a whole link, as its end and as the ticket alone', () => {
    const ticket = 'Zk3_x-9qLm';
    assert.equal(ticketFrom(` http://127.0.0.1:8083/#/login?ticket=${ticket}\n`), ticket);
    assert.equal(ticketFrom(`#/login?ticket=${ticket}`), ticket);
    assert.equal(ticketFrom(ticket), ticket);
  });

  it('is refused when it is something else', () => {
    for (const text of ['', 'quayside login', 'http://127.0.0.1:8083/', 'short', 'a b c d e f g h'])
      assert.equal(ticketFrom(text), undefined, text);
  });
});
