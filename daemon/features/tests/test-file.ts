// Reads one test file: what it says, what is wrong with it and where, and the cases that it makes. Nothing is run here.
import type * as z from 'zod';
import type { ParsedTestFile, TestCase, TestInFile } from '../../../shared/api/tests.ts';
import {
  type Expectations,
  type RedactionRule,
  type TestDefinition,
  TestFile,
  type TestStep,
  testFileLimits,
} from '../../../shared/domain/mcptest.ts';
import { compilePattern } from '../../platform/linear-pattern.ts';
import { compilePath } from './json-path.ts';
import { findRootProblems } from './roots.ts';
import { findSchemaProblem } from './schema-check.ts';
import { fillIn, namesIn } from './variables.ts';
import { readYaml, type SourcePath, type SourceProblem, type YamlSource } from './yaml-source.ts';

/** A case with what is needed to run it. */
export interface ReadyCase extends TestCase {
  /** Index in `file.tests`. */
  test: number;
  row: Record<string, unknown>;
}

export interface ReadFile {
  path: string;
  /** undefined: there are problems, and it does not run. */
  file: TestFile | undefined;
  problems: SourceProblem[];
  tests: TestInFile[];
  /** In the order in which they run, for each server. */
  cases: ReadyCase[];
  locate: YamlSource['locate'];
}

type Report = (path: SourcePath, message: string) => void;

/** Never throws. `server` is tested instead of those that the file names. */
export function readTestFile(path: string, text: string, server?: string): ReadFile {
  const source = readYaml(text);
  const parsed = TestFile.safeParse(source.value);
  const problems = [...source.problems];
  const report: Report = (at, message) => void problems.push({ message, range: source.locate(at, 'whole') });
  if (source.problems.length === 0 && !parsed.success) {
    for (const issue of parsed.error.issues.slice(0, 50)) reportIssue(issue, source, problems);
  }
  const file = parsed.data && source.problems.length === 0 ? parsed.data : undefined;
  if (file) checkFile(file, report);
  const servers = server === undefined ? (file?.servers ?? (file?.server ? [file.server] : [])) : [server];
  const { tests, cases } = casesOf(source, file, servers);
  if (cases.length > testFileLimits.cases) {
    report(['tests'], `These are ${cases.length} cases, and ${testFileLimits.cases} are the most.`);
  }
  problems.sort((a, b) => a.range.line - b.range.line || a.range.column - b.range.column);
  const usable = problems.length === 0 ? file : undefined;
  return { path, file: usable, problems, tests, cases, locate: source.locate };
}

export const toParsedTestFile = ({ path, file, problems, tests, cases }: ReadFile): ParsedTestFile => ({
  path,
  tests,
  servers: [...new Set(cases.flatMap(each => (each.serverId === null ? [] : [each.serverId])))],
  environment: file?.environment ?? [],
  problems,
});

function reportIssue(issue: z.core.$ZodIssue, source: YamlSource, problems: SourceProblem[]): void {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys.slice(0, 20)) {
      const range = source.locate([...issue.path, key], 'key');
      problems.push({ message: unknownKey(key, issue.path), range });
    }
    return;
  }
  const part = issue.path.length === 0 ? 'whole' : undefined;
  const range = source.locate(issue.path, part);
  // A message about the whole file belongs to its start.
  const place = issue.path.length === 0 ? { ...range, endLine: range.line, endColumn: range.column } : range;
  problems.push({ message: messageOf(issue), range: place });
}

function unknownKey(key: string, place: readonly PropertyKey[]): string {
  if (key === '<<') return 'YAML 1.2 has no merge keys ("<<"): write it out.';
  if (key === 'roots' && place.includes('answers')) return 'Roots are no answer: write "roots:" beside "answers:".';
  return `"${key.slice(0, 100)}" is not known here.`;
}

function messageOf(issue: z.core.$ZodIssue): string {
  const name = issue.path.at(-1);
  if (name === undefined && issue.code === 'invalid_type')
    return 'A test file is a map with "tests:" in it. Write a first one: quayside test init <server>';
  // A sentence about what has no name of its own.
  if (typeof name !== 'string' && issue.code === 'custom') return issue.message;
  const what = typeof name === 'string' ? `"${name}"` : 'This';
  if (issue.code === 'invalid_type' && issue.input === undefined && /undefined/.test(issue.message))
    return `${what} is missing.`;
  if (issue.code === 'invalid_key') return `${what}: ${issue.issues[0]?.message ?? issue.message}`;
  if (issue.code === 'invalid_union')
    return `${what}: ${plainly(issue.errors.flatMap(errors => errors[0]?.message ?? []))}`;
  return `${what}: ${plainly([issue.message])}`;
}

const typeNames: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'nothing',
};
const typeName = (name = ''): string => typeNames[name] ?? name;

/** What may be there instead, as a person says it who writes YAML. */
function plainly(messages: readonly string[]): string {
  const said = [...new Set(messages.map(message => message.replace(/^Invalid input: /, '')))];
  const types = said.map(message => /^expected (\w+), received (\w+)$/.exec(message));
  const received = new Set(types.map(type => type?.[2]));
  if (received.size > 1 || received.has(undefined)) return said.join(', or ');
  const wanted = [...new Set(types.map(type => typeName(type?.[1])))].join(' or ');
  return `this must be ${wanted}, and it is ${typeName([...received][0])}.`;
}

/** What no schema can say: patterns, paths, names that are there twice, variables that nobody sets. */
function checkFile(file: TestFile, report: Report): void {
  const names = new Map<string, number>();
  file.tests.forEach((test, index) => {
    if (names.has(test.name)) report(['tests', index, 'name'], 'Another test of this file has the same name.');
    names.set(test.name, index);
    checkRules(test.redact, ['tests', index, 'redact'], report);
    if (test.expect) checkExpectations(test.expect, ['tests', index, 'expect'], report);
    if (test.expect?.error && test.save) report(['tests', index, 'save'], 'A call that fails has nothing to save.');
  });
  checkRules(file.redact, ['redact'], report);
  checkRoots(file, report);
  checkVariables(file, report);
}

/** With its place, each call of a file. */
const callsOf = ({ setup = [], tests, teardown = [] }: TestFile): [call: TestStep | TestDefinition, at: SourcePath][] =>
  Object.entries({ setup, tests, teardown }).flatMap(([part, calls]) =>
    calls.map((call, index): [typeof call, SourcePath] => [call, [part, index]]),
  );

/** Whether a server may be told of folders. */
export const hasRoots = (file: TestFile): boolean =>
  file.roots !== undefined || callsOf(file).some(([{ roots }]) => roots !== undefined);

function checkRoots(file: TestFile, report: Report): void {
  for (const [{ roots = [] }, at] of [[file, []] as const, ...callsOf(file)])
    for (const [index, wrong] of findRootProblems(roots)) report([...at, 'roots', index, 'uri'], wrong);
  if (file.offers && !file.offers.includes('roots') && hasRoots(file))
    report(['offers'], 'There are roots, and no server may ask for them: add "roots" here, or leave "offers" out.');
}

function attempt(work: () => unknown, at: SourcePath, report: Report): void {
  try {
    work();
  } catch (error) {
    report(at, error instanceof Error ? error.message : String(error));
  }
}

function checkRules(rules: readonly RedactionRule[] | undefined, at: SourcePath, report: Report): void {
  rules?.forEach(({ path, pattern }, index) => {
    if (path !== undefined) attempt(() => compilePath(path), [...at, index, 'path'], report);
    if (pattern !== undefined) attempt(() => compilePattern(pattern), [...at, index, 'pattern'], report);
  });
}

/** One value or a list of them, each with its place. */
export function placed<T>(value: T | readonly T[] | undefined, at: SourcePath): [value: T, at: SourcePath][] {
  if (value === undefined) return [];
  return isList(value) ? value.map((each, index) => [each, [...at, index]]) : [[value, at]];
}
const isList = <T>(value: T | readonly T[]): value is readonly T[] => Array.isArray(value);

function checkExpectations(expect: Expectations, at: SourcePath, report: Report): void {
  for (const [pattern, place] of placed(expect.matches, [...at, 'matches']))
    attempt(() => compilePattern(pattern), place, report);
  for (const [check, place] of placed(expect.jsonpath, [...at, 'jsonpath'])) {
    attempt(() => compilePath(check.path), [...place, 'path'], report);
    const { matches } = check;
    if (matches !== undefined) attempt(() => compilePattern(matches), [...place, 'matches'], report);
  }
  const wrong = expect.schema && findSchemaProblem(expect.schema);
  if (wrong !== undefined) report([...at, 'schema'], wrong);
  if (expect.error) {
    const others = Object.keys(expect).filter(key => key !== 'error' && key !== 'latency');
    for (const key of others)
      report([...at, key], 'A call that fails has no result to look at: leave this or "error" out.');
  }
}

const builtIn = new Set(['uuid', 'now']);

function checkVariables(file: TestFile, report: Report): void {
  const known = new Set([...builtIn, ...Object.keys(file.variables ?? {})]);
  for (const name of file.environment ?? []) known.add(`env:${name}`);
  const check = (value: unknown, at: SourcePath, more: ReadonlySet<string> = new Set()): void => {
    for (const name of namesIn(value)) {
      if (known.has(name) || more.has(name)) continue;
      report(at, unknownName(name, [...known, ...more], file));
    }
  };
  const checkCall = (call: TestStep | TestDefinition, at: SourcePath, row: ReadonlySet<string>): void => {
    for (const key of ['tool', 'prompt', 'resource', 'arguments'] as const) check(call[key], [...at, key], row);
    for (const [index, answer] of (call.answers ?? []).entries()) check(answer, [...at, 'answers', index], row);
    for (const [index, root] of (call.roots ?? []).entries()) check(root, [...at, 'roots', index], row);
    for (const [name, path] of Object.entries(call.save ?? {})) {
      attempt(() => compilePath(path), [...at, 'save', name], report);
      known.add(name);
    }
  };
  check(file.variables, ['variables']);
  for (const [index, step] of (file.setup ?? []).entries()) checkCall(step, ['setup', index], new Set());
  file.tests.forEach((test, index) => {
    const row = new Set((test.each ?? []).flatMap(Object.keys));
    const at = ['tests', index];
    check(test.name, [...at, 'name'], row);
    for (const [number, each] of (test.each ?? []).entries()) check(each, [...at, 'each', number]);
    for (const [key, value] of Object.entries(filledIn(test.expect))) check(value, [...at, 'expect', key], row);
    checkCall(test, at, row);
  });
  for (const [index, step] of (file.teardown ?? []).entries()) checkCall(step, ['teardown', index], new Set());
  for (const [index, answer] of (file.answers ?? []).entries()) check(answer, ['answers', index]);
  for (const [index, root] of (file.roots ?? []).entries()) check(root, ['roots', index]);
}

function unknownName(name: string, known: readonly string[], { setup = [], tests }: TestFile): string {
  if (name.startsWith('env:')) return `${name.slice(4)} is not listed under "environment:".`;
  const isLater = [...setup, ...tests].some(({ save }) => save && Object.hasOwn(save, name));
  if (isLater) return `"${name}" has no value here yet: it is saved by this call, or by a later one.`;
  const shown = known.length > mostNames ? [...known.slice(0, mostNames), '…'] : known;
  const named = `Nothing is called "${name.slice(0, 100)}" here. What is: ${shown.join(', ')}.`;
  return `${named} Write $\${ for the characters themselves.`;
}
const mostNames = 20;

/** The expectations in which variables are filled in: in patterns, paths and schemas they would mean something else. */
export function filledIn(expect: Expectations | undefined): Partial<Expectations> {
  if (!expect) return {};
  const { matches, schema, snapshot, latency, isError, ...rest } = expect;
  return rest;
}

/** The names that a test needs and that others save. */
export function neededBy(test: TestDefinition): Set<string> {
  const { tool, prompt, resource, arguments: args, answers, roots, each, name } = test;
  return namesIn([tool, prompt, resource, args, answers, roots, each, name, filledIn(test.expect)]);
}

function casesOf(
  source: YamlSource,
  file: TestFile | undefined,
  servers: readonly string[],
): { tests: TestInFile[]; cases: ReadyCase[] } {
  const wanted = servers.length === 0 ? [null] : servers;
  if (!file) return { tests: namesOnly(source), cases: [] };
  const only = file.tests.some(test => test.only);
  const tests = file.tests.map((test, index): TestInFile & { ready: ReadyCase[] } => {
    const ready = wanted.flatMap(serverId => rowsOf(source, test, index, serverId, wanted.length > 1));
    return {
      name: test.name,
      range: source.locate(['tests', index]),
      tags: test.tags ?? [],
      skipped: Boolean(test.skip ?? false) || (only && !test.only),
      cases: ready.map(({ test: _, row: __, ...each }) => each),
      ready,
    };
  });
  const all = tests.flatMap(test => test.ready);
  const cases = wanted.flatMap(serverId => all.filter(each => each.serverId === serverId));
  return { tests: tests.map(({ ready: _, ...test }) => test), cases };
}

function rowsOf(
  source: YamlSource,
  test: TestDefinition,
  index: number,
  serverId: string | null,
  several: boolean,
): ReadyCase[] {
  const rows = test.each ?? [{}];
  return rows.map((row, number) => {
    const place = test.each ? ['tests', index, 'each', number] : ['tests', index];
    const suffix = `${test.each ? ` [${number + 1}]` : ''}${several ? ` @${serverId}` : ''}`;
    return {
      id: `${test.name}${suffix}`,
      label: labelOf(test, row) + (several ? ` @${serverId}` : ''),
      serverId,
      range: source.locate(place),
      test: index,
      row,
    };
  });
}

function labelOf(test: TestDefinition, row: Record<string, unknown>): string {
  const values = Object.values(row).map(value => (typeof value === 'string' ? value : JSON.stringify(value)));
  const isNamed = Object.keys(row).some(name => test.name.includes(`\${${name}}`));
  const name = String(fillIn(test.name, each => (Object.hasOwn(row, each) ? row[each] : `\${${each}}`)));
  const label = isNamed || values.length === 0 ? name : `${name} (${values.join(', ')})`;
  return label.length > 300 ? `${label.slice(0, 299)}…` : label;
}

/** Of a file that cannot run: so that its tests do not vanish from a list while somebody types. */
function namesOnly(source: YamlSource): TestInFile[] {
  const { value } = source;
  const tests = typeof value === 'object' && value !== null && 'tests' in value ? value.tests : undefined;
  if (!Array.isArray(tests)) return [];
  return tests.slice(0, testFileLimits.tests).flatMap((test: unknown, index) => {
    const name = typeof test === 'object' && test !== null && 'name' in test ? test.name : undefined;
    if (typeof name !== 'string' || name === '') return [];
    const range = source.locate(['tests', index]);
    const only = { id: name, label: name.slice(0, 300), serverId: null, range };
    return [{ name, range, tags: [], skipped: false, cases: [only] }];
  });
}
