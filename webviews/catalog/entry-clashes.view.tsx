// Said beside the form that installs an entry; it stops nobody.
import { useEffect } from 'preact/hooks';
import { useApp } from '../kit/app.ts';
import { Note } from '../kit/feedback.tsx';
import { countOf } from '../kit/format.ts';
import { useOwned } from '../kit/owned.ts';
import { ServerText } from '../kit/text.tsx';
import { createEntryClashes } from './entry-clashes.state.ts';

export function EntryClashes({ entry, name }: { entry: string; name?: string | undefined }) {
  const app = useApp();
  const state = useOwned(() => createEntryClashes(app, entry));
  useEffect(() => state.ask(name), [name]);
  const planned = state.load.value.value ?? [];
  if (planned.length === 0) return null;
  return (
    <Note icon="symbol-key">
      <p>
        {countOf(planned.length, 'tool')} of this server would have another name at <code>/mcp</code>, because other
        servers have tools of the same names. You can choose other names once it is installed.
      </p>
      <details>
        <summary>Show the names</summary>
        <ul class="bullets">
          {planned.map(({ tool, wanted, gatewayName }) => (
            <li key={tool}>
              <code>
                <ServerText text={wanted} />
              </code>{' '}
              would be called{' '}
              <code>
                <ServerText text={gatewayName} />
              </code>
            </li>
          ))}
        </ul>
      </details>
    </Note>
  );
}
