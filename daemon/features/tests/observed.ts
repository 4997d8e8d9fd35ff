// What a call gave back, as assertions look at it.
import type { WireObject } from '../../supervision/upstream.ts';

export interface Observed {
  kind: 'tool' | 'prompt' | 'resource';
  /** As the server sent it; undefined: the call failed. */
  result: WireObject | undefined;
  error: { code: number | string; message: string } | undefined;
  durationMs: number;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** All texts of a result, a line break between them: of its blocks, its messages or its contents. */
export function textOf(result: WireObject): string {
  const messages = listOf(result['messages']).flatMap(message =>
    isRecord(message) ? (Array.isArray(message['content']) ? message['content'] : [message['content']]) : [],
  );
  const blocks = [...listOf(result['content']), ...listOf(result['contents']), ...messages];
  return blocks.flatMap(block => textOfBlock(block)).join('\n');
}

function textOfBlock(block: unknown): string[] {
  if (!isRecord(block)) return [];
  const { text, resource } = block;
  if (typeof text === 'string') return [text];
  return isRecord(resource) && typeof resource['text'] === 'string' ? [resource['text']] : [];
}

/** Structured content, or else the text read as JSON, or else the text. */
export function jsonOf(result: WireObject): unknown {
  if (result['structuredContent'] !== undefined) return result['structuredContent'];
  const text = textOf(result);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
