import assert from 'node:assert/strict';
import type { DockerStatus } from '../../../shared/api/docker.ts';
import { toProblem } from '../../../shared/api/problem.ts';
import { capabilityWords, summaryOfDocker, warningsOf } from '../../../webviews/dashboard/docker-words.ts';
import { missingReason } from '../../../webviews/kit/missing-reason.ts';
import { buildDockerStatus, type DockerStatusChange } from '../../support/docker-builder.ts';

const docker = (change: DockerStatusChange): DockerStatus =>
  buildDockerStatus({
    capabilities: [
      { id: 'gateway', available: true, reason: null },
      { id: 'oauth', available: false, reason: 'It needs Docker Desktop.' },
      { id: 'secrets', available: false, reason: null },
    ],
    warnings: [toProblem('DOCKER_016', { detail: 'It is old.' })],
    ...change,
  });
const none = { installed: false, version: null, dialect: null } as const;

describe('Docker in one line', () => {
  it('says what is there', () => {
    assert.equal(summaryOfDocker(docker({})), 'docker mcp v0.43.3, profiles; Docker Engine 28.2.2');
    const remote = docker({ plugin: { dialect: 'legacy' }, engine: { platform: 'desktop', context: 'work' } });
    assert.equal(summaryOfDocker(remote), 'docker mcp v0.43.3, legacy dialect; Docker Desktop 28.2.2, context work');
  });

  it('is quiet where there is no Docker, and warns of nothing', () => {
    const absent = docker({
      available: false,
      plugin: none,
      engine: { reachable: false, version: null, platform: null },
      docker: { path: null, version: null },
      problem: toProblem('DOCKER_001', { detail: 'It is not there.' }),
    });
    assert.equal(summaryOfDocker(absent), 'Docker is not on this machine.');
    assert.deepEqual(warningsOf(absent), []);
    assert.equal(warningsOf(docker({})).length, 1);
  });

  it('takes a Docker that was switched off for a choice', () => {
    const off = docker({
      available: false,
      plugin: none,
      engine: { reachable: false, version: null, platform: null },
      docker: { path: null, version: null },
      problem: toProblem('ENGINE_001', { detail: 'Docker is switched off for this daemon.' }),
    });
    assert.equal(summaryOfDocker(off), 'Docker is switched off for this daemon.');
  });

  it('tells a missing plugin from a missing engine', () => {
    assert.match(summaryOfDocker(docker({ available: false, plugin: none })), /docker mcp is not installed/);
    const down = docker({
      available: false,
      engine: { reachable: false },
      problem: toProblem('DOCKER_003', { detail: 'Nothing listens on the socket.' }),
    });
    assert.equal(summaryOfDocker(down), 'docker mcp v0.43.3, profiles; Nothing listens on the socket.');
  });
});

describe('what Docker cannot do here', () => {
  it('is told with its reason', () => {
    assert.equal(missingReason(docker({}), 'oauth'), 'It needs Docker Desktop.');
    assert.equal(missingReason(docker({}), 'gateway'), undefined);
    assert.ok(missingReason(docker({}), 'secrets'), 'there is always some reason');
  });
  it('is nothing as long as nobody has looked', () => {
    assert.equal(missingReason(undefined, 'gateway'), undefined);
  });
  it('has words for each ability', () => {
    for (const words of Object.values(capabilityWords)) assert.ok(words.length > 3);
  });
});
