import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endDaemon } from '../../../daemon/cli/link/connection.ts';
import type { FoundDaemon } from '../../../daemon/cli/link/discovery.ts';
import { type ProblemCode, problem } from '../../../shared/api/problem.ts';
import { refusedWith } from '../../support/identity.ts';

describe('a daemon that is asked to end', () => {
  const answering = async (code: ProblemCode): Promise<FoundDaemon> => {
    const child = spawn('true');
    await once(child, 'exit');
    const stopDaemon = () => Promise.reject(problem(code, { detail: 'As it was told to.' }));
    return { api: { stopDaemon }, discovery: { pid: child.pid } } as unknown as FoundDaemon;
  };
  const { signal } = new AbortController();

  it('may be ending already, whoever has asked it', async () => {
    await endDaemon(await answering('DAEMON_003'), 'a test', signal);
  });

  it('may refuse, and is not waited for then', async () => {
    await assert.rejects(endDaemon(await answering('ACCESS_002'), 'a test', signal), refusedWith('ACCESS_002'));
  });
});
