// Something that can be read once: it goes to the clipboard when the person says so, and is neither kept nor logged.
import { env, window } from 'vscode';
import { forNotification } from '../../platform/plain-text.ts';

interface Handed {
  title: string;
  detail: string;
  /** On the button: "Copy Link". */
  copy: string;
  text: string;
  /** What is so when it was not copied. */
  lost: string;
}

export async function handOver({ title, detail, copy, text, lost }: Handed): Promise<void> {
  const chosen = await window.showInformationMessage(title, { modal: true, detail }, copy);
  if (chosen !== copy) return void window.showWarningMessage(forNotification(lost));
  await env.clipboard.writeText(text);
  window.setStatusBarMessage('$(check) Copied', 5_000);
}
