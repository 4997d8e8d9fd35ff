// One user as a row, and below it what is done to it.
import { useState } from 'preact/hooks';
import type { User } from '../../shared/api/users.ts';
import type { Role } from '../../shared/domain/roles.ts';
import { Confirm } from '../kit/confirm.tsx';
import { Badge, Button, Icon, IconButton } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { Field, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { countOf, formatAgo } from '../kit/format.ts';
import { useWhyNot } from '../kit/permission.tsx';
import { ServerText } from '../kit/text.tsx';
import { BitwardenLinks } from './bitwarden-links.view.tsx';
import { RoleChoice } from './role-choice.view.tsx';
import { endsWith, userState } from './user-words.ts';
import type { UsersState } from './users.state.ts';

interface UserRowProps {
  user: User;
  state: UsersState;
  /** True for whoever looks. */
  isMe: boolean;
  now: number;
}

export function UserRow({ user, state, isMe, now }: UserRowProps) {
  const [open, setOpen] = useState(false);
  const words = userState(user, now);
  const problem = state.changed.value === user.id ? state.changing.problem.value : undefined;
  return (
    <li class="row access-row" data-user={user.name}>
      <div class="row-main">
        <span class="row-title">
          <span class="monospace">{user.name}</span>
          {isMe && <span class="quiet"> (you)</span>}
        </span>
        {user.displayName !== user.name && (
          <span class="row-text">
            <ServerText text={user.displayName} />
          </span>
        )}
        <span class="facts">
          {user.lastSignInAt === null ? (
            <span>never signed in</span>
          ) : (
            <span title={user.lastSignInAt}>signed in {formatAgo(user.lastSignInAt, now)}</span>
          )}
          <span>{countOf(user.sessions, 'session')}</span>
          {user.keys.length > 0 && <span>{countOf(user.keys.length, 'key')}</span>}
          <span>
            {user.secondFactor
              ? `second factor, ${countOf(user.recoveryCodesLeft ?? 0, 'recovery code')} left`
              : 'no second factor'}
          </span>
        </span>
      </div>
      <div class="row-facts access-facts">
        {user.roles.map(role => (
          <Badge key={role}>{role}</Badge>
        ))}
        <span class={`state ${words.look}`} title={words.title}>
          <Icon name={words.icon} /> {words.text}
        </span>
        <IconButton
          icon={open ? 'chevron-up' : 'edit'}
          label={`Manage ${user.name}`}
          pressed={open}
          onClick={() => setOpen(!open)}
        />
      </div>
      {problem && (
        <div class="row-below">
          <ProblemNotice problem={problem} onDismiss={state.changing.dismiss} />
        </div>
      )}
      {open && (
        <div class="row-below">
          <Manage user={user} state={state} onSaved={() => setOpen(false)} />
        </div>
      )}
    </li>
  );
}

function Manage({ user, state, onSaved }: { user: User; state: UsersState; onSaved: () => void }) {
  const reason = useWhyNot('access:manage');
  const [roles, setRoles] = useState<Role[]>(user.roles);
  const [displayName, setDisplayName] = useState(user.displayName);
  const [tried, setTried] = useState(false);
  const isBusy = (what: string) => state.changed.value === user.id && state.changing.running.value === what;
  const save = async () => {
    setTried(true);
    const shown = displayName.trim() || user.name;
    if (roles.length > 0 && (await state.change(user, { roles, displayName: shown }))) onSaved();
  };
  return (
    <div class="access-manage">
      <Form label={`Roles of ${user.name}`} onSubmit={() => void save()}>
        <Field label="Shown as">
          <TextInput value={displayName} onInput={setDisplayName} maxLength={120} disabled={reason !== undefined} />
        </Field>
        <RoleChoice
          chosen={roles}
          onChange={setRoles}
          disabled={reason !== undefined}
          error={tried && roles.length === 0 ? 'Without a role a user may do nothing.' : undefined}
        />
        <div class="button-row" title={reason}>
          <Button kind="primary" type="submit" disabled={reason !== undefined} busy={isBusy('roles')}>
            Save
          </Button>
        </div>
      </Form>
      <UserActs user={user} state={state} reason={reason} isBusy={isBusy} />
      <BitwardenLinks user={user} />
    </div>
  );
}

interface UserActsProps {
  user: User;
  state: UsersState;
  /** Why nothing may be done. */
  reason: string | undefined;
  isBusy: (what: string) => boolean;
}

function UserActs({ user, state, reason, isBusy }: UserActsProps) {
  const [asking, setAsking] = useState<Asked>();
  const disabled = reason !== undefined;
  return (
    <div class="button-row" title={reason}>
      <Button
        icon={user.disabled ? 'check' : 'circle-slash'}
        disabled={disabled}
        busy={isBusy('disable')}
        onClick={() => void state.change(user, { disabled: !user.disabled })}
      >
        {user.disabled ? 'Let in again' : 'Disable'}
      </Button>
      <Button
        icon="sign-out"
        disabled={disabled || user.sessions === 0}
        busy={isBusy('sign-out')}
        onClick={() => void state.signOut(user)}
      >
        Sign out everywhere
      </Button>
      <Button icon="mail" disabled={disabled} busy={isBusy('invite')} onClick={() => setAsking('invite')}>
        New invitation…
      </Button>
      {user.secondFactor && (
        <Button icon="shield" disabled={disabled} busy={isBusy('factor')} onClick={() => setAsking('factor')}>
          Remove second factor…
        </Button>
      )}
      <Button icon="trash" disabled={disabled} busy={isBusy('delete')} onClick={() => setAsking('delete')}>
        Delete…
      </Button>
      {asking && <Ask what={asking} user={user} state={state} onClose={() => setAsking(undefined)} />}
    </div>
  );
}

type Asked = 'invite' | 'factor' | 'delete';

const questions: Record<Asked, { title: (name: string) => string; act: string; icon: string; says: SaysWhat }> = {
  invite: {
    title: name => `Make a new invitation for ${name}?`,
    act: 'Make it',
    icon: 'mail',
    says: () => [
      'The password of now stops working at once, and what is open ends. A wait after wrong passwords ends too.',
    ],
  },
  factor: {
    title: name => `Remove the second factor of ${name}?`,
    act: 'Remove',
    icon: 'shield',
    says: () => [
      'For a device that was lost. Until a new one is set up the password alone is enough; what is open ends.',
    ],
  },
  delete: { title: name => `Delete ${name}?`, act: 'Delete', icon: 'trash', says: endsWith },
};
type SaysWhat = (user: User) => string[];

function Ask({ what, user, state, onClose }: { what: Asked; user: User; state: UsersState; onClose: () => void }) {
  const { title, act, icon, says } = questions[what];
  const run = { invite: state.invite, factor: state.resetFactor, delete: state.remove }[what];
  const confirm = async () => {
    if (await run(user)) onClose();
  };
  return (
    <Confirm
      title={title(user.name)}
      act={act}
      icon={icon}
      keep={what === 'delete' ? 'Keep it' : 'Cancel'}
      busy={state.changing.running.value !== undefined}
      problem={state.changing.problem.value}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      {says(user).map(text => (
        <p key={text}>
          <ServerText text={text} />
        </p>
      ))}
    </Confirm>
  );
}
