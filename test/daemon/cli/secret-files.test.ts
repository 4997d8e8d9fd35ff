// A daemon that is killed cannot take back the files with secrets that it has written: the next one does.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type CommandLine, createCommandLine, testServer } from './command-line.ts';

describe('A file with a secret', () => {
  let quayside: CommandLine;
  before(async function () {
    this.timeout(60_000);
    quayside = await createCommandLine('secret-files');
  });
  after(async function () {
    this.timeout(30_000);
    await quayside[Symbol.asyncDispose]();
  });

  const pathNow = async (): Promise<string> => {
    const answer = JSON.stringify(await quayside.json(['call', 'echo', 'started']));
    const path = /TOKEN_FILE\\*":\\*"([^"\\]+)/.exec(answer)?.[1];
    assert.ok(path, answer);
    return path;
  };

  it('is removed by the next daemon when this one is killed with SIGKILL', async function () {
    this.timeout(60_000);
    await quayside.json(['add', 'command', 'echo', '--', process.execPath, testServer('echo')]);
    await quayside.run(['secrets', 'set', 'echo.token'], { stdin: 'canary-in-a-file' });
    const linked = await quayside.run(['secrets', 'link', 'echo.token', 'echo', '--file', 'TOKEN_FILE']);
    assert.match(linked.stdout, /echo takes the file that TOKEN_FILE names from echo\.token/);
    await quayside.json(['start', 'echo']);
    const path = await pathNow();
    assert.equal(await readFile(path, 'utf8'), 'canary-in-a-file');

    const pid = (await quayside.discovery())?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    for (let turn = 0; turn < 200 && isAlive(pid); turn++) await pause(25);
    assert.ok(existsSync(path), 'nobody was there to remove it');
    await quayside.json(['stop', 'echo']);
    assert.equal(existsSync(dirname(path)), false);
    await quayside.json(['start', 'echo']);
    assert.equal(await readFile(await pathNow(), 'utf8'), 'canary-in-a-file');
    await quayside.json(['stop', 'echo']);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
