// The CLI's own switches. They have no JSON form (CONTRACT section 2).

import { AnswerError } from '../../cli-error.ts';
import type { CliCommand, CliOutput } from '../../run.ts';
import { isHelp, nothing } from './answers.ts';
import type { Feature } from './cli-contract.ts';
import { featureName } from './grammar.ts';
import { mutation, read } from './plan.ts';

const feature = ['mcp', 'feature'];

export const listFeatures = (): CliCommand<Feature[]> =>
  read('list the features', () => ({ args: [...feature, 'ls'], parse: readFeatures }));

export const enableFeature = (name: string): CliCommand<void> =>
  mutation(`switch the feature ${name} on`, () => ({
    args: [...feature, 'enable', featureName(name)],
    parse: nothing,
  }));

export const disableFeature = (name: string): CliCommand<void> =>
  mutation(`switch the feature ${name} off`, () => ({
    args: [...feature, 'disable', featureName(name)],
    parse: nothing,
  }));

/** The line "profiles disabled" means nothing: a current plugin always has them (CONTRACT section 1). */
function readFeatures({ stdout }: CliOutput): Feature[] {
  if (isHelp(stdout)) throw new AnswerError({ failure: 'unsupported-command' });
  const features: Feature[] = [];
  for (const line of stdout.split('\n')) {
    const head = /^ {2}([\w-]+)\s+(enabled|disabled)\s*$/.exec(line);
    const last = features.at(-1);
    if (head?.[1]) features.push({ name: head[1], enabled: head[2] === 'enabled', description: '' });
    else if (last && /^\s{4,}\S/.test(line)) last.description = `${last.description} ${line.trim()}`.trim();
  }
  if (features.length > 0) return features;
  throw new AnswerError({ failure: 'unreadable', subject: 'the answer names no feature' });
}
