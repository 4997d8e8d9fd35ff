// What a call gave back.
import type { FieldError } from '../../shared/api/problem.ts';
import type { CallResult } from '../../shared/api/tool-calls.ts';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { formatBytes, formatDuration } from '../kit/format.ts';
import { JsonTree } from '../kit/json-tree.tsx';
import { ServerText } from '../kit/text.tsx';
import { AnswerPart } from './answer-part.view.tsx';
import { toShownBlock } from './content-block.ts';

const shownBlocks = 50;

export function ResultView({ result }: { result: CallResult }) {
  const { host } = useApp();
  const whole = () => JSON.stringify({ content: result.content, structuredContent: result.structuredContent }, null, 2);
  const name = `${result.serverId}-${result.tool}`;
  return (
    <section class={`result ${result.isError ? 'result-error' : ''}`} aria-label="Result">
      <div class="result-head">
        <h2>
          <Icon name={result.isError ? 'error' : 'pass-filled'} class={result.isError ? 'state-bad' : 'state-good'} />
          {result.isError ? 'The tool reported an error' : 'Result'}
        </h2>
        <span class="facts">
          <span data-fact="duration">{formatDuration(result.durationMs)}</span>
          <span>{formatBytes(result.bytes)}</span>
        </span>
        <span class="result-acts">
          <CopyButton text={() => plainText(result)} label="Copy result" />
          <Button icon="json" onClick={() => host.openText(whole(), 'json', name)}>
            {host.kind === 'page' ? 'Download JSON' : 'Open as JSON'}
          </Button>
        </span>
      </div>
      {result.content.length === 0 && result.structuredContent === undefined && (
        <p class="quiet">The tool answered with nothing.</p>
      )}
      {result.content.slice(0, shownBlocks).map((block, index) => (
        <AnswerPart key={`${index}`} serverId={result.serverId} block={block} label={`Part ${index + 1}`} name={name} />
      ))}
      {result.content.length > shownBlocks && (
        <p class="quiet">
          {result.content.length - shownBlocks} more parts are not shown here. Take the JSON to see them.
        </p>
      )}
      {result.structuredContent !== undefined && (
        <div class="block">
          <h3>Structured content</h3>
          <JsonTree value={result.structuredContent} label="Structured content" />
        </div>
      )}
      {result.schemaErrors && <SchemaCheck errors={result.schemaErrors} />}
    </section>
  );
}

const contentPlace = (path: string): string => path.replace(/^\/structuredContent\/?/, '/');

const SchemaCheck = ({ errors }: { errors: readonly FieldError[] }) =>
  errors.length === 0 ? (
    <p class="schema-check quiet" data-schema="fits">
      <Icon name="check" class="state-good" /> It fits the tool’s output schema.
    </p>
  ) : (
    <div class="schema-check" data-schema="differs">
      <p>
        <Icon name="warning" class="state-warn" /> It does not fit the tool’s output schema:
      </p>
      <ul class="bullets">
        {errors.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            <code>
              <ServerText text={contentPlace(path)} />
            </code>{' '}
            <ServerText text={message} />
          </li>
        ))}
      </ul>
    </div>
  );

const plainText = (result: CallResult): string => {
  const texts = result.content.map(toShownBlock).flatMap(block => ('text' in block ? [block.text] : []));
  return texts.length > 0 ? texts.join('\n') : JSON.stringify(result.structuredContent ?? result.content, null, 2);
};
