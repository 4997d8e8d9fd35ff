// What a resource holds, shown as parts of a result are.
import type { ResourceContents } from '../../shared/api/contents.ts';
import { formatBytes, formatDuration } from '../kit/format.ts';
import { BlockView } from './block.view.tsx';

export const ContentsView = ({ result }: { result: ResourceContents }) => (
  <section class="result" aria-label="Contents">
    <p class="facts">
      <span>{formatDuration(result.durationMs)}</span>
      <span>{formatBytes(result.bytes)}</span>
    </p>
    {result.contents.length === 0 && <p class="quiet">There is nothing in it.</p>}
    {result.contents.slice(0, 50).map((contents, index) => (
      <BlockView
        key={`${index}`}
        block={toBlock(contents)}
        label={`Part ${index + 1}`}
        name={`${result.serverId}-resource`}
      />
    ))}
  </section>
);

/** Pictures and sounds as what they are; everything else as a resource. */
function toBlock(contents: ResourceContents['contents'][number]): { type: string; [member: string]: unknown } {
  const { mimeType, blob } = contents;
  if (typeof blob === 'string' && typeof mimeType === 'string') {
    if (mimeType.startsWith('image/')) return { type: 'image', mimeType, data: blob };
    if (mimeType.startsWith('audio/')) return { type: 'audio', mimeType, data: blob };
  }
  return { type: 'resource', resource: contents };
}
