import { type InputBoxOptions, ProgressLocation, window } from 'vscode';
import type * as z from 'zod';
import { Cancelled } from './host-problem.ts';
import { forNotification } from './plain-text.ts';

/** Asks for one value and says at each key what is wrong with it. Errors: Cancelled. */
export async function askFor(schema: z.ZodType<unknown>, options: InputBoxOptions): Promise<string> {
  const value = await window.showInputBox({
    ...options,
    ignoreFocusOut: true,
    validateInput: text => schema.safeParse(text.trim()).error?.issues[0]?.message,
  });
  if (value === undefined) throw new Cancelled();
  return value.trim();
}

/** A question that stops everything else. Errors: Cancelled unless the one button was chosen. */
export async function confirm(message: string, detail: string, button: string): Promise<void> {
  const chosen = await window.showWarningMessage(message, { modal: true, detail }, button);
  if (chosen !== button) throw new Cancelled();
}

export interface ProgressReport {
  message: string;
  /** From 0 to 1, or null if it cannot be told. */
  fraction?: number | null;
}

/** Shows native progress that can be cancelled; the signal aborts with Cancelled. */
export async function withCancellableProgress<T>(
  title: string,
  act: (signal: AbortSignal, report: (progress: ProgressReport) => void) => Promise<T>,
): Promise<T> {
  return await window.withProgress(
    { location: ProgressLocation.Notification, title: forNotification(title), cancellable: true },
    async (progress, token) => {
      const controller = new AbortController();
      const subscription = token.onCancellationRequested(() => controller.abort(new Cancelled()));
      let shown = 0;
      try {
        return await act(controller.signal, ({ message, fraction }) => {
          const percent = Math.max(shown, Math.round((fraction ?? 0) * 100));
          progress.report({
            ...(message === undefined ? {} : { message: forNotification(message) }),
            increment: percent - shown,
          });
          shown = percent;
        });
      } finally {
        subscription.dispose();
      }
    },
  );
}
