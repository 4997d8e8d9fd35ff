import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatLocation, type Location, parseLocation, ticketFrom } from '../../../webviews/kit/location.ts';

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

  it('is unknown, and no error, when it makes no sense', () => {
    for (const text of ['server', 'server/a/b', 'tool/a', 'dashboard/x', 'nothing', 'catalog/a/b', '%E0%A4%A'])
      assert.equal(parseLocation(text).view, 'unknown', text);
  });

  it('comes back the same from its own text', () => {
    const name = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
    const place: fc.Arbitrary<Location> = fc.oneof(
      fc.constant<Location>({ view: 'dashboard' }),
      fc.constant<Location>({ view: 'servers' }),
      fc.constant<Location>({ view: 'secrets' }),
      name.map((entry): Location => ({ view: 'catalog', entry })),
      name.map((id): Location => ({ view: 'server', id })),
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
