import { describePrincipal, type Handlers, type RequestContext } from '../../http/context.ts';
import { decide } from '../../http/policy.ts';
import type { Caller } from '../../supervision/tool-call.ts';
import type { CallScope } from './call-filter.ts';
import type { CallService } from './calls.service.ts';

type CallOperations =
  | 'listCalls'
  | 'getCall'
  | 'exportCalls'
  | 'getCallStatistics'
  | 'replayCall'
  | 'deleteCalls'
  | 'getCallSettings'
  | 'updateCallSettings'
  | 'getToolAdvice';

/** Arguments and results are for those who may call tools themselves; an auditor sees that there was a call. */
const scopeOf = ({ principal }: RequestContext): CallScope => ({
  servers: principal?.servers ?? null,
  mayReadValues: decide(principal, 'tools:call', { from: 'this-machine', isFiltered: true, now: Date.now() }).allowed,
});

const callerOf = ({ principal }: RequestContext): Caller => ({
  name: describePrincipal(principal),
  kind: principal?.kind ?? 'owner',
  id: principal?.id ?? '',
  sessionId: null,
  client: null,
});

export const callHandlers = (calls: CallService): Pick<Handlers, CallOperations> => ({
  listCalls: ({ query }, context) => calls.list(query, scopeOf(context)),
  getCall: ({ params }, context) => calls.get(params.id, scopeOf(context)),
  exportCalls: ({ query }, context) => calls.export(query, scopeOf(context)),
  getCallStatistics: ({ query }, context) => calls.statistics(query, scopeOf(context)),
  replayCall: ({ params, body }, context) =>
    calls.replay(params.id, {
      timeoutSeconds: body.timeoutSeconds,
      caller: callerOf(context),
      requestId: context.requestId,
      signal: context.signal,
    }),
  async deleteCalls({ body: { values, ...filter } }) {
    return { deleted: await calls.delete(filter, values) };
  },
  getCallSettings: () => calls.settings(),
  updateCallSettings: ({ body }) => calls.changeSettings(body),
  getToolAdvice: ({ query }, context) => calls.advice(query.days, scopeOf(context)),
});
