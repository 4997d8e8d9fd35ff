// The endpoint /mcp as a person sees it: what waits for an answer, what servers have changed, who is connected, what was called.
import type { FunctionComponent } from 'preact';
import { useApp } from '../kit/app.ts';
import { Icon } from '../kit/controls.tsx';
import { useOwned } from '../kit/owned.ts';
import { Tabs } from '../kit/tabs.tsx';
import { ApprovalsTab } from './approvals.view.tsx';
import { CallsTab } from './calls.view.tsx';
import { ChangesTab } from './changes.view.tsx';
import { CostsTab } from './costs.view.tsx';
import { ClientsTab } from './sessions.view.tsx';
import { createWaiting } from './waiting.state.ts';
import './gateway.css';

const tabs: { id: string; label: string; part: FunctionComponent }[] = [
  { id: 'approvals', label: 'Approvals', part: ApprovalsTab },
  { id: 'changes', label: 'Changed tools', part: ChangesTab },
  { id: 'calls', label: 'Calls', part: CallsTab },
  { id: 'tools', label: 'Names and costs', part: CostsTab },
  { id: 'sessions', label: 'Connected', part: ClientsTab },
];

export function GatewayView() {
  const app = useApp();
  const { host } = app;
  const waiting = useOwned(() => createWaiting(app));
  const counts: Record<string, number> = { approvals: waiting.approvals.value, changes: waiting.changes.value };
  const { value } = host.location;
  const asked = value.view === 'gateway' ? value.tab : undefined;
  const active = tabs.find(({ id }) => id === asked) ?? tabs[0];
  const Part = active?.part ?? ApprovalsTab;
  return (
    <div class="view gateway-view">
      <header class="view-head view-head-line">
        <h1>
          <Icon name="radio-tower" /> Gateway
        </h1>
      </header>
      <Tabs
        label="Parts"
        tabs={tabs.map(({ id, label }) => ({ id, label: <Counted name={label} count={counts[id] ?? 0} /> }))}
        active={active?.id ?? 'approvals'}
        onChange={tab => host.replace({ view: 'gateway', tab })}
      >
        <Part />
      </Tabs>
    </div>
  );
}

const Counted = ({ name, count }: { name: string; count: number }) => (
  <>
    {name}
    {count > 0 && (
      <span class="tab-count">
        {count}
        <span class="only-heard"> to decide</span>
      </span>
    )}
  </>
);
