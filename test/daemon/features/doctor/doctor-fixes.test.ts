import assert from 'node:assert/strict';
import { doctorHandlers } from '../../../../daemon/features/doctor/doctor.routes.ts';
import { createDoctor } from '../../../../daemon/features/doctor/doctor.service.ts';
import type { DoctorNeeds } from '../../../../daemon/features/doctor/doctor-needs.ts';
import { createHandlersApp, type HandlersApp } from '../../../support/handlers-app.ts';
import { hasCode } from '../../../support/problems.ts';
import { aGateway, aServer, createNeeds, type FakeNeeds, healthyDocker } from './fake-needs.ts';

describe('The doctor applies', () => {
  let needs: FakeNeeds;
  let app: HandlersApp;
  const withNeeds = (change: Parameters<typeof createNeeds>[1] = {}) => {
    needs = createNeeds('/nowhere', change);
    app = createHandlersApp(doctorHandlers(createDoctor(needs)));
  };
  const apply = async (id: string) => await app.api.applyDoctorFix({ body: { id } });

  it('no fix that it does not know', async () => {
    withNeeds();
    for (const id of ['nothing', 'restart-gateway:nobody', 'pull-image:abc', '__proto__', 'constructor'])
      await assert.rejects(apply(id), hasCode('DOCTOR_001'), id);
    assert.deepEqual(needs.done, []);
  });

  it('the sweep, and answers with the check as it is now', async () => {
    let orphans = [{ id: 'a'.repeat(12), server: 'echo', image: 'i' }];
    withNeeds({
      sweep: async dryRun => {
        const removed = orphans;
        if (!dryRun) orphans = [];
        return { removed, left: [], dryRun };
      },
    });
    assert.equal((await apply('sweep-orphans')).state, 'ok');
    assert.deepEqual(orphans, []);
  });

  it('profiles only when they are asked for, and says if that did not help', async () => {
    let dialect: 'legacy' | 'profile' = 'legacy';
    const reason = 'Switch the feature on: docker mcp feature enable profiles';
    const status = () => ({
      ...healthyDocker,
      plugin: { ...healthyDocker.plugin, dialect },
      capabilities: [{ id: 'profiles' as const, available: false, reason }],
    });
    let helps = false;
    const docker: DoctorNeeds['docker'] = {
      ...createNeeds('/nowhere').docker,
      status: async () => status(),
      look: async () => status(),
      async enableProfiles() {
        if (helps) dialect = 'profile';
      },
    };
    withNeeds({ docker });
    const { checks } = await app.api.runDoctor();
    assert.equal(checks.find(({ id }) => id === 'docker.dialect')?.fix?.id, 'enable-profiles');
    assert.equal(dialect, 'legacy');
    await assert.rejects(apply('enable-profiles'), hasCode('DOCTOR_002'));
    helps = true;
    assert.equal((await apply('enable-profiles')).state, 'ok');
  });

  it('the pull of an image, as an operation', async () => {
    const pulled: string[] = [];
    withNeeds({
      servers: () => [aServer('a')],
      images: {
        find: async () => undefined,
        pull: async image => {
          pulled.push(image);
          return { operationId: 'op-1' };
        },
      },
    });
    const { checks } = await app.api.runDoctor();
    const fix = checks.find(({ id }) => id.startsWith('servers.images:'))?.fix;
    assert.ok(fix?.id);
    assert.match((await apply(fix.id)).detail, /op-1/);
    assert.deepEqual(pulled, ['mcp-local/a:1']);
  });

  it('the restart of a gateway and the removal of files', async () => {
    withNeeds({
      gateways: {
        ...createNeeds('/').gateways,
        list: () => [aGateway()],
        restart: async profile => void needs.done.push(`restart ${profile}`),
      },
    });
    assert.equal((await apply('restart-gateway:dev')).state, 'ok');
    await apply('remove-leftovers');
    await apply('probe');
    assert.deepEqual(needs.done, ['restart dev', 'remove']);
  });
});
