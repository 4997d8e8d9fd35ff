import type { Handlers } from '../../http/context.ts';
import type { OperationService } from './operations.service.ts';

type Operations = 'createOperation' | 'listOperations' | 'getOperation' | 'cancelOperation' | 'retryOperation';

export const operationHandlers = (operations: OperationService): Pick<Handlers, Operations> => ({
  createOperation: ({ body }) => operations.create(body),
  listOperations: ({ query }) => operations.list(query),
  getOperation: ({ params }) => operations.get(params.id),
  cancelOperation: ({ params }) => operations.cancel(params.id),
  retryOperation: ({ params }) => operations.retry(params.id),
});
