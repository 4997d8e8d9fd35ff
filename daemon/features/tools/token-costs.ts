// What each definition costs in a conversation: counted in the background, once for each text, and kept by its digest.
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { TokenCosts } from '../../../shared/api/token-costs.ts';
import type { KnownTool } from './known-tools.ts';
import { countedWith, type TokenCounter } from './token-counter.ts';

export interface TokenCostService {
  /** null: not counted yet. */
  of(tool: KnownTool): number | null;
  /** Tools are others: what is new of them is counted soon. */
  changed(): void;
  costs(visible: (serverId: string) => boolean): TokenCosts;
  close(): void;
  /** Resolves when what is under way is done. */
  settled(): Promise<void>;
}

export interface TokenCostOptions {
  database: Database;
  counter: TokenCounter;
  tools(): readonly KnownTool[];
  /** Whether its tools are listed at /mcp now. */
  isRunning(serverId: string): boolean;
  profiles(): readonly { profile: string; serverIds: readonly string[] }[];
  /** Tools of these servers have counts that they had not. */
  onCounted(serverIds: string[]): void;
  onFailure(error: unknown): void;
}

const waitMs = 500;
/** So many definitions are looked at in one turn. */
const slice = 40;
const mostKept = 20_000;
/** A larger definition is told to be as costly as this much of it. */
const mostCharacters = 1_048_576;

/** What clients hand to a model: other members stay with the client. */
const textOf = ({ name, definition: { description, inputSchema } }: KnownTool): string =>
  JSON.stringify({ name, description, inputSchema }).slice(0, mostCharacters);

const Row = z.object({ tokens: z.int() });

export function createTokenCosts({
  database,
  counter,
  tools,
  isRunning,
  profiles,
  onCounted,
  onFailure,
}: TokenCostOptions): TokenCostService {
  const find = database.prepare('select tokens from tool_tokens where digest = ?');
  const keep = database.prepare('insert or replace into tool_tokens (digest, tokens) values (?, ?)');
  const trim = database.prepare(
    `delete from tool_tokens where rowid <= (select max(rowid) from tool_tokens) - ${mostKept}`,
  );
  /** By the tool as it is now: another object as soon as anything of it changes. */
  const known = new WeakMap<KnownTool, number>();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let isClosed = false;

  const countAll = async (): Promise<void> => {
    const counted = new Set<string>();
    const missing: { tool: KnownTool; text: string; digest: string }[] = [];
    const waiting = tools().filter(tool => !known.has(tool));
    for (let at = 0; at < waiting.length; at += slice) {
      await nextTurn();
      if (isClosed) return;
      for (const tool of waiting.slice(at, at + slice)) {
        const text = textOf(tool);
        const digest = createHash('sha256').update(text).digest('base64url');
        const row = find.get(digest);
        if (row === undefined) missing.push({ tool, text, digest });
        else {
          known.set(tool, Row.parse(row).tokens);
          counted.add(tool.serverId);
        }
      }
    }
    const counts = await counter.count(missing.map(({ text }) => text));
    if (isClosed) return;
    database.transaction(() => {
      for (const [index, { tool, digest }] of missing.entries()) {
        const tokens = counts[index] ?? 0;
        keep.run(digest, tokens);
        known.set(tool, tokens);
        counted.add(tool.serverId);
      }
      trim.run();
    })();
    if (counted.size > 0) onCounted([...counted]);
  };
  const start = (): void => {
    timer = undefined;
    running = running.then(countAll).catch(error => {
      if (!isClosed) onFailure(error);
    });
  };

  return {
    of: tool => known.get(tool) ?? null,
    changed() {
      if (isClosed) return;
      timer ??= setTimeout(start, waitMs).unref();
    },
    costs(visible) {
      const shown = tools().filter(tool => tool.enabled && !tool.quarantined && visible(tool.serverId));
      const sum = (some: readonly KnownTool[]) => some.reduce((total, tool) => total + (known.get(tool) ?? 0), 0);
      const byServer = Map.groupBy(shown, ({ serverId }) => serverId);
      return {
        countedWith,
        total: sum(shown.filter(({ serverId }) => isRunning(serverId))),
        waiting: shown.filter(tool => !known.has(tool)).length,
        servers: [...byServer].map(([serverId, some]) => ({
          ...{ serverId, running: isRunning(serverId) },
          ...{ tools: some.length, tokens: sum(some) },
        })),
        profiles: profiles().map(({ profile, serverIds }) => {
          const some = serverIds.flatMap(serverId => byServer.get(serverId) ?? []);
          return { profile, tools: some.length, tokens: sum(some) };
        }),
      };
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      counter.close();
    },
    async settled() {
      if (timer) {
        clearTimeout(timer);
        start();
      }
      await running;
    },
  };
}
