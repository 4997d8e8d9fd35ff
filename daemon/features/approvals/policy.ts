// Decides about a call by the rules, in order. What does not depend on the call is worked out once per tool.
import type { ApprovalRule, RuleConditions, RuleSet, RuleVerdict } from '../../../shared/api/approvals.ts';
import type { Budget } from '../../platform/linear-pattern.ts';
import { type CompiledTest, compileArgumentTest } from './argument-test.ts';
import type { ToolHints } from './hints.ts';
import { globOf } from './rule-pattern.ts';

export interface Question {
  serverId: string;
  tool: string;
  arguments: Record<string, unknown>;
  caller: { id: string; kind: string; name: string };
  via: string;
  /** Asked only by rules that depend on it. */
  isTainted(): boolean;
}

export interface PolicyDecision {
  verdict: RuleVerdict;
  /** null: no rule fits. */
  ruleId: string | null;
  reason: string;
}

export interface Policy {
  decide(question: Question): PolicyDecision;
  /** Each rule up to the one that decides, with what of it does not fit. */
  trail(question: Question): { ruleId: string; fits: boolean; detail: string }[];
  /** The tools of the server, or what is said of them, are others. */
  forget(serverId: string): void;
}

interface Condition {
  /** For a person: "the tool is not read-only". */
  name: string;
  holds(question: Question, budget: Budget): boolean;
}
interface CompiledRule extends PolicyDecision {
  ruleId: string;
  ofTool: { name: string; holds(serverId: string, tool: string, hints: ToolHints): boolean }[];
  ofCall: Condition[];
}

/** Steps of all patterns of one decision: some tens of milliseconds. */
const mostPatternSteps = 2_000_000;
/** Nobody has so many tools; whoever makes names up fills no memory. */
const mostKnownTools = 20_000;

/** Errors: those of compileArgumentTest, with the rule that cannot be understood. */
export function createPolicy(
  { rules, otherwise }: Pick<RuleSet, 'rules' | 'otherwise'>,
  hintsOf: (serverId: string, tool: string) => ToolHints,
): Policy {
  const compiled = rules.map(compileRule);
  const rest: PolicyDecision = { verdict: otherwise, ruleId: null, reason: 'No rule fits this call.' };
  /** By server and tool: those rules that can fit, up to the first that fits every call of the tool. */
  let known = new Map<string, Map<string, readonly CompiledRule[]>>();
  let count = 0;

  const candidatesOf = (serverId: string, tool: string): readonly CompiledRule[] => {
    const found = known.get(serverId)?.get(tool);
    if (found) return found;
    const hints = hintsOf(serverId, tool);
    const fitting = compiled.filter(({ ofTool }) => ofTool.every(({ holds }) => holds(serverId, tool, hints)));
    const last = fitting.findIndex(({ ofCall }) => ofCall.length === 0);
    const candidates = last === -1 ? fitting : fitting.slice(0, last + 1);
    if (count >= mostKnownTools) {
      known = new Map();
      count = 0;
    }
    count += 1;
    const ofServer = known.get(serverId) ?? new Map<string, readonly CompiledRule[]>();
    known.set(serverId, ofServer.set(tool, candidates));
    return candidates;
  };

  return {
    decide(question) {
      const candidates = candidatesOf(question.serverId, question.tool);
      const [first] = candidates;
      if (!first) return rest;
      if (first.ofCall.length === 0) return first;
      const budget = { left: mostPatternSteps };
      return candidates.find(({ ofCall }) => ofCall.every(({ holds }) => holds(question, budget))) ?? rest;
    },
    trail(question) {
      const { serverId, tool } = question;
      const hints = hintsOf(serverId, tool);
      const budget = { left: mostPatternSteps };
      const looks = compiled.map(rule => {
        const failing =
          rule.ofTool.find(({ holds }) => !holds(serverId, tool, hints)) ??
          rule.ofCall.find(({ holds }) => !holds(question, budget));
        return { ruleId: rule.ruleId, fits: !failing, detail: failing ? `Not so: ${failing.name}.` : rule.reason };
      });
      const decisive = looks.findIndex(({ fits }) => fits);
      return decisive === -1 ? looks : looks.slice(0, decisive + 1);
    },
    forget(serverId) {
      count -= known.get(serverId)?.size ?? 0;
      known.delete(serverId);
    },
  };
}

/** A policy that denies everything: the rules are not understood, and what they would have denied is not known. */
export const denyAll = (reason: string): Policy => ({
  decide: () => ({ verdict: 'deny', ruleId: null, reason }),
  trail: () => [],
  forget: () => {},
});

function compileRule({ id, when, verdict, reason }: ApprovalRule): CompiledRule {
  try {
    return {
      ruleId: id,
      verdict,
      reason,
      ofTool: compileForTool(when, verdict),
      ofCall: compileForCall(when, verdict),
    };
  } catch (error) {
    throw new RangeError(`Rule ${id}: ${error instanceof Error ? error.message : 'it cannot be understood'}`);
  }
}

const words = {
  readOnly: ['read-only', 'not read-only'],
  destructive: ['destructive', 'not destructive'],
  openWorld: ['open world', 'not open world'],
} as const;

function compileForTool(
  { server, tool, annotations = {} }: RuleConditions,
  verdict: RuleVerdict,
): CompiledRule['ofTool'] {
  const asGlob = (glob: string) => {
    const fits = globOf(glob);
    return (text: string) => fits(text, { left: mostPatternSteps }) ?? verdict !== 'allow';
  };
  const hints = (['readOnly', 'destructive', 'openWorld'] as const).flatMap(hint => {
    const wanted = annotations[hint];
    if (wanted === undefined) return [];
    const name = `the tool is ${words[hint][wanted ? 0 : 1]}`;
    return [{ name, holds: (_: string, __: string, of: ToolHints) => of[hint] === wanted }];
  });
  const globs = [
    ...(server === undefined ? [] : [{ name: `the server is ${server}`, fits: asGlob(server), of: 0 as const }]),
    ...(tool === undefined ? [] : [{ name: `the tool is called ${tool}`, fits: asGlob(tool), of: 1 as const }]),
  ].map(({ name, fits, of }) => ({ name, holds: (...names: [string, string, ToolHints]) => fits(names[of]) }));
  return [...globs, ...hints];
}

function compileForCall(when: RuleConditions, verdict: RuleVerdict): Condition[] {
  const { caller, via, tainted, arguments: tests = [] } = when;
  const isLenient = verdict === 'allow';
  const name = caller?.name === undefined ? undefined : globOf(caller.name);
  const conditions: (Condition | undefined)[] = [
    caller?.id === undefined
      ? undefined
      : { name: `the caller is ${caller.id}`, holds: question => question.caller.id === caller.id },
    caller?.kind === undefined
      ? undefined
      : {
          name: `the caller is one of ${caller.kind.join(', ')}`,
          holds: question => (caller.kind as readonly string[]).includes(question.caller.kind),
        },
    name && {
      name: `the caller is called ${caller?.name}`,
      holds: (question, budget) => name(question.caller.name, budget) ?? !isLenient,
    },
    via === undefined
      ? undefined
      : { name: `it comes by ${via.join(', ')}`, holds: question => (via as readonly string[]).includes(question.via) },
    tainted === undefined
      ? undefined
      : {
          name: tainted ? 'the session has had a result from the open world' : 'the session has had none from there',
          holds: question => question.isTainted() === tainted,
        },
    // The dear ones last.
    ...tests.map(test => {
      const holds: CompiledTest = compileArgumentTest(test);
      return {
        name: `the arguments fit at ${test.pointer ?? test.jsonPath}`,
        holds: (question: Question, budget: Budget) => holds(question.arguments, isLenient, budget),
      };
    }),
  ];
  return conditions.filter(condition => condition !== undefined);
}
