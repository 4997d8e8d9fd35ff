// The patterns of rules: what cannot be told within the steps of one decision is neither yes nor no.
import {
  type Budget,
  compileGlob,
  compilePattern,
  type LinearPattern,
  PatternTooCostly,
} from '../../platform/linear-pattern.ts';

/** Whether a text fits. undefined: the budget is used up, nothing can be said. */
export type RulePattern = (text: string, budget: Budget) => boolean | undefined;

/** `*` stands for any characters, `?` for one; the whole text has to fit. */
export const globOf = (glob: string): RulePattern => toRulePattern(compileGlob(glob));

/** Found anywhere in the text. Errors: PatternSyntaxError. */
export const regexOf = (source: string): RulePattern => toRulePattern(compilePattern(source));

const toRulePattern =
  (pattern: LinearPattern): RulePattern =>
  (text, budget) => {
    try {
      return pattern.isIn(text, budget);
    } catch (error) {
      if (error instanceof PatternTooCostly) return undefined;
      throw error;
    }
  };
