// What each method does: where one server answers it is forwarded as it is, where many do their answers are put together.
import { carriesContent, sendHeard } from '../../supervision/contents.ts';
import type { WireObject } from '../../supervision/upstream.ts';
import { type Asking, noMethod, noSuch } from './asking.ts';
import { toClientCall } from './client-call.ts';
import { notCarried } from './description.ts';
import type { GatewayPorts } from './ports.ts';
import type { Reach } from './reach.ts';
import { toText } from './result-text.ts';
import type { Together } from './together.ts';
import type { ToolCalls } from './tool-calls.ts';
import type { ToolTable } from './tool-table.ts';

/** Resolves with the result as JSON. Errors: WireError, problems, and the signal's reason. */
export type AnswerRequest = (method: string, params: WireObject, asking: Asking) => Promise<string | Buffer>;

export interface RequestParts {
  ports: GatewayPorts;
  reach: Reach;
  table: ToolTable;
  calls: ToolCalls;
  together: Together;
}

/** Methods of the protocol that call nothing. All others at a server's own address are guarded and recorded as calls are. */
const plain: ReadonlySet<string> = new Set([
  'ping',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'logging/setLevel',
]);

export function createRequests({ ports, reach, table, calls, together }: RequestParts): AnswerRequest {
  const forward = async (serverId: string, method: string, params: WireObject, asking: Asking): Promise<string> => {
    const upstream = await reach.upstream(serverId, asking.waiting.client);
    const call = toClientCall(asking.waiting, ports.servers.callSeconds(serverId));
    const sent = await sendHeard(
      method,
      () => upstream.request({ method, params }, call),
      () => ports.onRead?.(serverId, asking.caller),
    );
    const result = carriesContent(method) ? (ports.screen?.(serverId, undefined, sent) ?? sent) : sent;
    return toText(method, result, asking.era, upstream.offer.serverInfo);
  };

  const listTools = (asking: Asking): Buffer => {
    const { place } = asking;
    // A server without tools says so itself; of one that has not run yet nothing is known.
    const offer = place.kind === 'server' ? reach.offer(place.server) : undefined;
    if (offer && offer.capabilities['tools'] === undefined) throw noMethod('tools/list');
    return table.list(asking)[asking.era];
  };

  const answerTogether = async (method: string, params: WireObject, asking: Asking): Promise<string> => {
    const isNamed = Object.hasOwn(together, method) ? together[method] : undefined;
    if (!isNamed) throw noMethod(method);
    const answer = await isNamed(params, asking, (serverId, changed) => forward(serverId, method, changed, asking));
    return typeof answer === 'string' ? answer : toText(method, answer, asking.era);
  };

  return async (method, params, asking) => {
    if (method === 'tools/call') {
      const name = params['name'];
      if (typeof name !== 'string') throw noSuch('tools/call needs the name of a tool.');
      const tool = table.find(asking, name);
      if (!tool) throw noSuch(`No running server has a tool called "${name.slice(0, 128)}".`);
      return await calls.callTool(tool, params, asking);
    }
    if (method === 'tools/list') return listTools(asking);
    if (notCarried.some(capability => method.startsWith(`${capability}/`))) throw noMethod(method);
    const { place } = asking;
    if (place.kind !== 'server') return await answerTogether(method, params, asking);
    return plain.has(method)
      ? await forward(place.server, method, params, asking)
      : await calls.callMethod(place.server, method, params, asking);
  };
}
