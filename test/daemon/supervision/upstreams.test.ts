import { fileURLToPath } from 'node:url';
import type { LaunchPlan } from '../../../daemon/engines/engine.ts';
import { describeUpstreamContract, type UpstreamUnderTest } from '../../contracts/upstream.contract.ts';
import { type EverythingHttp, startEverythingServer } from '../../support/everything-server/http-server.ts';
import { createSupervised, launchPolicy, type Supervised } from '../../support/supervised.ts';

const main = fileURLToPath(new URL('../../support/everything-server/main.ts', import.meta.url));
const stdio = (...args: string[]): LaunchPlan => ({
  kind: 'stdio',
  command: process.execPath,
  args: [main, ...args],
  environment: { PATH: process.env['PATH'] ?? '' },
  workingDirectory: import.meta.dirname,
});

/** Starts the server once for all tests of a contract: each of them comes with a client of its own. */
function describeWith(name: string, isStateless: boolean, plan: () => Promise<LaunchPlan>): void {
  let supervised: Supervised;
  let under: UpstreamUnderTest;
  describe('upstreams', () => {
    before(async () => {
      const changes: string[] = [];
      supervised = createSupervised();
      supervised.onListChanged = (_id, what) => changes.push(what);
      await supervised.supervisor.start('everything', plan, launchPolicy());
      const { upstreams } = supervised.supervisor;
      const tellsCallsApart = isStateless || name.includes('HTTP');
      under = { upstreams, serverId: 'everything', isStateless, tellsCallsApart, changes };
    });
    after(() => supervised.supervisor.close());
    describeUpstreamContract(name, () => under);
  });
}

describeWith('over standard streams, with a session', false, async () => stdio('sessions'));
describeWith('over standard streams, without sessions', true, async () => stdio());
for (const sessionsOnly of [true, false]) {
  const revision = sessionsOnly ? 'with a session' : 'without sessions';
  describe('upstreams over HTTP', () => {
    let http: EverythingHttp;
    before(async () => {
      http = await startEverythingServer(0, { sessionsOnly });
    });
    after(() => http.close());
    describeWith(`over HTTP, ${revision}`, !sessionsOnly, async () => ({ kind: 'http', url: http.url, headers: {} }));
  });
}
