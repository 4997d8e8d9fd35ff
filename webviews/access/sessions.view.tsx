import type { UserSession } from '../../shared/api/account.ts';
import { Badge, Button, Icon } from '../kit/controls.tsx';
import { Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { formatAgo } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { ServerText } from '../kit/text.tsx';
import type { AccountState } from './account.state.ts';
import { toMinute } from './user-words.ts';

/** What is open in one's own name. */
export function Sessions({ state }: { state: AccountState }) {
  const problem = state.ending.problem.value;
  return (
    <section class="section" aria-label="Your sessions">
      <h2>Your sessions</h2>
      {problem && <ProblemNotice problem={problem} onDismiss={state.ending.dismiss} />}
      <Loaded load={state.sessions} what="your sessions">
        {sessions =>
          sessions.length === 0 ? (
            <p class="quiet">No browser and no program has a session in your name.</p>
          ) : (
            <ul class="rows">
              {sessions.map(session => (
                <SessionRow key={session.id} session={session} state={state} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function SessionRow({ session, state }: { session: UserSession; state: AccountState }) {
  const now = useNow(30_000);
  const { id, kind, current, createdAt, expiresAt, from } = session;
  return (
    <li class="row" data-session={current ? 'current' : 'other'}>
      <Icon name={kind === 'browser' ? 'browser' : 'terminal'} />
      <div class="row-main">
        <span class="row-title">{kind === 'browser' ? 'Browser' : 'Tokens of a program'}</span>
        <span class="row-text">
          <ServerText text={from} />
        </span>
        <span class="facts">
          <span title={createdAt}>since {formatAgo(createdAt, now)}</span>
          <span>ends {toMinute(expiresAt)}</span>
        </span>
      </div>
      <div class="row-facts">
        {current ? (
          <Badge>this one</Badge>
        ) : (
          <Button icon="sign-out" busy={state.ending.running.value === id} onClick={() => void state.end(session)}>
            End
          </Button>
        )}
      </div>
    </li>
  );
}
