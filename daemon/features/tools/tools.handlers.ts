import { describePrincipal, type Handlers, type RequestContext } from '../../http/context.ts';
import type { Caller } from '../../supervision/tool-call.ts';
import type { Clashes } from './clashes.service.ts';
import type { Questions } from './questions.ts';
import type { ServerContents } from './server-contents.ts';
import type { Sending } from './server-requests.ts';
import type { TokenCostService } from './token-costs.ts';
import type { ToolCalls } from './tool-calls.ts';
import type { ToolList } from './tool-list.ts';

type ToolOperations =
  | 'listTools'
  | 'listServerTools'
  | 'listToolClashes'
  | 'keepToolClash'
  | 'reopenToolClash'
  | 'updateTool'
  | 'callTool'
  | 'listResources'
  | 'listResourceTemplates'
  | 'readResource'
  | 'listPrompts'
  | 'getPrompt'
  | 'completeArgument'
  | 'listQuestions'
  | 'answerQuestion'
  | 'getTokenCosts';

export interface ToolParts {
  list: ToolList;
  clashes: Clashes;
  calls: ToolCalls;
  contents: ServerContents;
  questions: Questions;
  costs: TokenCostService;
}

/** Calls of one caller by the API belong together as far as a server is concerned, but make no session. */
const callerOf = ({ principal }: RequestContext): Caller => ({
  name: describePrincipal(principal),
  kind: principal?.kind ?? 'owner',
  id: principal?.id ?? '',
  sessionId: null,
  client: null,
});

/** Whose questions somebody may answer. The owner may do everything. */
const askedOf = (context: RequestContext): string | null => {
  const { kind, id } = callerOf(context);
  return kind === 'owner' ? null : `${kind}:${id}`;
};

interface Watched {
  timeoutSeconds?: number | undefined;
  watch?: boolean | undefined;
  callId?: string | undefined;
}

const toSending = (serverId: string, body: Watched, context: RequestContext): Sending => ({
  serverId,
  caller: callerOf(context),
  signal: context.signal,
  timeoutSeconds: body.timeoutSeconds,
  watchId: body.watch ? body.callId : undefined,
});

export const toolHandlers = ({
  list,
  clashes,
  calls,
  contents,
  questions,
  costs,
}: ToolParts): Pick<Handlers, ToolOperations> => ({
  listTools: ({ query }, { maySee, principal }) => list.list(query, { maySee, isAgent: principal?.kind === 'agent' }),
  listServerTools: ({ params, query }, { principal }) =>
    list.ofServer(params.id, query, { isAgent: principal?.kind === 'agent' }),
  listToolClashes: async ({ query }, { maySee }) => ({ items: await clashes.list(query, maySee) }),
  keepToolClash: ({ params, body }, { principal }) =>
    clashes.keep(params.name, body.tools, describePrincipal(principal)),
  reopenToolClash: ({ params }) => clashes.reopen(params.name),
  updateTool: ({ params, body }) => list.change(params.id, params.tool, body),
  async callTool({ params, body }, context) {
    const { call } = await calls.call({
      ...toSending(params.id, body, context),
      tool: params.tool,
      arguments: body.arguments,
      caller: callerOf(context),
      via: 'api',
      requestId: context.requestId,
    });
    return call;
  },
  listResources: ({ params, query }, { signal }) => contents.resources(params.id, query, signal),
  listResourceTemplates: ({ params, query }, context) => contents.templates(query, toSending(params.id, {}, context)),
  readResource: ({ params, body }, context) => contents.read(body.uri, toSending(params.id, body, context)),
  listPrompts: ({ params, query }, { signal }) => contents.prompts(params.id, query, signal),
  getPrompt: ({ params, body }, context) =>
    contents.prompt(params.name, body.arguments, toSending(params.id, body, context)),
  completeArgument: ({ params, body }, context) => contents.complete(body, toSending(params.id, {}, context)),
  listQuestions: ({ query }, context) => ({
    items: questions
      .list(askedOf(context))
      .filter(
        ({ callId, serverId }) => (query.call === undefined || callId === query.call) && context.maySee(serverId),
      ),
  }),
  answerQuestion({ params, body }, context) {
    questions.answer(params.id, askedOf(context), body);
    return {};
  },
  getTokenCosts: (_request, { maySee }) => costs.costs(maySee),
});
