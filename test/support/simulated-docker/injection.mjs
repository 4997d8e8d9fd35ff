// Failures that a test asks for: a command that hangs, forks, ends half-way, or says what the test wants.
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

const matches = (wanted, words) => wanted.every((word, at) => words[at] === word);

/**
 * Looks for a rule whose `match` begins the command. A rule may have `delayMilliseconds`, `stdout`, `stderr`,
 * `exitCode`, `hang: true` (ignores SIGTERM too with `deaf: true`) and `fork: true` (a child holds the output open).
 * Answers the exit code; undefined if the command runs as usual.
 */
export async function injectFailure(settings, words, { print, warn }) {
  const rule = (settings.failure.commands ?? []).find(({ match }) => matches(match, words));
  if (!rule) return undefined;
  if (rule.deaf) process.on('SIGTERM', () => {});
  if (rule.delayMilliseconds) await pause(rule.delayMilliseconds);
  if (rule.fork) {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.unref();
  }
  if (rule.stdout !== undefined) print(rule.stdout);
  if (rule.stderr !== undefined) warn(rule.stderr);
  if (rule.hang) await new Promise(() => setInterval(() => {}, 1_000));
  return rule.exitCode ?? (rule.stdout === undefined && rule.stderr === undefined ? undefined : 0);
}
