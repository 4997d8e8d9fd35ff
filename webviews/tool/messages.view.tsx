// What is said to a model, and what it has said, in order: of a prompt, and of a server that asks for a model's words.
import type { ComponentType } from 'preact';
import { Badge } from '../kit/controls.tsx';
import type { BlockProps } from './block.view.tsx';

interface Message {
  role: string;
  content: unknown;
}

interface MessagesProps {
  messages: readonly Message[];
  name: string;
  /** How one part of a message is shown. */
  part: ComponentType<BlockProps>;
}

export const Messages = ({ messages, name, part: Part }: MessagesProps) => (
  <section class="result" aria-label="Messages">
    {messages.length === 0 && <p class="quiet">It has no message.</p>}
    {messages.slice(0, shownMessages).map(({ role, content }, index) => (
      <div key={`${index}`} class="prompt-message">
        <Badge>{role}</Badge>
        {blocksOf(content).map((block, part) => (
          <Part key={`${part}`} block={block} label={`Message ${index + 1}`} name={name} />
        ))}
      </div>
    ))}
    {messages.length > shownMessages && (
      <p class="quiet">{messages.length - shownMessages} more messages are not shown here.</p>
    )}
  </section>
);

const shownMessages = 50;

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
