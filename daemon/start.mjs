// What `npm start` runs: everything that a fresh clone needs, then `quayside up`.
// Plain JavaScript without dependencies at the top, because it runs before there are any, under the system's Node 20.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 17)) {
  console.error(
    `Node ${process.versions.node} is too old: Quayside needs Node 20.17 or newer. Install it, then try again. (DAEMON_007)`,
  );
  process.exit(1);
}

const setup = await import('./setup.mjs');
try {
  setup.ensureDependencies();
  setup.ensureBuild();
} catch (error) {
  setup.reportSetupFailure(error);
  process.exit(1);
}

const commandLine = join(setup.root, 'dist', 'cli.mjs');
if (!existsSync(commandLine)) {
  console.error(`The build has made no ${commandLine}. Remove the folder dist and try again.`);
  process.exit(1);
}
// Told to end, npm ends its shell, and the shell does not tell us: all that we see is that our parent is another one.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  watch.unref();
}

// In this process: nothing stands between Ctrl-C and the daemon, and no second start-up is paid.
process.argv = [process.execPath, commandLine, 'up', ...process.argv.slice(2)];
await import(new URL('../dist/cli.mjs', import.meta.url).href);
