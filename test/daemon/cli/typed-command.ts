import { spawn } from 'node:child_process';
import { commandProgram } from '../../support/programs.ts';
import type { CommandLine } from './command-line.ts';

/** Runs a command on a terminal of its own, types when it asks, and gives back all that the terminal showed. */
export function typeInto(
  quayside: CommandLine,
  args: string[],
  question: string,
  keys: string,
): Promise<{ code: number | null; screen: string }> {
  const command = [process.execPath, commandProgram, ...args].map(word => `'${word}'`).join(' ');
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    env: { ...process.env, QUAYSIDE_HOME: quayside.home, QUAYSIDE_PORT: '0', NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 30_000,
  });
  let screen = '';
  let typed = false;
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    screen += piece;
    if (typed || !screen.includes(question)) return;
    typed = true;
    child.stdin.write(keys);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ code, screen }));
  });
}
