import assert from 'node:assert/strict';
import { decide } from '../../../daemon/http/policy.ts';
import { toPath } from '../../../shared/api/client.ts';
import { Problem } from '../../../shared/api/problem.ts';
import type { Route } from '../../../shared/api/route.ts';
import { operationIds, routes } from '../../../shared/api/routes.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../support/in-process-daemon.ts';

/** Some path that fits the route. */
const samplePath = (route: Route) => toPath(route, { params: { id: 'some', tool: 'some' } });
const json = { 'content-type': 'application/json' };

describe('the kernel', () => {
  let daemon: InProcessDaemon;
  before(async () => {
    daemon = await startInProcessDaemon();
  });
  after(() => daemon[Symbol.asyncDispose]());

  it('refuses every route without a token, but for health and the trade of a login ticket', async () => {
    for (const id of operationIds) {
      const route: Route = routes[id];
      const response = await daemon.request(samplePath(route), { method: route.method.toUpperCase(), headers: json });
      if (route.permission === 'public') assert.notEqual(response.status, 403, id);
      else {
        assert.equal(response.status, 401, id);
        assert.equal(Problem.parse(await response.json()).code, 'ACCESS_001', id);
      }
    }
  });

  it('refuses the MCP endpoint and the description of the API without a token', async () => {
    for (const path of ['/mcp', '/openapi.json', '/api/docs']) {
      assert.equal((await daemon.request(path)).status, 401, path);
    }
  });

  it('refuses a wrong token, also beside a good cookie', async () => {
    for (const authorization of ['Bearer wrong', 'Bearer ', 'Basic eDp5', `bearer${daemon.daemon.token}`]) {
      assert.equal(
        (await daemon.request('/api/v1/servers', { headers: { authorization } })).status,
        401,
        authorization,
      );
    }
  });

  it('refuses a foreign host or origin even with the right token', async () => {
    const foreignHost = await daemon.request('/api/v1/servers', { headers: { ...daemon.asOwner, host: 'evil.test' } });
    assert.equal(Problem.parse(await foreignHost.json()).code, 'ACCESS_003');
    const foreignOrigin = await daemon.request('/api/v1/servers', {
      headers: { ...daemon.asOwner, origin: 'http://evil.test' },
    });
    assert.equal(Problem.parse(await foreignOrigin.json()).code, 'ACCESS_004');
    assert.equal((await daemon.request('/api/v1/servers', { headers: daemon.asOwner })).status, 200);
  });

  it('answers health to anybody and tells nothing else', async () => {
    const response = await daemon.request('/api/v1/health');
    assert.equal(response.status, 200);
    assert.deepEqual(Object.keys((await response.json()) as object), ['name', 'status', 'version', 'apiVersion']);
  });

  it('sends the security headers and a request id with every answer, and no CORS header', async () => {
    for (const path of ['/', '/api/v1/health', '/api/v1/servers', '/nothing']) {
      const { headers } = await daemon.request(path);
      assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/, path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/);
      assert.equal(headers.get('access-control-allow-origin'), null);
    }
  });

  it('says what is wrong with a request, field by field', async () => {
    const response = await daemon.request('/api/v1/servers', {
      method: 'POST',
      headers: { ...daemon.asOwner, ...json },
      body: JSON.stringify({ type: 'command', id: '-bad', command: '--privileged' }),
    });
    assert.equal(response.status, 422);
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    const failure = Problem.parse(await response.json());
    assert.deepEqual(
      failure.errors?.map(error => error.path),
      ['/body/command', '/body/id'],
    );
    assert.ok(failure.requestId);
  });

  it('refuses a body that is no JSON, of another type or too large', async () => {
    const post = (body: string, type = 'application/json') =>
      daemon.request('/api/v1/operations', {
        method: 'POST',
        headers: { ...daemon.asOwner, 'content-type': type, 'content-length': String(body.length) },
        body,
      });
    assert.equal((await post('{')).status, 422);
    assert.equal((await post('{}', 'text/plain')).status, 415);
    assert.equal((await post(JSON.stringify({ a: 'x'.repeat(1_100_000) }))).status, 413);
  });

  it('answers 404 where there is nothing', async () => {
    const response = await daemon.request('/api/v1/nothing', { headers: daemon.asOwner });
    assert.equal(Problem.parse(await response.json()).code, 'REQUEST_003');
  });

  it('describes all routes in one OpenAPI document', async () => {
    const response = await daemon.request('/openapi.json', { headers: daemon.asOwner });
    const document = (await response.json()) as {
      openapi: string;
      paths: Record<string, Record<string, { operationId: string }>>;
      components: { schemas: object };
    };
    assert.equal(document.openapi, '3.1.0');
    const described = Object.values(document.paths).flatMap(path =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    assert.deepEqual(described.toSorted(), operationIds.toSorted());
    for (const name of [
      'MCPServer',
      'ServerConfiguration',
      'Tool',
      'TestResult',
      'ResourceLimits',
      'NetworkConfig',
      'JSONSchema',
      'Problem',
      'SecretReference',
    ]) {
      assert.ok(name in document.components.schemas, name);
    }
  });

  it('shows the API as a page that needs no script', async () => {
    const page = await (await daemon.request('/api/docs', { headers: daemon.asOwner })).text();
    for (const id of operationIds) assert.ok(page.includes(`<code>${id}</code>`), id);
    assert.doesNotMatch(page, /<script/);
  });

  it('denies by default: nobody gets a permission without being somebody', () => {
    assert.deepEqual(decide(null, 'servers:read').allowed, false);
    assert.deepEqual(decide({ kind: 'stranger' } as never, 'servers:read').allowed, false);
  });
});
