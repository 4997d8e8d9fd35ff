// What is kept of which call. Asked for with every call, so it is in memory.
import type { CallSettings, CallSettingsChange, KeptValues } from '../../../shared/api/calls.ts';
import type { CallSettingsRepository } from './call-settings.repository.ts';

export interface KeepingPolicy {
  settings(): Omit<CallSettings, 'kept'>;
  change(change: CallSettingsChange): void;
  /** The tool's own rule, else its server's, else that for all. */
  keepFor(serverId: string, tool: string): KeptValues;
  /** Whether results of this server, or of this tool of it, are to be looked through for secrets on their way to clients. */
  redactsResults(serverId: string, tool?: string): boolean;
}

export function createKeepingPolicy(repository: CallSettingsRepository): KeepingPolicy {
  let current: Omit<CallSettings, 'kept'> | undefined;
  let byKey = new Map<string, CallSettings['rules'][number]>();
  const keyOf = (serverId: string, tool: string | null) => `${serverId} ${tool ?? ''}`;
  const settings = () => {
    if (current) return current;
    current = repository.read();
    byKey = new Map(current.rules.map(rule => [keyOf(rule.serverId, rule.tool), rule]));
    return current;
  };
  return {
    settings,
    change(change) {
      repository.save(change);
      current = undefined;
    },
    keepFor(serverId, tool) {
      const { keep } = settings();
      if (byKey.size === 0) return keep;
      return byKey.get(keyOf(serverId, tool))?.keep ?? byKey.get(keyOf(serverId, null))?.keep ?? keep;
    },
    redactsResults(serverId, tool) {
      const { redactResults } = settings();
      if (byKey.size === 0) return redactResults;
      const ofTool = tool === undefined ? undefined : byKey.get(keyOf(serverId, tool))?.redactResults;
      return ofTool ?? byKey.get(keyOf(serverId, null))?.redactResults ?? redactResults;
    },
  };
}
