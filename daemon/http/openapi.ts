// The OpenAPI 3.1 document, made from the same route objects as the server.
import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { Problem, type ProblemCode, statusOf } from '../../shared/api/problem.ts';
import type { Route } from '../../shared/api/route.ts';
import { apiPrefix, operationIds, routes } from '../../shared/api/routes.ts';

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

export function createOpenApiDocument(version: string): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  const bearer = registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  const cookie = registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'quayside_session_<port>',
  });
  for (const operationId of operationIds) {
    const route: Route = routes[operationId];
    const isPublic = route.permission === 'public';
    registry.registerPath({
      operationId,
      method: route.method,
      path: `${apiPrefix}${route.path}`,
      summary: route.summary,
      tags: [route.path.split('/')[1] ?? ''],
      security: isPublic ? [] : [{ [bearer.name]: [] }, { [cookie.name]: [] }],
      description: isPublic
        ? 'Needs no permission.'
        : `Needs the permission \`${route.permission}\`.${route.audited ? ' Is audited.' : ''}`,
      request: {
        ...(route.params ? { params: route.params } : {}),
        ...(route.query ? { query: route.query } : {}),
        ...(route.body ? { body: { required: true, content: { 'application/json': { schema: route.body } } } } : {}),
      },
      responses: {
        [route.status]: {
          description: 'Success',
          content: { [route.stream ? 'text/event-stream' : 'application/json']: { schema: route.response } },
        },
        ...problemResponses(route, isPublic),
      },
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Quayside',
      version,
      description: 'Everything that the editor, the page and the command line do goes through this API.',
    },
    servers: [{ url: '/' }],
  });
}

function problemResponses(route: Route, isPublic: boolean) {
  const codes: ProblemCode[] = [
    ...route.problems,
    'REQUEST_001',
    ...(isPublic ? [] : (['ACCESS_001', 'ACCESS_002'] as const)),
  ];
  const byStatus = Map.groupBy(codes, statusOf);
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      status,
      { description: of.join(', '), content: { 'application/problem+json': { schema: Problem } } },
    ]),
  );
}
