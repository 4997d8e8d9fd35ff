import type { PromptResult } from '../../shared/api/contents.ts';
import { Badge } from '../kit/controls.tsx';
import { ServerText } from '../kit/text.tsx';
import { BlockView } from './result.view.tsx';

/** The messages that a prompt gives to a model, in order. */
export const PromptMessages = ({ result }: { result: PromptResult }) => (
  <section class="result" aria-label="Messages">
    {result.description && (
      <p>
        <ServerText text={result.description} />
      </p>
    )}
    {result.messages.length === 0 && <p class="quiet">It has no message.</p>}
    {result.messages.slice(0, 50).map(({ role, content }, index) => (
      <div key={`${index}`} class="prompt-message">
        <Badge>{role}</Badge>
        {blocksOf(content).map((block, part) => (
          <BlockView
            key={`${part}`}
            block={block}
            label={`Message ${index + 1}`}
            name={`${result.serverId}-${result.prompt}`}
          />
        ))}
      </div>
    ))}
  </section>
);

type Block = { type: string; [member: string]: unknown };
const isBlock = (value: unknown): value is Block =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** One block by the protocol; a list in some servers. What is neither is shown as JSON. */
const blocksOf = (content: unknown): Block[] => {
  const all = Array.isArray(content) ? content : [content];
  return all.map(each => (isBlock(each) ? each : { type: 'of an unknown kind', value: each }));
};
