// Refuses to die: ignores SIGTERM and the end of its input, and has children in its group and one that left it.
import { spawn } from 'node:child_process';
import { serve, text, tool } from './json-lines.mjs';

process.on('SIGTERM', () => {});
setInterval(() => {}, 60_000);
const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 60_000)";
const inGroup = spawn(process.execPath, ['-e', stubborn], { stdio: 'ignore' });
const away = spawn(process.execPath, ['-e', stubborn], { stdio: 'ignore', detached: true });
serve({
  name: 'grandchildren',
  tools: () => [tool('pids', 'Tells the process ids')],
  call: () => text(JSON.stringify([process.pid, inGroup.pid, away.pid])),
});
