// A gateway as the API tells of it.
import type { Gateway, GatewayServer } from '../../../../shared/api/gateways.ts';
import { stoppedHealth } from '../../../supervision/health.ts';
import type { Member } from './member.ts';
import type { ProfileGateway } from './profile-gateway.port.ts';

const toTime = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** `gateway`: undefined of a profile that never had one. */
export function toGateway(profile: string, gateway: ProfileGateway | undefined): Omit<Gateway, 'title'> {
  const status = gateway?.status();
  const health = status?.health ?? stoppedHealth;
  return {
    profile,
    state: health.state,
    problem: health.problem,
    mode: status?.mode?.mode ?? null,
    modeReason: status?.mode?.reason ?? null,
    transport: status?.mode?.transport ?? null,
    url: status?.url ?? null,
    pid: health.pid,
    startedAt: toTime(health.startedAt),
    nextTryAt: toTime(health.nextTryAt),
    restarts: health.restarts,
    ownTools: status?.ownTools ?? false,
    editsApply: status?.editsApply ?? null,
    changesWaiting: status?.changesWaiting ?? false,
    servers: (status?.members ?? []).map(member => toServer(member, gateway)),
  };
}

function toServer(member: Member, gateway: ProfileGateway | undefined): GatewayServer {
  const name = member.launch?.server.name ?? member.id;
  const { state, problem: failure } = member.health();
  const start = gateway?.status().launched?.run.log.of(name);
  const has = state === 'running' && start?.state === 'ready' ? start.has : null;
  const isSilent = state === 'running' && has === null;
  return {
    serverId: member.id,
    name,
    state: member.leftOut ? 'left-out' : state === 'running' ? 'ready' : state === 'failed' ? 'failed' : 'waiting',
    problem: member.leftOut ?? failure ?? null,
    tools: has?.tools ?? (isSilent ? 0 : null),
    prompts: has?.prompts ?? (isSilent ? 0 : null),
    resources: has?.resources ?? (isSilent ? 0 : null),
  };
}
