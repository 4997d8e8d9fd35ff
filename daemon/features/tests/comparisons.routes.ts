import { describePrincipal, type Handlers, type RequestContext } from '../../http/context.ts';
import type { ComparisonService } from './comparisons.service.ts';
import type { ReplayCall } from './replay.ts';

type Operations = 'createComparison' | 'getComparison' | 'cancelComparison';

export interface ComparisonHandlerOptions {
  comparisons: ComparisonService;
  /** Calls of the server that were saved or kept, as far as who asks may see them. */
  savedCalls(serverId: string, context: RequestContext): Promise<readonly ReplayCall[]>;
}

export const comparisonHandlers = ({
  comparisons,
  savedCalls,
}: ComparisonHandlerOptions): Pick<Handlers, Operations> => ({
  async createComparison({ body }, context) {
    const { principal, requestId } = context;
    const name = describePrincipal(principal);
    const caller = { name, kind: principal?.kind ?? 'agent', id: principal?.id ?? '', sessionId: null, client: null };
    return comparisons.create(body, { caller, requestId, savedCalls: await savedCalls(body.serverId, context) });
  },
  getComparison: ({ params }) => comparisons.get(params.id),
  cancelComparison: ({ params }) => comparisons.cancel(params.id),
});
