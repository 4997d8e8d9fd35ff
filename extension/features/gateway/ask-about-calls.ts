import { window } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { readAll } from '../../daemon-link/pages.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import { wordsOf } from './call-words.ts';

export interface AskAboutCallsOptions {
  link: DaemonLink;
  open: OpenPanel;
  report: (error: unknown) => unknown;
}

/** A notification for each call that waits for a person, and one for servers whose tools have changed. */
export function askAboutCalls({ link, open, report }: AskAboutCallsOptions) {
  const asked = new Set<string>();
  const told = new Map<string, number>();
  const stop = link.onEvent(event => {
    if (event.type === 'reset') void askAll().catch(() => {});
    if (event.type === 'approval.changed' && event.state === 'waiting') askOnce(event.approvalId);
    if (event.type === 'lock.changed') {
      const before = told.get(event.serverId) ?? 0;
      told.set(event.serverId, event.waiting);
      if (event.waiting > before) void tellOfChange(event.serverId).catch(report);
    }
  });

  const askOnce = (id: string): void => {
    if (asked.has(id)) return;
    asked.add(id);
    void ask(id).catch(report);
  };

  /** Those that waited before this window was there, or while it heard nothing. Who may not see them is not asked. */
  const askAll = async (): Promise<void> => {
    const waiting = await readAll(query => link.api.listApprovals({ query: { ...query, state: 'waiting' } }));
    for (const { id } of waiting) askOnce(id);
  };

  const ask = async (id: string): Promise<void> => {
    const approval = await link.api.getApproval({ params: { id } });
    if (approval.state !== 'waiting' || approval.kind !== 'call') return;
    const { text, isWhole } = wordsOf(approval);
    const acts = isWhole ? (['Allow Once', 'Deny', 'Show'] as const) : (['Show', 'Deny'] as const);
    const chosen = await window.showWarningMessage(text, ...acts);
    if (chosen === 'Show') open('gateway?tab=approvals');
    if (chosen === 'Deny') await link.api.denyCall({ params: { id }, body: {} });
    if (chosen === 'Allow Once') await link.api.approveCall({ params: { id }, body: { digest: approval.digest } });
  };

  const tellOfChange = async (serverId: string): Promise<void> => {
    const chosen = await window.showWarningMessage(
      `${serverId} has changed its tools. Until you approve it, what it changed is neither listed nor callable.`,
      'Show Changes',
    );
    if (chosen) open('gateway?tab=changes');
  };

  return { dispose: () => stop.dispose() };
}
