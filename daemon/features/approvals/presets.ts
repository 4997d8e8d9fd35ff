import type { ApprovalRule, PresetName, RuleSet } from '../../../shared/api/approvals.ts';
import { ruleFormat } from '../../../shared/api/approvals.ts';
import { toCanonicalJson } from '../../platform/canonical.ts';

export const usualAskSeconds = 120;

interface Preset {
  title: string;
  detail: string;
  rules: ApprovalRule[];
}

export const presetRules: Record<PresetName, Preset> = {
  off: { title: 'Ask for nothing', detail: 'Every call passes; the definition lock still holds.', rules: [] },
  'ask-destructive': {
    title: 'Ask before destructive tools',
    detail: 'Waits for a person before a tool that may destroy something, or that does not say that it does not.',
    rules: [
      {
        id: 'ask-destructive',
        when: { annotations: { destructive: true } },
        verdict: 'ask',
        reason: 'The tool may destroy or overwrite something.',
      },
    ],
  },
  'ask-all-writes': {
    title: 'Ask before everything that is not read-only',
    detail: 'Waits for a person before every tool that does not say that it only reads.',
    rules: [
      {
        id: 'ask-writes',
        when: { annotations: { readOnly: false } },
        verdict: 'ask',
        reason: 'The tool does not say that it only reads.',
      },
    ],
  },
  'read-only': {
    title: 'Read-only',
    detail: 'Denies every tool that does not say that it only reads.',
    rules: [
      {
        id: 'deny-writes',
        when: { annotations: { readOnly: false } },
        verdict: 'deny',
        reason: 'Only tools that say that they only read may be called.',
      },
    ],
  },
};

export const ruleSetOf = (preset: PresetName, askSeconds = usualAskSeconds): RuleSet => ({
  format: ruleFormat,
  rules: presetRules[preset].rules,
  otherwise: 'allow',
  askSeconds,
});

/** Which preset a set of rules is, if it is one. */
export function presetOf({ rules, otherwise }: RuleSet): PresetName | null {
  if (otherwise !== 'allow') return null;
  const text = toCanonicalJson(rules);
  const names = Object.keys(presetRules) as PresetName[];
  return names.find(name => toCanonicalJson(presetRules[name].rules) === text) ?? null;
}
