import { window } from 'vscode';
import type { Approval } from '../../../shared/api/approvals.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import { forNotification, toOneLine } from '../../platform/plain-text.ts';

export interface AskAboutCallsOptions {
  link: DaemonLink;
  open: OpenPanel;
  report: (error: unknown) => unknown;
}

/** What fits a notification in full may be allowed from it; anything longer has to be looked at first. */
const wholeInNotification = 160;

/** A notification for each call that waits for a person, and one for servers whose tools have changed. */
export function askAboutCalls({ link, open, report }: AskAboutCallsOptions) {
  const asked = new Set<string>();
  const told = new Map<string, number>();
  const stop = link.onEvent(event => {
    if (event.type === 'approval.changed' && event.state === 'waiting' && !asked.has(event.approvalId)) {
      asked.add(event.approvalId);
      void ask(event.approvalId).catch(report);
    }
    if (event.type === 'lock.changed') {
      const before = told.get(event.serverId) ?? 0;
      told.set(event.serverId, event.waiting);
      if (event.waiting > before) void tellOfChange(event.serverId).catch(report);
    }
  });

  const ask = async (id: string): Promise<void> => {
    const approval = await link.api.getApproval({ params: { id } });
    if (approval.state !== 'waiting' || approval.kind !== 'call') return;
    const { text, isWhole } = wordsOf(approval);
    const acts = isWhole ? (['Allow Once', 'Deny', 'Show'] as const) : (['Show', 'Deny'] as const);
    const chosen = await window.showWarningMessage(forNotification(text), ...acts);
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

/** The call in words, and whether that is all of it. */
export function wordsOf({ caller, tool, serverId, arguments: text, reason }: Approval): {
  text: string;
  isWhole: boolean;
} {
  const shown = toOneLine(text, wholeInNotification + 1);
  const isWhole = shown.length <= wholeInNotification;
  const end = isWhole ? ` with ${shown}` : '';
  return { text: `${caller.name} wants to call ${tool} of ${serverId}${end}. ${toOneLine(reason)}`.trim(), isWhole };
}
