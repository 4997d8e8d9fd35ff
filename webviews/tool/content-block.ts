// One block of a result as the view shows it. Blocks come from servers: every member is checked before use.
import type { ContentBlock } from '../../shared/api/tool-calls.ts';

export type ShownBlock =
  | { kind: 'text'; text: string }
  | { kind: 'image'; source: string; mimeType: string; bytes: number }
  /** `source` is empty for what no browser plays. */
  | { kind: 'audio'; source: string; mimeType: string; bytes: number }
  | { kind: 'link'; uri: string; name: string; description: string; mimeType: string }
  | { kind: 'resource'; uri: string; mimeType: string; text: string }
  | { kind: 'blob'; uri: string; mimeType: string; bytes: number }
  | { kind: 'other'; type: string };

/** SVG is left out: it can hold far more than a picture. */
const imageTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const soundTypes = new Set([
  'audio/wav',
  'audio/mpeg',
  'audio/mp3',
  'audio/ogg',
  'audio/webm',
  'audio/flac',
  'audio/aac',
]);
const base64 = /^[A-Za-z0-9+/\r\n]*={0,2}\s*$/;

export function toShownBlock(block: ContentBlock): ShownBlock {
  const text = textOf(block['text']);
  const data = textOf(block['data']);
  const mimeType = textOf(block['mimeType']);
  switch (block.type) {
    case 'text':
      return { kind: 'text', text };
    case 'image':
      return imageTypes.has(mimeType) && data !== '' && base64.test(data)
        ? {
            kind: 'image',
            source: `data:${mimeType};base64,${data.replace(/\s/g, '')}`,
            mimeType,
            bytes: bytesOf(data),
          }
        : { kind: 'other', type: `image of type ${mimeType || 'unknown'}` };
    case 'audio':
      return {
        kind: 'audio',
        source:
          soundTypes.has(mimeType) && data !== '' && base64.test(data)
            ? `data:${mimeType};base64,${data.replace(/\s/g, '')}`
            : '',
        mimeType,
        bytes: bytesOf(data),
      };
    case 'resource_link':
      return {
        kind: 'link',
        uri: textOf(block['uri']),
        name: textOf(block['title']) || textOf(block['name']),
        description: textOf(block['description']),
        mimeType,
      };
    case 'resource':
      return toResource(block['resource']);
    default:
      return { kind: 'other', type: block.type };
  }
}

function toResource(resource: unknown): ShownBlock {
  if (typeof resource !== 'object' || resource === null) return { kind: 'other', type: 'resource' };
  const members = new Map(Object.entries(resource));
  const uri = textOf(members.get('uri'));
  const mimeType = textOf(members.get('mimeType'));
  if (typeof members.get('text') === 'string')
    return { kind: 'resource', uri, mimeType, text: textOf(members.get('text')) };
  return { kind: 'blob', uri, mimeType, bytes: bytesOf(textOf(members.get('blob'))) };
}

/** JSON made readable; any other text as it is. Long text is left alone: it is cut before it is shown. */
export function prettyJson(text: string): string | undefined {
  if (text.length > 200_000 || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const bytesOf = (data: string): number => Math.floor((data.replace(/[\s=]/g, '').length * 3) / 4);
