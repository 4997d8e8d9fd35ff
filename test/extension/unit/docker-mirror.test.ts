import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { DaemonLink } from '../../../extension/daemon-link/daemon-link.ts';
import { createDockerMirror } from '../../../extension/daemon-link/docker-mirror.ts';
import { createSignal } from '../../../extension/platform/signal.ts';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import type { Profile } from '../../../shared/api/profiles.ts';
import { buildDockerStatus, buildGateway, buildProfile } from '../../support/docker-builder.ts';

/** A link by hand: what the daemon has is in `has`, and `tell` sends its events. */
function createLink(has: { profiles: Profile[] }) {
  const events = createSignal<DaemonEvent>();
  const states = createSignal<{ kind: string }>();
  const calls: string[] = [];
  const list = (name: string, rows: () => unknown[]) => async () => {
    calls.push(name);
    const items = rows();
    await wait(5);
    return { items, total: items.length, page: 1, limit: 100 };
  };
  const api = {
    getDocker: async () => buildDockerStatus(),
    probeDocker: async () => buildDockerStatus({ available: false }),
    listProfiles: list('profiles', () => [...has.profiles]),
    listGateways: list('gateways', () => [buildGateway()]),
  };
  const link = { api, onEvent: events.signal, onDidChangeState: states.signal } as unknown as DaemonLink;
  return { link, tell: events.fire, become: (kind: string) => states.fire({ kind }), calls };
}

describe('the mirror of Docker', () => {
  it('reads once, however many ask', async () => {
    const { link, calls } = createLink({ profiles: [buildProfile()] });
    const mirror = createDockerMirror(link, () => {});
    await Promise.all([mirror.ready(), mirror.ready()]);
    await mirror.ready();
    assert.deepEqual(calls, ['profiles', 'gateways']);
    assert.equal(mirror.profiles[0]?.id, 'dev_tools');
    assert.equal(mirror.can('profiles'), true);
    mirror.dispose();
  });

  it('follows events and tells of them', async () => {
    const { link, tell } = createLink({ profiles: [] });
    const mirror = createDockerMirror(link, () => {});
    await mirror.ready();
    let told = 0;
    mirror.onDidChange(() => told++);
    tell({ type: 'profile.changed', profile: buildProfile() });
    tell({ type: 'gateway.changed', gateway: buildGateway({ state: 'running' }) });
    await wait(120);
    assert.equal(mirror.gateway('dev_tools')?.state, 'running');
    assert.ok(told >= 1);
    tell({ type: 'profile.removed', profileId: 'dev_tools' });
    assert.deepEqual(mirror.profiles, []);
    assert.equal(mirror.gateway('dev_tools'), undefined);
    mirror.dispose();
  });

  it('does not let what it was reading win over an event that came meanwhile', async () => {
    const has = { profiles: [buildProfile({ name: 'Old' })] };
    const { link, tell } = createLink(has);
    const mirror = createDockerMirror(link, () => {});
    const reading = mirror.ready();
    await wait(1);
    has.profiles = [buildProfile({ name: 'New' })];
    tell({ type: 'profile.changed', profile: buildProfile({ name: 'New' }) });
    await reading;
    await wait(60);
    assert.equal(mirror.profiles[0]?.name, 'New');
    mirror.dispose();
  });

  it('forgets everything when the daemon is gone', async () => {
    const { link, become } = createLink({ profiles: [buildProfile()] });
    const mirror = createDockerMirror(link, () => {});
    await mirror.ready();
    become('stopped');
    assert.deepEqual(mirror.profiles, []);
    assert.equal(mirror.status, undefined);
    mirror.dispose();
  });

  it('says why something cannot be done before anybody is asked for more', async () => {
    const { link } = createLink({ profiles: [] });
    const reason = 'This docker mcp has one profile only.';
    const capabilities = [
      { id: 'profiles' as const, available: false, reason },
      { id: 'catalogs' as const, available: true, reason: null },
    ];
    const api = { ...link.api, getDocker: async () => buildDockerStatus({ capabilities }) };
    const mirror = createDockerMirror({ ...link, api, connect: async () => {} } as unknown as DaemonLink, () => {});
    await mirror.need('catalogs');
    await assert.rejects(mirror.need('profiles'), { code: 'DOCKER_002', message: reason });
    mirror.dispose();
  });
});
