// What the gateway of one profile takes and gives. See profile-gateway.ts.

import type { RestartTimes } from '../../../supervision/restart-policy.ts';
import type { ServerHealth } from '../../../supervision/supervisor.ts';
import type { ServerInProfile } from '../../engine.ts';
import type { LaunchedGateway, LaunchPorts } from './gateway-launch.ts';
import type { GatewaySession } from './gateway-session.ts';
import type { Member } from './member.ts';
import type { GatewayMode } from './mode.ts';

export interface ProfileGatewayOptions {
  profile: string;
  ports: LaunchPorts;
  now: () => number;
  restartTimes: RestartTimes;
  times: GatewayTimes;
  checkOpen: () => void;
  onChange: () => void;
  onOutput: (lines: string[]) => void;
  onToolsChanged: (serverId: string) => void;
  /** Containers that a gateway has left behind. Never rejects. */
  sweep: () => Promise<void>;
}

/** Milliseconds. */
export interface GatewayTimes {
  /** Starts within so long are one. */
  gather: number;
  /** Calls get so long to end before a restart that was planned. */
  drain: number;
  /** Calls get so long to end in a gateway that another one has taken over from. */
  finish: number;
  /** A server that is stopped is gone after so long, also if the others have no other gateway yet. */
  takeOut: number;
  /** Two new sessions are at least so far apart. */
  renew: number;
}

export interface GatewayProcess {
  pid: number;
  mark: string | null;
}

export interface GatewayStatus {
  health: ServerHealth;
  mode: GatewayMode | null;
  url: string | null;
  ownTools: boolean;
  editsApply: 'at-once' | 'by-restart' | null;
  changesWaiting: boolean;
  members: readonly Member[];
  /** Of those that run now. */
  launched: LaunchedGateway | undefined;
}

export interface ProfileGateway {
  join(member: Member): void;
  /** Resolves when nothing of it is left. */
  leave(member: Member): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  setOwnTools(on: boolean): Promise<void>;
  edited(servers: readonly ServerInProfile[]): Promise<void>;
  status(): GatewayStatus;
  output(): string[];
  readonly session: GatewaySession;
  /** Those that run now: two while one takes over from another. */
  processes(): GatewayProcess[];
}

export const gatewayTimes: GatewayTimes = { gather: 75, drain: 3_000, finish: 60_000, takeOut: 5_000, renew: 1_000 };
