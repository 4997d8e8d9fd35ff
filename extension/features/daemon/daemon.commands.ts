import { commands as editor, type LogOutputChannel, window, workspace } from 'vscode';
import { ProblemError } from '../../../shared/api/problem.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { confirm, withCancellableProgress } from '../../platform/ask.ts';
import { disposeAll, type RegisterCommand } from '../../platform/commands.ts';
import { commands, settings } from '../../platform/contributions.ts';
import type { ReportProblem } from '../../platform/report-problem.ts';
import { followDaemonLog } from './daemon-log.ts';
import { followServerOutput } from './server-lines.ts';

export interface DaemonFeatureOptions {
  link: DaemonLink;
  log: LogOutputChannel;
  register: RegisterCommand;
  report: ReportProblem;
  /** Path of the daemon's log file; asked anew because a setting decides it. */
  logFile: () => string;
}

/** Starting, stopping and watching the daemon, and the log of it all. */
export function registerDaemon({ link, log, register, report, logFile }: DaemonFeatureOptions) {
  const tail = followDaemonLog({ link, log, logFile });
  return disposeAll([
    tail,
    followServerOutput(link, log),
    register(commands.showLog, () => log.show(true)),
    register(commands.startDaemon, () => link.connect()),
    register(commands.restartDaemon, () =>
      withCancellableProgress('Restarting the Quayside daemon', () => link.restart()),
    ),
    register(commands.stopDaemon, async () => {
      await confirm(
        'Stop the Quayside daemon?',
        'All servers end, for every window and every client. Those that run now are started again with the next daemon.',
        'Stop',
      );
      await link.stop();
    }),
    link.onCrash(problem => {
      void tail.readNow().finally(() => report(new ProblemError(problem)));
    }),
    workspace.onDidChangeConfiguration(async change => {
      const ids = [settings.port, settings.idleExitMinutes, settings.stateFolder];
      if (link.state.kind !== 'connected' || !ids.some(id => change.affectsConfiguration(id))) return;
      const chosen = await window.showInformationMessage(
        'The change takes effect when the Quayside daemon is restarted.',
        'Restart Now',
      );
      if (chosen) await editor.executeCommand(commands.restartDaemon);
    }),
  ]);
}
