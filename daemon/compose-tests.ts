// Wires tests and comparisons to servers, installs and the history of calls.
import type { Database } from 'better-sqlite3';
import { problem } from '../shared/api/problem.ts';
import type { OperationService } from './features/operations/operations.service.ts';
import type { ServerService } from './features/servers/servers.service.ts';
import { createTests } from './features/tests/create-tests.ts';
import type { ReplayCall } from './features/tests/replay.ts';
import type { CallPorts } from './features/tests/test-caller.ts';
import type { TestRunServiceOptions } from './features/tests/test-runs.service.ts';
import type { Handlers, RequestContext } from './http/context.ts';
import type { Lifelines } from './http/lifelines.ts';
import type { CallGuard, ToolCall } from './supervision/tool-call.ts';

export interface TestsComposition {
  database: Database;
  calls: CallPorts;
  servers: Pick<ServerService, 'get' | 'exists' | 'start' | 'stop' | 'remove' | 'configuration'>;
  operations: Pick<OperationService, 'create' | 'get' | 'cancel'>;
  /** Those of the history of calls and of saved calls. */
  history: Pick<Handlers, 'getCall' | 'listCalls' | 'listSavedCalls'>;
  lifelines: Lifelines;
  hideValues(text: string): string;
  publish: TestRunServiceOptions['publish'];
  onFailure(error: unknown): void;
}

export function composeTests(parts: TestsComposition) {
  const { database, calls, servers, operations, history, lifelines, hideValues, publish, onFailure } = parts;
  return createTests({
    ...{ database, lifelines, publish, onFailure },
    calls: { ...calls, guard: withoutToolsThatAreOff(calls.guard, servers) },
    hideSecrets: hideValues,
    readCall: (id, context) => history.getCall({ params: { id } }, context),
    savedCalls: (serverId, context) => savedCalls(history, serverId, context),
    servers: {
      server: servers.get,
      exists: servers.exists,
      start: servers.start,
      stop: servers.stop,
      remove: servers.remove,
      install: operations.create,
      operation: operations.get,
      cancelOperation: operations.cancel,
    },
  });
}

/** Tests ask the server itself, so what is switched off is refused here: before a person is asked, and after. */
const withoutToolsThatAreOff = (guard: CallGuard, servers: Pick<ServerService, 'configuration'>): CallGuard => {
  const refuseIfOff = ({ serverId, tool }: ToolCall): void => {
    if (!servers.configuration(serverId).disabledTools.includes(tool)) return;
    throw problem('TOOL_005', {
      detail: `"${tool}" of "${serverId}" is switched off.`,
      next: 'Tick its box in the list of tools.',
    });
  };
  return {
    admit(call) {
      refuseIfOff(call);
      return guard.admit(call)?.then(() => refuseIfOff(call));
    },
  };
};

const page = { page: 1, limit: 100, sort_order: 'desc' } as const;

/** Those that a person saved first, then the last ones whose arguments were kept as they were. */
async function savedCalls(
  history: TestsComposition['history'],
  serverId: string,
  context: RequestContext,
): Promise<ReplayCall[]> {
  const ofServer = { ...page, server: serverId };
  const saved = await history.listSavedCalls({ query: { ...ofServer, sort_by: 'created_at', kind: 'tool' } }, context);
  const kept = await history.listCalls({ query: { ...ofServer, sort_by: 'number', outcome: 'ok' } }, context);
  const details = await Promise.all(
    kept.items.filter(call => call.argumentsKept).map(call => history.getCall({ params: { id: call.id } }, context)),
  );
  const whole = details.flatMap(({ tool, arguments: args, argumentsState }) =>
    argumentsState === 'whole' && typeof args === 'object' && args !== null ? [{ tool, arguments: { ...args } }] : [],
  );
  return [...saved.items.map(call => ({ tool: call.target, arguments: call.arguments })), ...whole];
}
