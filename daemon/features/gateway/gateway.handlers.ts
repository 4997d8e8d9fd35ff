// The API's view of the endpoint: sessions and ways.
import type { McpSession } from '../../../shared/api/mcp.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { Handlers } from '../../http/context.ts';
import { toTimestamp } from '../../platform/clock.ts';
import { describeClient } from './entry.ts';
import { pathOf } from './places.ts';
import type { GatewayPorts } from './ports.ts';
import type { Reach } from './reach.ts';
import type { ServerLists } from './server-lists.ts';
import { describePath } from './server-path.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

export type GatewayHandlers = Pick<Handlers, 'listMcpSessions' | 'deleteMcpSession' | 'getServerPath'>;

export const gatewayHandlers = (
  sessions: Sessions,
  reach: Reach,
  { servers, upstreams }: Pick<GatewayPorts, 'servers' | 'upstreams'>,
  lists: ServerLists,
): GatewayHandlers => ({
  listMcpSessions: ({ query }) => toPage(sessions.all().map(present), query),
  deleteMcpSession({ params }) {
    const session = sessions.byHandle(params.id);
    if (!session) throw noSession(params.id);
    sessions.end(session);
    return {};
  },
  getServerPath({ params }) {
    if (!servers.ids().includes(params.id)) throw noServer(params.id);
    return describePath(params.id, sessions.all(), reach, upstreams, lists);
  },
});

const present = (session: Session): McpSession => ({
  id: session.handle,
  client: describeClient(session.info),
  protocolVersion: session.revision,
  path: pathOf(session.place),
  principal: session.principal,
  since: toTimestamp(session.createdAt),
  lastUsedAt: toTimestamp(session.lastUsedAt),
  calls: session.calls,
  streams: session.openStreams,
});

function toPage(rows: McpSession[], { page, limit, sort_by, sort_order }: PageQuery): Page<McpSession> {
  const key = sort_by === 'client' || sort_by === 'since' ? sort_by : 'lastUsedAt';
  const sign = sort_order === 'asc' ? 1 : -1;
  const sorted = rows.toSorted(
    (a, b) => sign * ((a[key] ?? '').localeCompare(b[key] ?? '') || a.id.localeCompare(b.id)),
  );
  return { items: sorted.slice((page - 1) * limit, page * limit), total: rows.length, page, limit };
}

const noSession = (id: string) =>
  problem('MCP_001', {
    detail: `No MCP client has a session called ${id}; it may have ended.`,
    next: 'See which there are: quayside mcp sessions.',
  });
const noServer = (id: string) =>
  problem('SERVER_001', { detail: `No server is called ${id}.`, next: 'See which there are: quayside servers.' });
