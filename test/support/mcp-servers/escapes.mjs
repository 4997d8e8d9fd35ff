// Starts a process that leaves its group and has an empty environment, and that starts another one like it.
import { spawn } from 'node:child_process';
import { serve, text, tool } from './json-lines.mjs';

const waiting = 'setInterval(() => {}, 60_000)';
const away = `
const { spawn } = require('node:child_process');
const next = spawn(process.execPath, ['-e', '${waiting}'], { stdio: 'ignore', detached: true, env: {} });
process.stdout.write(String(next.pid) + '\\n');
${waiting}`;
const first = spawn(process.execPath, ['-e', away], { stdio: ['ignore', 'pipe', 'ignore'], detached: true, env: {} });
const second = new Promise(resolve => first.stdout.once('data', piece => resolve(Number(piece))));
serve({
  name: 'escapes',
  tools: () => [tool('pids', 'Tells the process ids')],
  call: async () => text(JSON.stringify([first.pid, await second])),
});
