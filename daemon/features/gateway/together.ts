// The methods that many servers answer together: lists are joined, names lead to the server that they came from.
import { WireError, type WireObject } from '../../supervision/upstream.ts';
import { type Asking, noSuch } from './asking.ts';
import type { GatewayPorts, PromptName } from './ports.ts';
import type { Reach } from './reach.ts';
import { serversFor, withoutTwins } from './resource-names.ts';
import type { ListedItem, ServerLists } from './server-lists.ts';
import { isObject, rpcCodes } from './wire.ts';

/** Sends the same method to one server and resolves with its result as JSON. */
type Forward = (serverId: string, params: WireObject) => Promise<string>;
type Answer = (params: WireObject, asking: Asking, forward: Forward) => Promise<string | WireObject>;
export type Together = Readonly<Record<string, Answer>>;

interface NamedPrompt extends ListedItem, PromptName {
  /** The server's own name of it. */
  prompt: string;
}

export function createTogether(reach: Reach, lists: ServerLists, ports: Pick<GatewayPorts, 'prompts'>): Together {
  const prompts = async (asking: Asking): Promise<NamedPrompt[]> => {
    const found = (await lists.of(reach.running(asking), 'prompts')).flat().flatMap(one => {
      const { name } = one.item;
      return typeof name === 'string' ? [{ ...one, prompt: name }] : [];
    });
    const names = ports.prompts.names(found);
    return found.flatMap((one, at) => (names[at] ? [{ ...one, ...names[at] }] : []));
  };
  const promptCalled = async (wanted: unknown, asking: Asking): Promise<NamedPrompt> => {
    const all = await prompts(asking);
    const prompt = all.find(({ name }) => name === wanted) ?? all.find(({ longName }) => longName === wanted);
    if (!prompt) throw noSuch(`No running server has a prompt called "${String(wanted).slice(0, 128)}".`);
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
      // A server that tells one twice: the later one is what it means.
      const listed = new Map((await prompts(asking)).map(prompt => [prompt.name, prompt]));
      return {
        prompts: [...listed.values()].map(({ item, name, serverId }) => withServer({ ...item, name }, serverId)),
      };
    },
    async 'prompts/get'(params, asking, forward) {
      const prompt = await promptCalled(params['name'], asking);
      return await forward(prompt.serverId, { ...params, name: prompt.prompt });
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
        return await forward(prompt.serverId, { ...params, ref: { ...ref, name: prompt.prompt } });
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
