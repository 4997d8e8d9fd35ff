// How the values of a catalog entry's form become the arguments and variables of its server.
// The rule is part of the schema, so that an entry stays plain JSON: `x-argument` is "positional" or a flag such as
// "--root", `x-environment` is a variable's name; `format: "directory"` is a folder by its full path that must exist.
import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { Validator } from '@cfworker/json-schema';
import * as z from 'zod';
import { type FieldError, problem } from '../../../shared/api/problem.ts';
import { looksLikeFlag } from '../../../shared/domain/names.ts';
import type { CatalogOffer } from '../engine.ts';

export type Inputs = Readonly<Record<string, unknown>>;

/** What the inputs mean: to be put before the arguments and into the environment of the server's configuration. */
export interface AppliedInputs {
  arguments: string[];
  environment: Record<string, string>;
}

const InputRule = z.looseObject({
  format: z.string().optional(),
  items: z.looseObject({ format: z.string().optional() }).optional(),
  'x-argument': z.string().optional(),
  'x-environment': z.string().optional(),
});
type InputRule = z.infer<typeof InputRule>;

interface InputValue {
  path: string;
  rule: InputRule;
  isDirectory: boolean;
  text: string;
}

/** Checks the inputs against the entry's schema and turns them into arguments and variables. Errors: REQUEST_001. */
export function applyInputs(entry: Pick<CatalogOffer, 'title' | 'configurationSchema'>, inputs: Inputs): AppliedInputs {
  const errors = schemaErrors(entry, inputs);
  const values = errors.length > 0 ? [] : inputValues(entry, inputs);
  errors.push(...values.flatMap(plainTextErrors));
  if (errors.length > 0) throw refuse(entry, errors);

  const applied: AppliedInputs = { arguments: [], environment: {} };
  for (const { rule, text } of values) {
    const { 'x-argument': argument, 'x-environment': variable } = rule;
    if (argument === 'positional') applied.arguments.push(text);
    else if (argument) applied.arguments.push(argument, text);
    if (variable) applied.environment[variable] = text;
  }
  return applied;
}

/** The same, and checks besides that the directories are there. Errors: REQUEST_001. */
export async function resolveInputs(
  entry: Pick<CatalogOffer, 'title' | 'configurationSchema'>,
  inputs: Inputs,
): Promise<AppliedInputs> {
  const applied = applyInputs(entry, inputs);
  const directories = inputValues(entry, inputs).filter(value => value.isDirectory);
  const errors = await Promise.all(directories.map(directoryErrors));
  if (errors.flat().length > 0) throw refuse(entry, errors.flat());
  return applied;
}

const refuse = ({ title }: Pick<CatalogOffer, 'title'>, errors: FieldError[]) =>
  problem('REQUEST_001', {
    detail: `${title} cannot be set up with these values: ${errors[0]?.message ?? ''}`,
    next: 'Correct the values and try again.',
    errors,
  });

function schemaErrors(
  { title, configurationSchema }: Pick<CatalogOffer, 'title' | 'configurationSchema'>,
  inputs: Inputs,
) {
  if (!configurationSchema) {
    return Object.keys(inputs).map(
      (name): FieldError => ({ path: `/inputs/${name}`, message: `${title} takes no values.` }),
    );
  }
  const { errors, valid } = new Validator(configurationSchema, '2020-12', false).validate(inputs);
  if (valid) return [];
  // The validator reports each error again for every schema around it: only the innermost says something.
  const innermost = errors.filter(error => !['properties', 'items', '$ref'].includes(error.keyword));
  return innermost.map(
    ({ instanceLocation, error }): FieldError => ({ path: `/inputs${instanceLocation.slice(1)}`, message: error }),
  );
}

function inputValues({ configurationSchema }: Pick<CatalogOffer, 'configurationSchema'>, inputs: Inputs): InputValue[] {
  const properties = z
    .record(z.string(), InputRule)
    .catch({})
    .parse(configurationSchema?.['properties'] ?? {});
  return Object.entries(properties).flatMap(([name, rule]) => {
    const value = inputs[name];
    if (value === undefined) return [];
    if (!Array.isArray(value)) return [toValue(`/inputs/${name}`, rule, rule.format, value)];
    return value.map((item, index) => toValue(`/inputs/${name}/${index}`, rule, rule.items?.format, item));
  });
}

const toValue = (path: string, rule: InputRule, format: string | undefined, value: unknown): InputValue => ({
  path,
  rule,
  isDirectory: format === 'directory',
  text: typeof value === 'string' ? value : JSON.stringify(value),
});

function plainTextErrors({ path, rule, text, isDirectory }: InputValue): FieldError[] {
  if (text.includes('\0')) return [{ path, message: 'A null character is not allowed here.' }];
  if (isDirectory && !isAbsolute(text)) {
    return [
      { path, message: `"${text}" is not a full path. A full path starts at the root, for example /home/me/project.` },
    ];
  }
  if (rule['x-argument'] && looksLikeFlag(text)) {
    return [{ path, message: 'The value must not start with a hyphen: it would be read as a flag.' }];
  }
  return [];
}

async function directoryErrors({ path, text }: InputValue): Promise<FieldError[]> {
  const found = await stat(text).catch(() => undefined);
  if (!found) return [{ path, message: `The folder "${text}" does not exist.` }];
  return found.isDirectory() ? [] : [{ path, message: `"${text}" is a file, not a folder.` }];
}
