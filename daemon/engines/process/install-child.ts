// Entry of the installer process. One process for each install: it can be ended at any moment, and its memory goes with it.
import { rmSync } from 'node:fs';
import { InstallOrder, type InstallReport } from './install-messages.ts';
import { toInstallProblem } from './install-problems.ts';
import { installPackage } from './package-tree.ts';
import { withoutLogins } from './without-logins.ts';

const send = (report: InstallReport): Promise<void> =>
  new Promise(resolve => {
    if (process.connected) process.send?.(report, undefined, undefined, () => resolve());
    else resolve();
  });

async function run(order: InstallOrder): Promise<void> {
  try {
    await send(await installPackage(order, progress => void send({ kind: 'progress', ...progress })));
  } catch (error) {
    // The daemon keeps the end of this for its log.
    if (error instanceof Error) process.stderr.write(`${withoutLogins(error.stack ?? error.message)}\n`);
    const { code, detail, next } = toInstallProblem(error, order).problem;
    await send({ kind: 'failed', code, detail, ...(next === undefined ? {} : { next }) });
  }
  // Open connections to the registry are kept alive and would keep the process as well.
  process.exit(0);
}

process.once('message', message => {
  const order = InstallOrder.parse(message);
  process.once('disconnect', () => {
    // The daemon is gone: nobody will ever want these files. Install scripts are in the same process group.
    rmSync(order.folder, { recursive: true, force: true });
    if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
    process.exit(1);
  });
  void run(order);
});
