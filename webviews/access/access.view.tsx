// Who may come in besides the owner, what each may do, and who did what.
import type { FunctionComponent } from 'preact';
import { useApp } from '../kit/app.ts';
import { Icon } from '../kit/controls.tsx';
import { Loaded } from '../kit/feedback.tsx';
import { Tabs } from '../kit/tabs.tsx';
import { AccountTab } from './account.view.tsx';
import { AuditTab } from './audit.view.tsx';
import { KeysTab } from './keys.view.tsx';
import { ProvidersTab } from './providers.view.tsx';
import { RolesTab } from './roles.view.tsx';
import { UsersTab } from './users.view.tsx';
import './access.css';

const tabs: { id: string; label: string; part: FunctionComponent }[] = [
  { id: 'users', label: 'Users', part: UsersTab },
  { id: 'keys', label: 'Keys and agents', part: KeysTab },
  { id: 'roles', label: 'Roles', part: RolesTab },
  { id: 'providers', label: 'Providers', part: ProvidersTab },
  { id: 'account', label: 'My account', part: AccountTab },
  { id: 'audit', label: 'Audit log', part: AuditTab },
];

export function AccessView() {
  const { host, live } = useApp();
  const { value } = host.location;
  const asked = value.view === 'access' ? value.tab : undefined;
  return (
    <div class="view access-view">
      <header class="view-head view-head-line">
        <h1>
          <Icon name="organization" /> Access
        </h1>
      </header>
      {/* What may be seen decides what is shown first. */}
      <Loaded load={live.session} what="who you are">
        {({ permissions }) => {
          const first = permissions.includes('access:list') ? 'users' : 'account';
          const active = tabs.find(({ id }) => id === (asked ?? first)) ?? tabs[0];
          const Part = active?.part ?? UsersTab;
          return (
            <Tabs
              label="Parts"
              tabs={tabs}
              active={active?.id ?? 'users'}
              onChange={tab => host.replace({ view: 'access', tab })}
            >
              <Part />
            </Tabs>
          );
        }}
      </Loaded>
    </div>
  );
}
