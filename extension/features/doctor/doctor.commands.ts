import { window } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { withCancellableProgress } from '../../platform/ask.ts';
import { disposeAll, type RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { saveFile } from '../../platform/files.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import { forNotification } from '../../platform/plain-text.ts';

/** The doctor's page, and the file for somebody who helps. */
export function registerDoctor({
  link,
  register,
  open,
}: {
  link: DaemonLink;
  register: RegisterCommand;
  open: OpenPanel;
}) {
  return disposeAll([
    register(commands.runDoctor, async () => {
      await link.connect();
      open('doctor');
    }),
    register(commands.saveSupportBundle, async () => {
      await link.connect();
      const bundle = await withCancellableProgress('Making a support bundle', signal =>
        link.api.makeSupportBundle({}, { signal }),
      );
      const file = await saveFile(bundle.fileName, Buffer.from(bundle.base64, 'base64'));
      const text = `The support bundle is in ${file.fsPath}. It holds no secret; look into it before you hand it on.`;
      void window.showInformationMessage(forNotification(text));
    }),
  ]);
}
