// Puts the slice together: what the rest of the daemon needs of it is returned, and nothing else.
import type { Database } from 'better-sqlite3';
import type { Clock } from '../../platform/clock.ts';
import { type CallsFinished, createCallAnnouncer } from './call-announcer.ts';
import { type BatchedRecorder, createCallRecorder } from './call-recorder.ts';
import { createCallSettingsRepository } from './call-settings.repository.ts';
import { createKeepingPolicy } from './call-settings.ts';
import { readStatistics } from './call-statistics.ts';
import { createCallRepository } from './calls.repository.ts';
import { callHandlers } from './calls.routes.ts';
import { type CallServiceParts, createCallService } from './calls.service.ts';
import { readHistoryKey } from './history-key.ts';
import { trimOnce } from './retention.ts';
import { createSavedCallRepository } from './saved-calls.repository.ts';
import { savedCallHandlers } from './saved-calls.ts';
import { screenResult } from './screen-result.ts';
import { createSecretScanner, type SecretScanner } from './secret-scanner.ts';

export interface CallsOptions extends Pick<CallServiceParts, 'makeCall' | 'exposedTools' | 'requireServer'> {
  database: Database;
  clock: Clock;
  /** Where the key of the history's hashes is kept. */
  keyFile: string;
  /** The text without any value of the vault. */
  hideValues(text: string): string;
  /** True: the values of the vault are not known now. */
  isVaultLocked(): boolean;
  publish(event: CallsFinished): void;
  onFailure(error: unknown, what: string): void;
}

export interface Calls {
  recorder: BatchedRecorder;
  scanner: SecretScanner;
  /** A result on its way to a client: without what looks like a secret, where somebody wants that. */
  screen(serverId: string, tool: string | undefined, result: Record<string, unknown>): Record<string, unknown>;
  handlers: ReturnType<typeof callHandlers> & ReturnType<typeof savedCallHandlers>;
  /** Writes what waits, and ends. */
  close(): void;
}

const trimEveryMs = 60_000;

export function createCalls(options: CallsOptions): Calls {
  const { database, clock, hideValues, onFailure } = options;
  const repository = createCallRepository(database);
  const policy = createKeepingPolicy(createCallSettingsRepository(database));
  const scanner = createSecretScanner();
  const announcer = createCallAnnouncer(options.publish);
  const recorder = createCallRecorder({
    scanner,
    hideValues,
    insert: repository.insert,
    // Values of a locked vault are not known, so they could not be taken out.
    keepFor: (serverId, tool) => (options.isVaultLocked() ? 'nothing' : policy.keepFor(serverId, tool)),
    valueBytes: () => policy.settings().valueBytes,
    key: readHistoryKey(options.keyFile),
    onWritten: announcer.add,
    onFailure: error => onFailure(error, 'call history'),
  });
  let isClosed = false;
  const trim = (): void => {
    if (isClosed) return;
    try {
      if (trimOnce({ repository, limits: policy.settings, now: clock.now })) setImmediate(trim);
    } catch (error) {
      onFailure(error, 'retention of the call history');
    }
  };
  const timer = setInterval(trim, trimEveryMs).unref();
  const service = createCallService({
    ...options,
    repository,
    policy,
    statistics: (by, where) => readStatistics(database, by, where),
    written: recorder.written,
  });

  return {
    recorder,
    scanner,
    screen: (serverId, tool, result) =>
      policy.redactsResults(serverId, tool) ? screenResult(result, scanner) : result,
    handlers: {
      ...callHandlers(service),
      ...savedCallHandlers({ ...options, repository: createSavedCallRepository(database) }),
    },
    close() {
      isClosed = true;
      clearInterval(timer);
      recorder.flush();
      announcer.stop();
    },
  };
}
