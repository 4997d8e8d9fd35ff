// The methods that many servers answer together: lists are joined, names lead to the server that they came from.
import { WireError, type WireObject } from '../../supervision/upstream.ts';
import { type Asking, noSuch } from './asking.ts';
import { createNameTable, type NameTable } from './clash-names.ts';
import type { Reach } from './reach.ts';
import { serversFor, withoutTwins } from './resource-names.ts';
import type { ListedItem, ServerLists } from './server-lists.ts';
import { isObject, rpcCodes } from './wire.ts';

/** Sends the same method to one server and resolves with its result as JSON. */
type Forward = (serverId: string, params: WireObject) => Promise<string>;
type Answer = (params: WireObject, asking: Asking, forward: Forward) => Promise<string | WireObject>;
export type Together = Readonly<Record<string, Answer>>;

interface NamedPrompt extends ListedItem {
  name: string;
}

export function createTogether(reach: Reach, lists: ServerLists): Together {
  const prompts = async (asking: Asking): Promise<NameTable<NamedPrompt>> => {
    const found = (await lists.of(reach.running(asking), 'prompts')).flat();
    return createNameTable(found.map(one => ({ ...one, name: String(one.item['name']) })));
  };
  const promptCalled = async (name: unknown, asking: Asking): Promise<NamedPrompt> => {
    const prompt = typeof name === 'string' ? (await prompts(asking)).find(name) : undefined;
    if (!prompt) throw noSuch(`No running server has a prompt called "${String(name).slice(0, 128)}".`);
    return prompt;
  };
  const serversWith = async (uri: unknown, asking: Asking): Promise<string[]> => {
    if (typeof uri !== 'string') throw noSuch('The URI of a resource is missing.');
    const running = reach.running(asking);
    const [resources, templates] = await Promise.all([
      lists.of(running, 'resources'),
      lists.of(running, 'resourceTemplates'),
    ]);
    const others = running.filter(id => isObject(reach.offer(id)?.capabilities['resources']));
    return serversFor(uri, resources.flat(), templates.flat(), others);
  };
  const list = (what: 'resources' | 'resourceTemplates', key: string): Answer => {
    return async (_params, asking) => {
      const found = withoutTwins((await lists.of(reach.running(asking), what)).flat(), key);
      return { [what]: found.map(({ serverId, item }) => withServer(item, serverId)) };
    };
  };
  /** To the server that has it; where none says so, to each until one answers. */
  const atResource: Answer = async (params, asking, forward) => {
    const candidates = await serversWith(params['uri'], asking);
    let refusal: unknown;
    for (const serverId of candidates) {
      try {
        return await forward(serverId, params);
      } catch (error) {
        if (candidates.length === 1 || asking.waiting.signal.aborted) throw error;
        refusal ??= error;
      }
    }
    throw refusal ?? new WireError(rpcCodes.noResource, 'No running server has this resource.', { uri: params['uri'] });
  };

  return {
    ping: async () => ({}),
    async 'prompts/list'(_params, asking) {
      const { listed } = await prompts(asking);
      return { prompts: [...listed].map(([name, { item, serverId }]) => withServer({ ...item, name }, serverId)) };
    },
    async 'prompts/get'(params, asking, forward) {
      const prompt = await promptCalled(params['name'], asking);
      return await forward(prompt.serverId, { ...params, name: prompt.name });
    },
    'resources/list': list('resources', 'uri'),
    'resources/templates/list': list('resourceTemplates', 'uriTemplate'),
    'resources/read': atResource,
    'resources/subscribe': atResource,
    'resources/unsubscribe': atResource,
    async 'completion/complete'(params, asking, forward) {
      const ref = params['ref'];
      if (!isObject(ref)) throw noSuch('completion/complete needs a reference.');
      if (ref['type'] === 'ref/prompt') {
        const prompt = await promptCalled(ref['name'], asking);
        return await forward(prompt.serverId, { ...params, ref: { ...ref, name: prompt.name } });
      }
      const templates = (await lists.of(reach.running(asking), 'resourceTemplates')).flat();
      const exact = templates.find(({ item }) => item['uriTemplate'] === ref['uri']);
      const [serverId] = exact ? [exact.serverId] : await serversWith(ref['uri'], asking);
      if (serverId === undefined) throw noSuch('No running server has this resource.');
      return await forward(serverId, params);
    },
    // What each server is told of it is told when it is first asked for something.
    'logging/setLevel': async () => ({}),
  };
}

const withServer = (item: WireObject, serverId: string): WireObject => ({
  ...item,
  _meta: { ...(isObject(item['_meta']) ? item['_meta'] : {}), 'quayside/server': serverId },
});
