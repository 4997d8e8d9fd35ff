// One server object of the SDK, for one session or one stateless request.
import { ProtocolError, ResourceNotFoundError, Server, type ServerContext } from '@modelcontextprotocol/server';
import { type Act, acts } from './acts.ts';
import { checkState, elicitation, inputActs, withInput } from './input.ts';
import { png, prompts, resources, resourceTemplates, tools } from './offer.ts';

export interface EverythingOptions {
  isStateless: boolean;
  /** Instead of the server's own notifications. */
  changed?: Act['changed'] | undefined;
}

const capabilities = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  completions: {},
  logging: {},
};

const plainText = (uri: string, text: string) => ({ contents: [{ uri, mimeType: 'text/plain', text }] });

function read(uri: string) {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  if (id !== undefined) {
    const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
    return { contents: [{ uri, mimeType: 'application/json', text }] };
  }
  if (uri === 'test://static-text') return plainText(uri, 'This is the content of the static text resource.');
  if (uri === 'test://static-binary') return { contents: [{ uri, mimeType: 'image/png', blob: png }] };
  if (uri === 'test://watched-resource' || uri === 'test://example-resource') return plainText(uri, `It is ${uri}.`);
  throw new ResourceNotFoundError(uri);
}

type Message = { role: 'user'; content: Record<string, unknown> };
const say = (...contents: Record<string, unknown>[]) => ({
  messages: contents.map((content): Message => ({ role: 'user', content })),
});
const words = (text: string) => ({ type: 'text', text });

function getPrompt(name: string, args: Record<string, unknown>, context: ServerContext): Record<string, unknown> {
  switch (name) {
    case 'test_simple_prompt':
      return { description: 'A text', ...say(words('This is a simple prompt for testing.')) };
    case 'test_prompt_with_arguments':
      return say(words(`Prompt with arguments: arg1='${args['arg1']}', arg2='${args['arg2']}'`));
    case 'test_prompt_with_embedded_resource': {
      const resource = {
        uri: args['resourceUri'],
        mimeType: 'text/plain',
        text: 'Embedded resource content for testing.',
      };
      return say({ type: 'resource', resource }, words('Please process the embedded resource above.'));
    }
    case 'test_prompt_with_image':
      return say({ type: 'image', data: png, mimeType: 'image/png' }, words('Please analyze the image above.'));
    case 'test_input_required_result_prompt':
      return withInput(context, { user_context: elicitation('What context should the prompt use?', 'context') }, told =>
        say(words(`In this context: ${JSON.stringify(told['user_context'])}`)),
      );
    default:
      throw new ProtocolError(-32_602, `There is no prompt ${name}`);
  }
}

export function createEverythingServer({ isStateless, changed }: EverythingOptions): Server {
  const server = new Server(
    { name: 'everything', title: 'Everything', version: '1.2.3' },
    {
      capabilities,
      instructions: 'Offers everything that the protocol has.',
      requestState: { verify: state => checkState(state) },
    },
  );
  const tell: Act['changed'] = what => {
    if (what === 'tools') void server.sendToolListChanged();
    else if (what === 'prompts') void server.sendPromptListChanged();
    else void server.sendResourceUpdated({ uri: 'test://watched-resource' });
  };
  server.setRequestHandler('tools/list', () => ({ tools }) as never);
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    const act = acts[params.name] ?? inputActs[params.name];
    if (!act) throw new ProtocolError(-32_602, `Unknown tool: ${params.name}`);
    const { envelope, _meta } = context.mcpReq;
    const lifted = envelope as Record<string, unknown> | undefined;
    const declared = lifted?.['io.modelcontextprotocol/clientCapabilities'] ?? server.getClientCapabilities() ?? {};
    return (await act({
      args: params.arguments ?? {},
      context,
      capabilities: declared as Record<string, unknown>,
      isStateless,
      progressToken: _meta?.progressToken,
      changed: changed ?? tell,
    })) as never;
  });
  server.setRequestHandler('prompts/list', () => ({ prompts }));
  server.setRequestHandler(
    'prompts/get',
    ({ params }, context) => getPrompt(params.name, params.arguments ?? {}, context) as never,
  );
  server.setRequestHandler('resources/list', () => ({ resources }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates }));
  server.setRequestHandler('resources/read', ({ params }) => read(params.uri));
  server.setRequestHandler('completion/complete', ({ params }) => {
    const values = ['paris', 'park', 'party'].filter(value => value.startsWith(params.argument.value));
    return { completion: { values, total: values.length, hasMore: false } };
  });
  if (!isStateless) {
    server.setRequestHandler('resources/subscribe', () => ({}));
    server.setRequestHandler('resources/unsubscribe', () => ({}));
  }
  return server;
}
