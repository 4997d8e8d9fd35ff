// The button that reads a resource, and what it held: the same in a server's list and below a link in what it answers.
import { useEffect } from 'preact/hooks';
import { announce } from '../kit/announcer.ts';
import { useApp } from '../kit/app.ts';
import { Button } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { useOwned } from '../kit/owned.ts';
import { PermittedButton } from '../kit/permission.tsx';
import { ContentsView } from './contents.view.tsx';
import { createReading, type Reading } from './reading.ts';
import { WatchedCallView } from './watched-call.view.tsx';

/** For one server as long as the component lives: give it a key for another. */
export function useReading(serverId: string): Reading {
  const app = useApp();
  return useOwned(() => createReading(app, serverId));
}

export const ReadButton = ({ uri, reading }: { uri: string; reading: Reading }) => (
  <PermittedButton
    needs="tools:call"
    what="Read a resource"
    asks="readResource"
    icon="eye"
    busy={reading.busy.value}
    onClick={() => void reading.read(uri)}
  >
    Read
  </PermittedButton>
);

/** What was read, with what the server asks or tells meanwhile. */
export function ReadContents({ reading, class: name = '' }: { reading: Reading; class?: string }) {
  const contents = reading.contents.value;
  const problem = reading.problem.value;
  useEffect(() => {
    if (contents) announce('The resource was read.');
  }, [contents]);
  return (
    <div class={`try-out ${name}`}>
      <WatchedCallView call={reading.watched} />
      {problem && <ProblemNotice problem={problem} onDismiss={reading.dismiss} />}
      {contents && (
        <>
          <ContentsView result={contents} />
          <div class="button-row">
            <Button icon="close" onClick={reading.putAway}>
              Close
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
