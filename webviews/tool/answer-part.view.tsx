// One part of what a server answered. A resource that it only links to is read in place.
import { type BlockProps, BlockView } from './block.view.tsx';
import { toShownBlock } from './content-block.ts';
import { ReadButton, ReadContents, useReading } from './reading.view.tsx';

export function AnswerPart({ serverId, ...part }: BlockProps & { serverId: string }) {
  const shown = toShownBlock(part.block);
  if (shown.kind !== 'link' || shown.uri === '') return <BlockView {...part} />;
  return (
    <BlockView {...part}>
      <LinkedResource key={`${serverId} ${shown.uri}`} serverId={serverId} uri={shown.uri} />
    </BlockView>
  );
}

function LinkedResource({ serverId, uri }: { serverId: string; uri: string }) {
  const reading = useReading(serverId);
  return (
    <>
      <div class="button-row">
        <ReadButton uri={uri} reading={reading} />
      </div>
      <ReadContents reading={reading} />
    </>
  );
}
