// Keeps the rules and the policy that is made of them. Rules that cannot be understood deny every call.
import {
  type ApprovalRule,
  type ApprovalRules,
  mostRules,
  type PresetName,
  presets,
  RuleSet,
  ruleFormat,
} from '../../../shared/api/approvals.ts';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import { problem } from '../../../shared/api/problem.ts';
import { toCanonicalJson } from '../../platform/canonical.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { ToolHints } from './hints.ts';
import { createPolicy, denyAll, type Policy } from './policy.ts';
import { presetOf, presetRules, ruleSetOf, usualAskSeconds } from './presets.ts';
import type { RulesRepository, StoredRules } from './rules.repository.ts';

export type RulesChange =
  | { version: number; preset: PresetName; askSeconds?: number | undefined }
  | {
      version: number;
      rules: ApprovalRule[];
      otherwise?: RuleSet['otherwise'] | undefined;
      askSeconds?: number | undefined;
    };

export interface RulesService {
  readonly policy: Policy;
  readonly askSeconds: number;
  get(): ApprovalRules;
  /** Errors: APPROVAL_004 for another version than the one that is there, REQUEST_001 for a rule that cannot be understood. */
  replace(change: RulesChange, by: string): ApprovalRules;
  /** Puts a rule before another one, or after all; one that says the same already is enough. Errors: APPROVAL_005 for one too many. */
  insert(rule: ApprovalRule, before: string | null, by: string): void;
}

export interface RulesServiceOptions {
  repository: RulesRepository;
  hintsOf: (serverId: string, tool: string) => ToolHints;
  clock: Clock;
  publish(event: DaemonEvent): void;
}

interface Current {
  stored: StoredRules | undefined;
  rules: RuleSet;
  policy: Policy;
  /** Why the stored ones are not in force. */
  problem: string | null;
}

export function createRulesService({ repository, hintsOf, clock, publish }: RulesServiceOptions): RulesService {
  let current = read(repository.find(), hintsOf);

  const save = (rules: RuleSet, by: string): void => {
    const policy = compile(rules, hintsOf);
    const version = (current.stored?.version ?? 0) + 1;
    const stored = { version, document: rules, changedAt: toTimestamp(clock.now()), changedBy: by };
    repository.save(stored);
    current = { stored, rules, policy, problem: null };
    publish({ type: 'approval-rules.changed', version });
  };

  const get = (): ApprovalRules => {
    const { stored, rules, problem } = current;
    const { rules: list, otherwise, askSeconds } = rules;
    return {
      version: stored?.version ?? 0,
      format: ruleFormat,
      preset: problem === null ? presetOf(rules) : null,
      ...{ rules: list, otherwise, askSeconds, problem },
      changedAt: stored?.changedAt ?? null,
      changedBy: stored?.changedBy ?? null,
      presets: presets.map(name => ({ name, title: presetRules[name].title, detail: presetRules[name].detail })),
    };
  };

  return {
    get policy() {
      return current.policy;
    },
    get askSeconds() {
      return current.rules.askSeconds;
    },
    get,
    replace(change, by) {
      const { version, askSeconds = current.rules.askSeconds } = change;
      if (version !== (current.stored?.version ?? 0))
        throw problem('APPROVAL_004', {
          detail: `The rules have version ${current.stored?.version ?? 0}, and not ${version}.`,
          next: 'Read them again, and make your change to what is there now.',
        });
      if ('preset' in change) save(ruleSetOf(change.preset, askSeconds), by);
      else {
        const otherwise = change.otherwise ?? current.rules.otherwise;
        save({ format: ruleFormat, rules: change.rules, otherwise, askSeconds }, by);
      }
      return get();
    },
    insert(rule, before, by) {
      const { rules } = current;
      if (rules.rules.some(each => saysSame(each, rule))) return;
      if (rules.rules.length >= mostRules)
        throw problem('APPROVAL_005', {
          detail: `There are ${mostRules} rules already, and no more can be kept.`,
          next: 'Take out those that are not needed, then decide again; or approve this one call.',
        });
      const found = rules.rules.findIndex(({ id }) => id === before);
      const at = found === -1 ? rules.rules.length : found;
      save({ ...rules, rules: rules.rules.toSpliced(at, 0, rule) }, by);
    },
  };
}

const saysSame = (a: ApprovalRule, b: ApprovalRule): boolean =>
  a.verdict === b.verdict && toCanonicalJson(a.when) === toCanonicalJson(b.when);

function read(stored: StoredRules | undefined, hintsOf: RulesServiceOptions['hintsOf']): Current {
  const none = ruleSetOf('off');
  if (!stored) return { stored, rules: none, policy: createPolicy(none, hintsOf), problem: null };
  try {
    const rules = RuleSet.parse(stored.document);
    return { stored, rules, policy: createPolicy(rules, hintsOf), problem: null };
  } catch {
    const why = 'The stored rules are of a format that this version of Quayside does not understand.';
    const rules: RuleSet = { format: ruleFormat, rules: [], otherwise: 'deny', askSeconds: usualAskSeconds };
    return { stored, rules, policy: denyAll(why), problem: `${why} Every call is denied until they are replaced.` };
  }
}

/** Errors: REQUEST_001. */
function compile(rules: RuleSet, hintsOf: RulesServiceOptions['hintsOf']): Policy {
  try {
    return createPolicy(rules, hintsOf);
  } catch (error) {
    throw problem('REQUEST_001', {
      detail: error instanceof Error ? error.message : 'A rule cannot be understood.',
      next: 'Correct the rule; nothing was changed.',
      cause: error,
    });
  }
}
