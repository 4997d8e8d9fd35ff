#!/usr/bin/env node
// The headless `quayside` command: a thin caller of the API. It runs on Node 20, where the daemon cannot.
import { exitCodes } from './exit-codes.ts';
import { createInterrupt } from './interrupt.ts';
import { findInstallation } from './link/installation.ts';
import { runCommandLine } from './program.ts';

/** Whoever read the output has enough (`quayside events | head -1`): that is no error. */
const endOnClosedPipe = (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
};
process.stdout.on('error', endOnClosedPipe);
process.stderr.on('error', endOnClosedPipe);

/** A fault of this program: the stack is for whoever mends it (70 is EX_SOFTWARE of sysexits). */
const reportFault = (error: unknown): number => {
  process.stderr.write('Something went wrong in the quayside command itself. Please report it with these lines:\n');
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return exitCodes.fault;
};

const exitCode = await runCommandLine(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  environment: process.env,
  interrupt: createInterrupt(process),
  installation: findInstallation(import.meta.url),
}).catch(reportFault);
// What was written must be out before the end; an open stream or timer must not delay it.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
