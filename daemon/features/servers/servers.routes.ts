import { describePrincipal, type Handlers } from '../../http/context.ts';
import type { ServerTester } from './server-tester.ts';
import type { ServerService } from './servers.service.ts';

type ServerOperations =
  | 'listServers'
  | 'createServer'
  | 'getServer'
  | 'updateServer'
  | 'deleteServer'
  | 'startServer'
  | 'stopServer'
  | 'restartServer'
  | 'testServer';

/** `approved`: what models may be told of a server; null while that is held back. */
export const serverHandlers = (
  servers: ServerService,
  tester: ServerTester,
  approved: (serverId: string) => string | null | undefined,
): Pick<Handlers, ServerOperations> => ({
  listServers: ({ query }, { principal }) => servers.list({ ...query, scope: principal?.servers ?? null }),
  createServer: ({ body }) => servers.create(body),
  getServer({ params }, { principal }) {
    const server = servers.get(params.id);
    const isHeldBack = principal?.kind === 'agent' && approved(params.id) === null;
    return isHeldBack ? { ...server, instructions: null } : server;
  },
  updateServer: ({ params, body }) => servers.update(params.id, body),
  deleteServer: async ({ params }) => {
    await servers.remove(params.id);
    return {};
  },
  // A start goes on when its caller goes away, as a page that is reloaded does; to end it, stop the server.
  startServer: ({ params }, { principal }) => servers.start(params.id, describePrincipal(principal)),
  stopServer: ({ params }) => servers.stop(params.id),
  restartServer: ({ params }, { principal }) => servers.restart(params.id, describePrincipal(principal)),
  testServer: ({ params }, { principal, signal }) => tester.test(params.id, signal, describePrincipal(principal)),
});
