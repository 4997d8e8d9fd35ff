// Calls that wait for a person, those that were decided, and the rules that decide which have to wait.
import type * as z from 'zod';
import { type Approval, type ApprovalRules, type PresetName, RuleSet } from '../../shared/api/approvals.ts';
import { plainIssue } from '../../shared/domain/plain-issue.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';
import { createDecisions, type Decisions } from './decisions.state.ts';

export interface ApprovalsState extends Decisions {
  /** The one that ends first is first. */
  readonly waiting: Load<Approval[]>;
  /** The newest first, without those that wait. */
  readonly decided: Load<Approval[]>;
  readonly rules: Load<ApprovalRules>;
  readonly changing: Act;
  choosePreset(preset: PresetName): Promise<void>;
  /** Rules as a person wrote them. Resolves to what is wrong with the text, or undefined once they are in force. */
  writeRules(text: string): Promise<string | undefined>;
  close(): void;
}

const shownDecided = 30;

export function createApprovalsState({ api, live }: Pick<App, 'api' | 'live'>): ApprovalsState {
  const waiting = createLoad(async abort => {
    const found = await readAllPages(query =>
      api.listApprovals({ query: { ...query, state: 'waiting' } }, { signal: abort }),
    );
    return found.toSorted((a, b) => (a.expiresAt < b.expiresAt ? -1 : 1));
  });
  const decided = createLoad(async abort => {
    const query = { limit: 100, sort_order: 'desc' } as const;
    const { items } = await api.listApprovals({ query }, { signal: abort });
    return items.filter(({ state }) => state !== 'waiting').slice(0, shownDecided);
  });
  const rules = createLoad(abort => api.getApprovalRules({}, { signal: abort }));
  const changing = createAct();
  const readCalls = () => void Promise.all([waiting.reload(), decided.reload()]);
  readCalls();
  void rules.reload();
  const stop = live.onEvent(({ type }) => {
    if (type === 'reset' || type === 'approval.changed') readCalls();
    if (type === 'reset' || type === 'approval-rules.changed') void rules.reload();
  });
  const replace = async (change: Parameters<App['api']['replaceApprovalRules']>[0]['body']) => {
    const changed = await changing.run('rules', () => api.replaceApprovalRules({ body: change }));
    if (changed) rules.set(changed);
    return changed;
  };
  return {
    waiting,
    decided,
    rules,
    ...createDecisions({ api }, readCalls),
    changing,
    async choosePreset(preset) {
      const version = rules.value.value?.version;
      if (version === undefined) return;
      if (await replace({ version, preset })) announce('The rules are in force.');
    },
    async writeRules(text) {
      const { version } = rules.value.value ?? {};
      if (version === undefined) return 'The rules have not been read yet.';
      const parsed = parseRules(text);
      if ('error' in parsed) return parsed.error;
      return (await replace({ version, ...parsed.rules }))
        ? undefined
        : (changing.problem.value?.detail ?? 'They were refused.');
    },
    close() {
      stop();
      for (const load of [waiting, decided, rules]) load.close();
    },
  };
}

const Written = RuleSet.omit({ format: true }).partial({ otherwise: true, askSeconds: true });

/** Looked at here as well as where they are kept: only here it can be said at which place something is wrong. */
function parseRules(text: string): { rules: z.infer<typeof Written> } | { error: string } {
  try {
    const { success, data, error } = Written.safeParse(JSON.parse(text));
    if (success) return { rules: data };
    const [issue] = error.issues;
    const place = issue?.path.join('/') ?? '';
    return { error: `${place === '' ? '' : `${place}: `}${plainIssue(issue?.message ?? 'These are no rules.')}` };
  } catch (error) {
    return { error: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The rules as text to be changed. */
export const rulesText = ({ rules, otherwise, askSeconds }: ApprovalRules): string =>
  JSON.stringify({ rules, otherwise, askSeconds }, null, 2);
