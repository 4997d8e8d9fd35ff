// Writes a call of the history as a test, for a person to go on with.
import { stringify } from 'yaml';
import { problem } from '../../../shared/api/problem.ts';
import type { WantedAssertion } from '../../../shared/api/tests.ts';
import { methodOf } from '../../../shared/domain/call-name.ts';
import { textOf } from './observed.ts';
import { type HideText, mapTexts } from './redaction.ts';

/** A call as the history has it; what was not kept is undefined. */
export interface KeptCall {
  serverId: string;
  tool: string;
  arguments: Record<string, unknown> | undefined;
  result: Record<string, unknown> | undefined;
  durationMs: number;
}

export interface CallAsTest {
  serverId: string;
  fileName: string;
  text: string;
  test: string;
}

/** Errors: CALL_002 if its arguments were not kept, or if a result is needed and was not kept, or if it was no tool's call. */
export function writeCallAsTest(
  call: KeptCall,
  name: string | undefined,
  wanted: readonly WantedAssertion[],
  hide: HideText,
): CallAsTest {
  if (methodOf(call.tool) !== undefined)
    throw problem('CALL_002', {
      detail: `"${call.tool}" was no call of a tool: a client sent a method that the protocol does not know.`,
      next: 'Tests call tools; choose another call.',
    });
  const args = call.arguments;
  if (!args) throw notKept('arguments');
  const expect = Object.assign({}, ...wanted.map(each => expectationOf(each, call)));
  const test = mapTexts(
    {
      name: literal(name ?? `${call.tool} answers as before`),
      tool: literal(call.tool),
      ...(Object.keys(args).length > 0 ? { arguments: mapTexts(args, literal) } : {}),
      ...(Object.keys(expect).length > 0 ? { expect } : {}),
    },
    hide,
  );
  const yaml = (value: unknown) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  const { serverId } = call;
  return {
    serverId,
    fileName: `${serverId}.${call.tool.replace(/[^A-Za-z0-9_-]/g, '-')}.mcptest.yaml`,
    text: yaml({ server: serverId, tests: [test] }),
    test: yaml([test]),
  };
}

/** A text that looks like a variable is none. */
const literal = (text: string): string => text.replaceAll('${', () => '$${');

function expectationOf(wanted: WantedAssertion, { result, durationMs }: KeptCall): Record<string, unknown> {
  // Twice the time that it took, in round numbers: the next machine is another one.
  if (wanted === 'latency') return { latency: Math.max(100, Math.ceil((durationMs * 2) / 100) * 100) };
  if (wanted === 'snapshot') return { snapshot: true };
  if (!result) throw notKept('result');
  if (wanted === 'isError') return { isError: result['isError'] === true };
  const { structuredContent } = result;
  if (wanted === 'equals') return { equals: literal(textOf(result)) };
  if (structuredContent === undefined) return {};
  return wanted === 'schema'
    ? { schema: schemaOf(structuredContent, 0) }
    : { structuredContent: mapTexts(structuredContent, literal) };
}

const notKept = (what: string) =>
  problem('CALL_002', {
    detail: `The ${what} of this call ${what === 'result' ? 'was' : 'were'} not kept.`,
    next: 'Switch on that arguments and results are kept, call the tool again, and save that call.',
  });

/** The schema of what a value is now: its types, and its members as required. */
function schemaOf(value: unknown, depth: number): Record<string, unknown> {
  if (value === null) return { type: 'null' };
  if (Array.isArray(value))
    return value.length > 0 && depth < 8 ? { type: 'array', items: schemaOf(value[0], depth + 1) } : { type: 'array' };
  if (typeof value !== 'object') return { type: Number.isInteger(value) ? 'integer' : typeof value };
  if (depth >= 8) return { type: 'object' };
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(value).map(([key, member]) => [key, schemaOf(member, depth + 1)])),
    required: Object.keys(value),
  };
}
