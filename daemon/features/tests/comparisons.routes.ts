import { describePrincipal, type Handlers, type RequestContext } from '../../http/context.ts';
import type { ComparisonService } from './comparisons.service.ts';
import type { DismissalOf } from './dismissal.ts';
import type { ReplayCall } from './replay.ts';

type Operations = 'createComparison' | 'listServerComparisons' | 'getComparison' | 'cancelComparison';

export interface ComparisonHandlerOptions {
  comparisons: ComparisonService;
  dismissalOf: DismissalOf;
  /** Calls of the server that were saved or kept, as far as who asks may see them. */
  savedCalls(serverId: string, context: RequestContext): Promise<readonly ReplayCall[]>;
}

export const comparisonHandlers = ({
  comparisons,
  dismissalOf,
  savedCalls,
}: ComparisonHandlerOptions): Pick<Handlers, Operations> => ({
  async createComparison({ body }, context) {
    const { principal, requestId } = context;
    const name = describePrincipal(principal);
    const caller = { name, kind: principal?.kind ?? 'agent', id: principal?.id ?? '', sessionId: null, client: null };
    const dismissal = dismissalOf(principal);
    const kept = await savedCalls(body.serverId, context);
    return comparisons.create(body, { caller, requestId, dismissal, savedCalls: kept });
  },
  listServerComparisons: ({ params, query }) => comparisons.ofServer(params.id, query),
  getComparison: ({ params }) => comparisons.get(params.id),
  cancelComparison: ({ params }) => comparisons.cancel(params.id),
});
