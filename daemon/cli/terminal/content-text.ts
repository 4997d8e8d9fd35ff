// Content of results, resources and prompts for a terminal. What cannot be shown as text is named with its type and size.
import { ContentBlock } from '../../../shared/api/tool-calls.ts';
import { describeBytes } from './describe.ts';
import { safeJson, safeLine, safeText } from './safe-text.ts';

/** A block as it came; what is none is shown as JSON. */
export function toBlock(value: unknown): ContentBlock {
  const parsed = ContentBlock.safeParse(value);
  return parsed.success ? parsed.data : { type: 'unknown', value };
}

const sizeOf = (base64: unknown): string =>
  typeof base64 === 'string' ? describeBytes(Math.floor((base64.length * 3) / 4)) : 'no data';

/** What `quayside resources read` takes comes first. */
const linkText = ({ uri, title, name }: ContentBlock): string => {
  const said = [title, name].find(each => typeof each === 'string' && each !== '' && each !== uri);
  return safeLine(`[link: ${String(uri ?? 'without an address')}${said === undefined ? '' : `, ${said}`}]`);
};

export function blockText(block: ContentBlock): string {
  if (block.type === 'text' && typeof block['text'] === 'string') return safeText(block['text']);
  if (block.type === 'image' || block.type === 'audio') {
    return `[${block.type}: ${safeLine(String(block['mimeType'] ?? 'unknown type'))}, ${sizeOf(block['data'])}; --json shows the data]`;
  }
  if (block.type === 'resource_link') return linkText(block);
  const resource = block['resource'];
  if (typeof resource === 'object' && resource !== null) {
    if ('text' in resource && typeof resource.text === 'string') return safeText(resource.text);
    if ('blob' in resource) {
      const type = 'mimeType' in resource ? String(resource.mimeType) : 'unknown type';
      return `[resource: ${safeLine(type)}, ${sizeOf(resource.blob)}; --json shows the data]`;
    }
  }
  return safeJson(block, 2);
}
