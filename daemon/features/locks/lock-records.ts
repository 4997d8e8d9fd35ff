// What of the lock goes on record: each change with both digests, each decision with what it was bound to.

import type { AuditSink } from '../../http/bind-routes.ts';
import { visible } from '../../http/principal.ts';
import type { Clock } from '../../platform/clock.ts';
import { decisionDigest, isHeldBack, stateOf, type ToolLock } from './locked-tool.ts';
import type { Lock } from './locks.repository.ts';

interface Decision {
  verdict: 'approved' | 'rejected';
  lock: Lock;
  tools: readonly ToolLock[];
  /** Source and instructions are decided with them. */
  facts: boolean;
  by: string;
  requestId: string | null;
}

export interface LockRecords {
  trusted(lock: Lock, by: string): void;
  changed(lock: Lock, tools: readonly ToolLock[], facts: boolean): void;
  /** To be called before the decision is carried out; what it returns, once it is. */
  decided(decision: Decision): () => void;
  mode(lock: Lock, by: string, requestId: string | null): void;
}

/** A server that changes a thousand tools at once gets so many rows, and one that counts the rest. */
const mostRows = 20;

/** And one that changes them all the time gets so many a minute. */
const mostChangesPerMinute = 40;

export function createLockRecords(audit: AuditSink, clock: Clock): LockRecords {
  const changes = new Map<string, { minute: number; rows: number }>();
  /** How many rows of changes the server may still have in this minute. */
  const roomOf = (serverId: string, wanted: number): number => {
    const minute = Math.floor(clock.now() / 60_000);
    const known = changes.get(serverId);
    const before = known?.minute === minute ? known.rows : 0;
    changes.set(serverId, { minute, rows: before + wanted });
    return Math.max(0, mostChangesPerMinute - before);
  };
  const record = (
    row: { principal: string; action: string; resource: string },
    outcome: 'allowed' | 'denied' = 'allowed',
    requestId: string | null = null,
  ) =>
    audit.record({
      ...row,
      resource: visible(row.resource).slice(0, 500),
      outcome,
      code: outcome === 'denied' ? 'TOOL_008' : null,
      requestId,
    });
  const each = (tools: readonly ToolLock[], tell: (resource: string, tool: ToolLock | undefined) => void) => {
    for (const tool of tools.slice(0, mostRows)) tell(describe(tool), tool);
    if (tools.length > mostRows) tell(`${tools.length - mostRows} more tools`, undefined);
  };
  return {
    trusted: ({ serverId, tools }, by) =>
      record({ principal: by, action: 'lockTrusted', resource: `${serverId} ${tools.size} tools, the first list` }),
    changed({ serverId }, tools, facts) {
      const row = { principal: `server ${serverId}`, action: 'lockChanged' };
      const room = roomOf(serverId, Math.min(tools.length, mostRows) + 1);
      if (room === 0) return;
      if (room <= mostRows)
        return record({ ...row, resource: `${serverId} changes faster than is listed one by one` }, 'denied');
      each(tools, (text, tool) =>
        record({ ...row, resource: `${serverId}/${text}` }, !tool || isHeldBack(tool) ? 'denied' : 'allowed'),
      );
      if (facts) record({ ...row, resource: `${serverId} source or instructions` });
    },
    decided({ verdict, lock, tools, facts, by, requestId }) {
      const action = verdict === 'approved' ? 'lockApproved' : 'lockRejected';
      const resources: string[] = facts ? [`${lock.serverId} source or instructions`] : [];
      each(tools, text => resources.push(`${lock.serverId}/${text}`));
      return () => {
        for (const resource of resources) record({ principal: by, action, resource }, 'allowed', requestId);
      };
    },
    mode: ({ serverId, mode }, by, requestId) =>
      record({ principal: by, action: 'lockModeChanged', resource: `${serverId} mode=${mode}` }, 'allowed', requestId),
  };
}

/** `echo changed sha256:… -> sha256:…` */
function describe(tool: ToolLock): string {
  const state = stateOf(tool);
  const what = state === 'renamed' ? `renamed from ${tool.formerName}` : state;
  const digests = [tool.approvedDigest, tool.seenDigest].filter(digest => digest !== null);
  return `${tool.name} ${what} ${state === 'approved' || digests.length === 1 ? decisionDigest(tool) : digests.join(' -> ')}`;
}
