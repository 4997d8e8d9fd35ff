import { describePrincipal, type Handlers } from '../../http/context.ts';
import type { ToolService } from './tools.service.ts';

type ToolOperations = 'listTools' | 'listServerTools' | 'updateTool' | 'callTool' | 'listResources' | 'listPrompts';

export const toolHandlers = (tools: ToolService): Pick<Handlers, ToolOperations> => ({
  listTools: ({ query }, { maySee }) => tools.list({ ...query, maySee }),
  listServerTools: ({ params, query }) => tools.ofServer(params.id, query),
  updateTool: ({ params, body }) => tools.setEnabled(params.id, params.tool, body.enabled ?? true),
  callTool: async ({ params, body }, { signal, principal }) => {
    const caller = describePrincipal(principal);
    const { call } = await tools.call({ serverId: params.id, tool: params.tool, ...body, caller, signal });
    return call;
  },
  listResources: ({ params, query }, { signal }) => tools.resources(params.id, query, signal),
  listPrompts: ({ params, query }, { signal }) => tools.prompts(params.id, query, signal),
});
