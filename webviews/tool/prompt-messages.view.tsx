import type { PromptResult } from '../../shared/api/contents.ts';
import { Badge } from '../kit/controls.tsx';
import { ServerText } from '../kit/text.tsx';
import { BlockView } from './block.view.tsx';

/** What a prompt gives to a model. */
export const PromptMessages = ({ result }: { result: PromptResult }) => (
  <>
    {result.description && (
      <p>
        <ServerText text={result.description} />
      </p>
    )}
    <Messages messages={result.messages} name={`${result.serverId}-${result.prompt}`} />
  </>
);

interface Message {
  role: string;
  content: unknown;
}

/** What is said to a model, and what it has said, in order. */
export const Messages = ({ messages, name }: { messages: readonly Message[]; name: string }) => (
  <section class="result" aria-label="Messages">
    {messages.length === 0 && <p class="quiet">It has no message.</p>}
    {messages.slice(0, 50).map(({ role, content }, index) => (
      <div key={`${index}`} class="prompt-message">
        <Badge>{role}</Badge>
        {blocksOf(content).map((block, part) => (
          <BlockView key={`${part}`} block={block} label={`Message ${index + 1}`} name={name} />
        ))}
      </div>
    ))}
  </section>
);

/** Messages as the protocol writes them; undefined for anything else. */
export const toMessages = (value: unknown): Message[] | undefined =>
  Array.isArray(value) && value.every(isMessage) ? value : undefined;

const isMessage = (value: unknown): value is Message =>
  typeof value === 'object' &&
  value !== null &&
  'role' in value &&
  typeof value.role === 'string' &&
  'content' in value;

type Block = { type: string; [member: string]: unknown };
const isBlock = (value: unknown): value is Block =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** One block by the protocol; a list in some servers. What is neither is shown as JSON. */
const blocksOf = (content: unknown): Block[] => {
  const all = Array.isArray(content) ? content : [content];
  return all.map(each => (isBlock(each) ? each : { type: 'of an unknown kind', value: each }));
};
