import assert from 'node:assert/strict';
import * as z from 'zod';
import type { Route } from '../../shared/api/route.ts';
import { permissions } from '../../shared/api/route.ts';
import { operationIds, routes } from '../../shared/api/routes.ts';

const all = operationIds.map(id => [id, routes[id] as Route] as const);

describe('the table of routes', () => {
  it('has each method and path once', () => {
    const keys = all.map(([, route]) => `${route.method} ${route.path.replace(/\{\w+\}/g, '{}')}`);
    assert.deepEqual(keys.toSorted(), [...new Set(keys)].toSorted());
  });

  it('names a permission that exists on every route, and "public" on those alone that must answer strangers', () => {
    for (const [id, route] of all) {
      if (route.permission !== 'public') assert.ok(permissions.includes(route.permission), id);
    }
    const open = all.filter(([, route]) => route.permission === 'public').map(([id]) => id);
    assert.deepEqual(open, [
      'getHealth',
      'createSession',
      'listSignInMethods',
      'signIn',
      'takeInvitation',
      'createTokens',
      'revokeTokens',
      'signInWithBitwarden',
    ]);
  });

  it('uses every permission that is named', () => {
    const used = new Set(all.map(([, route]) => route.permission));
    assert.deepEqual(
      permissions.filter(permission => !used.has(permission)),
      [],
    );
  });

  /** They are asked by POST because their question is a document, or because they look at the outer world. */
  const asks = [
    'completeArgument',
    'verifyLockFile',
    'explainApproval',
    'previewCatalog',
    'probeDocker',
    'previewClientChange',
    'runDoctor',
    'explainAccess',
    'parseTestFile',
    'makeTestOfCall',
  ];

  it('audits every route that changes something', () => {
    const silent = all.filter(([, route]) => route.method !== 'get' && !route.audited).map(([id]) => id);
    assert.deepEqual(silent, asks);
  });

  it('declares the parameters that its paths have, and no others', () => {
    for (const [id, route] of all) {
      const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(match => match[1]);
      assert.deepEqual(Object.keys(route.params?.shape ?? {}), inPath, id);
    }
  });

  it('gives every list page, limit (20, at most 100), sort_by, sort_order and a total', () => {
    const isList = ({ response }: Route) =>
      response instanceof z.ZodObject && 'total' in response.shape && 'items' in response.shape;
    const lists = all.filter(([, route]) => isList(route));
    assert.ok(lists.length >= 7);
    for (const [id, route] of lists) {
      const query = route.query as z.ZodObject;
      assert.equal((query.parse({}) as { limit: number }).limit, 20, id);
      assert.equal(query.safeParse({ limit: 100 }).success, true, id);
      assert.equal(query.safeParse({ limit: 101 }).success, false, id);
      assert.equal(query.safeParse({ page: 0 }).success, false, id);
      assert.equal(query.safeParse({ sort_order: 'sideways' }).success, false, id);
      assert.equal(query.safeParse({ sort_by: 'rowid; drop table servers' }).success, false, id);
    }
  });
});
