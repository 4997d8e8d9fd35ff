import { commands, Disposable } from 'vscode';
import type { CommandId } from './contributions.ts';
import type { ReportProblem } from './report-problem.ts';

/** Registers a command whose failure is reported, and can be tried again from the message. */
export type RegisterCommand = (id: CommandId, act: (argument: unknown) => unknown) => Disposable;

export const createRegisterCommand =
  (report: ReportProblem): RegisterCommand =>
  (id, act) =>
    commands.registerCommand(id, async (argument: unknown) => {
      const attempt = async (): Promise<unknown> => {
        try {
          return await act(argument);
        } catch (error) {
          void report(error, { tryAgain: attempt });
          return undefined;
        }
      };
      return await attempt();
    });

export const disposeAll = (disposables: { dispose(): unknown }[]): Disposable => Disposable.from(...disposables);
