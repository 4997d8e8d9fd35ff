// What a prompt gives to a model. A resource that a message only links to is read in place, as in a tool's result.
import { useCallback } from 'preact/hooks';
import type { PromptResult } from '../../shared/api/contents.ts';
import { ServerText } from '../kit/text.tsx';
import { AnswerPart } from './answer-part.view.tsx';
import type { BlockProps } from './block.view.tsx';
import { Messages } from './messages.view.tsx';

export function PromptMessages({ result: { serverId, prompt, description, messages } }: { result: PromptResult }) {
  const Part = useCallback((block: BlockProps) => <AnswerPart serverId={serverId} {...block} />, [serverId]);
  return (
    <>
      {description && (
        <p>
          <ServerText text={description} />
        </p>
      )}
      <Messages messages={messages} name={`${serverId}-${prompt}`} part={Part} />
    </>
  );
}
