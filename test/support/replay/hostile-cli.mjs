// A CLI that behaves badly, in the way that its first argument names.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const [mode, file] = process.argv.slice(2);
const stay = () => setInterval(() => {}, 1_000);
const forkScript = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.stdout.write('fork\\n');";
const fork = detached =>
  spawn(process.execPath, ['-e', forkScript, process.argv[1]], { stdio: ['ignore', 'inherit', 'inherit'], detached });

const modes = {
  json: megabytes => {
    const chunk = `{"name":"${'x'.repeat(1_048_560)}"},`;
    process.stdout.write('[');
    for (let at = 0; at < megabytes; at++) process.stdout.write(chunk);
    process.stdout.write('{"name":"last"}]');
  },
  endless: () => {
    process.on('SIGTERM', () => {});
    stay();
  },
  // Never a line end, and never an end.
  babble: () => {
    const write = () => process.stdout.write('y'.repeat(65_536), () => setImmediate(write));
    write();
  },
  complain: () => {
    for (let at = 0; at < 5_000; at++) process.stderr.write(`${'e'.repeat(1_000)}\n`);
    process.stderr.write('profile nope not found\n');
    process.exitCode = 1;
  },
  // Ends at once, and leaves a child in its group that holds its output open.
  fork: () => {
    fork(false);
    setTimeout(() => process.exit(0), 200);
  },
  // The same, out of its group.
  escape: () => {
    fork(true);
    setTimeout(() => process.exit(0), 200);
  },
  'fork-and-stay': () => {
    process.on('SIGTERM', () => {});
    fork(false);
    fork(true);
    stay();
  },
  // Fails as often as the file says, then works.
  locked: () => {
    const left = Number(readFileSync(file, 'utf8'));
    writeFileSync(file, String(left - 1));
    if (left > 0) {
      process.stderr.write('database is locked (5) (SQLITE_BUSY)\n');
      process.exitCode = 1;
    } else process.stdout.write('"done"');
  },
  // Writes down when it begins and when it ends.
  slow: () => {
    writeFileSync(file, 'begin\n', { flag: 'a' });
    setTimeout(() => writeFileSync(file, 'end\n', { flag: 'a' }), 150);
  },
  echo: () => process.stdin.on('data', piece => process.stdout.write(piece)),
  third: () => process.stdout.write(`${readFileSync('/dev/fd/3', 'utf8')}${readFileSync('/dev/fd/3', 'utf8')}`),
  leak: () => {
    const secret = process.env.LEAKED ?? '';
    process.stderr.write(
      `\u001b[31merror\u001b[0m with ${secret}, ${encodeURIComponent(secret)} and Bearer abcdefghij1234567890\n`,
    );
    process.stderr.write('    - API_KEY: s3cr****\n');
    process.exitCode = 3;
  },
  environment: () => process.stdout.write(JSON.stringify(process.env)),
};

modes[mode](Number(file));
