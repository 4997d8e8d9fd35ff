import { useState } from 'preact/hooks';
import type { User } from '../../shared/api/users.ts';
import { useApp } from '../kit/app.ts';
import { Button } from '../kit/controls.tsx';
import { Empty, Loaded } from '../kit/feedback.tsx';
import { TextInput } from '../kit/fields.tsx';
import { countOf } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { LookOnly, Permitted, PermittedButton } from '../kit/permission.tsx';
import { ShownOnce } from '../kit/shown-once.tsx';
import { AddUser } from './add-user.view.tsx';
import { UserRow } from './user.view.tsx';
import { toMinute } from './user-words.ts';
import { createUsersState, type UsersState } from './users.state.ts';

/** Who else may come in. */
export const UsersTab = () => (
  <Permitted needs="access:list" what="who may come in">
    <Users />
  </Permitted>
);

/** From so many on there is a field to find one. */
const manyUsers = 8;

function Users() {
  const app = useApp();
  const state = useOwned(() => createUsersState(app));
  const [adding, setAdding] = useState(false);
  const [sought, setSought] = useState('');
  const open = () => {
    state.adding.dismiss();
    state.forgetInvitation();
    setAdding(true);
  };
  return (
    <Loaded load={state.users} what="the users">
      {users => (
        <>
          <Invitation state={state} />
          {adding && <AddUser state={state} isFirst={users.length === 0} onDone={() => setAdding(false)} />}
          {users.length === 0 ? (
            !adding && <FirstAdmin onOpen={open} />
          ) : (
            <>
              <div class="tools-head">
                <p class="quiet">{countOf(users.length, 'user')} besides the owner.</p>
                {users.length >= manyUsers && (
                  <span class="access-search">
                    <TextInput
                      type="search"
                      label="Find a user"
                      placeholder="Find"
                      value={sought}
                      onInput={setSought}
                    />
                  </span>
                )}
                {!adding && (
                  <PermittedButton needs="access:manage" what="Add a user" kind="primary" icon="add" onClick={open}>
                    Add a user
                  </PermittedButton>
                )}
              </div>
              <LookOnly needs="access:manage" />
              <UserList users={users.filter(user => isFound(user, sought))} state={state} />
            </>
          )}
        </>
      )}
    </Loaded>
  );
}

const isFound = ({ name, displayName }: User, sought: string): boolean =>
  `${name} ${displayName}`.toLowerCase().includes(sought.trim().toLowerCase());

function UserList({ users, state }: { users: readonly User[]; state: UsersState }) {
  const { live } = useApp();
  const now = useNow(10_000);
  const me = live.session.value.value?.principal.id;
  if (users.length === 0) return <p class="quiet">No user is called so.</p>;
  return (
    <ul class="rows" aria-label="Users">
      {users.map(user => (
        <UserRow key={user.id} user={user} state={state} isMe={user.id === me} now={now} />
      ))}
    </ul>
  );
}

function Invitation({ state }: { state: UsersState }) {
  const shown = state.invitation.value;
  if (!shown) return null;
  return (
    <ShownOnce
      key={shown.url}
      title={`The invitation of ${shown.userName}`}
      text={shown.url}
      onDone={state.forgetInvitation}
    >
      <p>
        Hand this link to {shown.userName}. It opens the page on this machine, where a password is chosen. It works
        once, until {toMinute(shown.expiresAt)}, and is not shown again.
      </p>
    </ShownOnce>
  );
}

/** What users are for, before there is one. */
const FirstAdmin = ({ onOpen }: { onOpen: () => void }) => (
  <Empty icon="organization" title="Nobody but you comes in">
    <p>
      You are the owner: whoever can read the state folder on this machine. There is no account, and none is needed for
      working alone.
    </p>
    <p>
      Users are for others on this machine, and for you in a browser without a login link. Each has roles that say what
      they may do. The first one should be an admin, who can then add the others.
    </p>
    <Button kind="primary" icon="person-add" onClick={onOpen}>
      Make the first admin
    </Button>
  </Empty>
);
