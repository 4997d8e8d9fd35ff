// Installs with native progress, asks about install scripts, and offers to start what was installed.
import { window } from 'vscode';
import type * as z from 'zod';
import type { InstallOperation } from '../../../shared/api/operations.ts';
import { isProblemError } from '../../../shared/api/problem.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { runOperation } from '../../daemon-link/run-operation.ts';
import { confirm, withCancellableProgress } from '../../platform/ask.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import type { ReportProblem } from '../../platform/report-problem.ts';

export type InstallRequest = z.input<typeof InstallOperation>;

export interface Installer {
  link: DaemonLink;
  report: ReportProblem;
  open: OpenPanel;
}

/** Errors: ProblemError; Cancelled. */
export async function installWithProgress(installer: Installer, title: string, request: InstallRequest): Promise<void> {
  const { link, report } = installer;
  try {
    await runOperation({
      link,
      report,
      title: `Installing ${title}`,
      begin: () => link.api.createOperation({ body: request }),
      except: ['INSTALL_006'],
      onDone: ({ serverId }) => void offerStart(installer, serverId ?? '').catch(report),
    });
  } catch (error) {
    if (!isProblemError(error) || error.code !== 'INSTALL_006' || request.allowScripts) throw error;
    await confirm(
      `Let ${title} run its install scripts?`,
      `${error.problem.detail}\n\nScripts run once, now, with your rights on this machine.`,
      'Run Scripts and Install',
    );
    await installWithProgress(installer, title, { ...request, allowScripts: true });
  }
}

async function offerStart({ link, report, open }: Installer, serverId: string): Promise<void> {
  const chosen = await window.showInformationMessage(`${serverId} is installed.`, 'Start', 'Open');
  if (chosen === 'Open') open(`server/${serverId}`);
  if (chosen !== 'Start') return;
  try {
    await withCancellableProgress(`Starting ${serverId}`, signal =>
      link.api.startServer({ params: { id: serverId } }, { signal }),
    );
  } catch (error) {
    await report(error, { serverId });
  }
}
