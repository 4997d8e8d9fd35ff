import { describePrincipal, type Handlers } from '../../http/context.ts';
import type { ComparisonService } from './comparisons.service.ts';

type Operations = 'createComparison' | 'getComparison' | 'cancelComparison';

export const comparisonHandlers = (comparisons: ComparisonService): Pick<Handlers, Operations> => ({
  createComparison: ({ body }, { principal, requestId }) => {
    const name = describePrincipal(principal);
    const caller = { name, kind: principal?.kind ?? 'agent', id: principal?.id ?? '', sessionId: null, client: null };
    return comparisons.create(body, caller, requestId);
  },
  getComparison: ({ params }) => comparisons.get(params.id),
  cancelComparison: ({ params }) => comparisons.cancel(params.id),
});
