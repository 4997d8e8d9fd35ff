// The functions that the rest of the daemon uses, on what was recorded: each asks as it was asked, and understands the answer.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cliFailureOf } from '../../../../../daemon/engines/docker/cli/to-problem.ts';
import { ProblemError } from '../../../../../shared/api/problem.ts';
import { createReplayedCli } from '../../../../support/replay/replayed-cli.ts';
import { recordedCalls } from './recorded-calls.ts';

describe('a function of docker mcp', () => {
  for (const [pinned, [act, expect]] of Object.entries(recordedCalls))
    it(`asks as it was asked, and understands the answer: ${pinned}`, async () => {
      const dialect = pinned.startsWith('legacy') ? 'legacy' : 'current';
      await using replayed = await createReplayedCli({ dialect, pinned });
      const answer = await act(replayed.cli, replayed);
      if (expect) expect(answer as never, replayed);
      else assert.equal(answer, undefined);
      assert.deepEqual(await replayed.replay.played(), [pinned]);
      const left = (await readdir(replayed.replay.work)).filter(name => name.startsWith('quayside-'));
      assert.deepEqual(left, [], 'no file that was exchanged is left');
    });

  it('of the other dialect is refused before anything is started', async () => {
    await using current = await createReplayedCli({ dialect: 'current' });
    await using legacy = await createReplayedCli({ dialect: 'legacy' });
    for (const asked of [current.cli.legacy.servers(), legacy.cli.profiles.list(), legacy.cli.catalogs.list()])
      await assert.rejects(asked, (error: unknown) => error instanceof ProblemError && error.code === 'DOCKER_002');
    assert.deepEqual([...(await current.replay.played()), ...(await legacy.replay.played())], []);
  });

  it('rejects with a problem that keeps its cause', async () => {
    await using replayed = await createReplayedCli({ dialect: 'current', pinned: 'current/profile-show-not-found' });
    const { runner, cli } = replayed;
    await assert.rejects(cli.profiles.show('-x'), (error: unknown) => {
      assert.ok(error instanceof ProblemError && error.code === 'DOCKER_011');
      assert.equal(error.message, 'Could not show the profile -x: "-x" is not a profile id.');
      return cliFailureOf(error) === 'refused';
    });
    await runner.close();
    await assert.rejects(cli.profiles.list(), (error: unknown) => cliFailureOf(error) === 'cancelled');
  });

  it('hands the document of a catalog over in a file that is gone afterwards, and clears what an interrupted one has left', async () => {
    await using replayed = await createReplayedCli({ dialect: 'current', pinned: 'current/catalog-create-from-file' });
    const folder = join(replayed.replay.home, '.docker/mcp/catalogs');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'mine.yaml'), 'name: mine');
    // Only the recorded file name is known to the replay: that the call fails is what is wanted here.
    await assert.rejects(
      replayed.cli.catalogs.create('lab/local:v1', { kind: 'legacy-document', document: 'registry: {}' }),
    );
    assert.deepEqual(await readdir(folder), ['mine.yaml']);
    const [failure] = await replayed.replay.failures();
    assert.match(failure ?? '', /quayside-import-[0-9a-f]{16}\.yaml/);
    await replayed.replay.forgive();
    assert.ok(existsSync(folder));
  });
});
