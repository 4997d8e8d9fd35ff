import { useEffect, useRef } from 'preact/hooks';
import { limits } from '../../shared/domain/limits.ts';
import { useApp } from '../kit/app.ts';
import { Button } from '../kit/controls.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { Empty } from '../kit/feedback.tsx';
import { ServerText } from '../kit/text.tsx';
import { TextBlock } from '../kit/text-block.tsx';
import type { ServerState } from './server.state.ts';

/** The last lines that the server wrote. Follows the end while a person is there. */
export function OutputTab({ state }: { state: ServerState }) {
  const { host } = useApp();
  const lines = state.output.value;
  const box = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  if (lines.length === 0)
    return (
      <Empty icon="output" title="Nothing was written yet">
        <p>What the server writes to its error output is shown here as it comes.</p>
      </Empty>
    );
  const text = () => lines.join('\n');
  return (
    <>
      <div class="tools-head">
        <p class="quiet">The last {limits.outputLines} lines at most, newest at the end.</p>
        <div class="button-row">
          <CopyButton text={text} label="Copy output">
            Copy
          </CopyButton>
          <Button icon="go-to-file" onClick={() => host.openText(text(), 'plaintext', 'server-output')}>
            {host.kind === 'page' ? 'Download' : 'Open in the editor'}
          </Button>
        </div>
      </div>
      <TextBlock
        log
        class="output"
        label="Output"
        blockRef={box}
        onScroll={element => {
          atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 24;
        }}
      >
        <ServerText text={text()} />
      </TextBlock>
    </>
  );
}
