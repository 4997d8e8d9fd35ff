import assert from 'node:assert/strict';
import { type Check, runConformance, suites } from '../support/conformance.ts';
import { type EverythingGateway, startEverythingGateway, upstreamKinds } from '../support/everything-gateway.ts';
import { notApplicable, scenarios } from './scenarios.ts';

const addresses = { 'one server': '/mcp/server/everything', 'all servers': '/mcp' } as const;

describe('the protocol’s own suites, through the gateway', () => {
  before(() => {
    for (const [name, reason] of Object.entries(notApplicable)) console.log(`      not run: ${name}*: ${reason}`);
  });

  for (const kind of upstreamKinds) {
    describe(`to a server over ${kind}`, () => {
      let gateway: EverythingGateway;
      const results = new Map<string, Promise<Map<string, Check[]>>>();
      before(async function () {
        this.timeout(120_000);
        gateway = await startEverythingGateway(kind);
        for (const suite of suites)
          for (const path of Object.values(addresses)) {
            const found = runConformance(suite, `${gateway.url}${path}`);
            results.set(`${suite} ${path}`, found);
            // Three at a time: each has a wait of its own in it.
            if (path === addresses['all servers']) await found.catch(() => {});
          }
      });
      after(() => gateway?.[Symbol.asyncDispose]());

      for (const [place, path] of Object.entries(addresses))
        for (const suite of suites) {
          const found = () => results.get(`${suite} ${path}`) ?? Promise.reject(new Error('not run'));
          describe(`at the address of ${place}, suite ${suite}`, () => {
            it('has the scenarios that are named here, and no other', async function () {
              this.timeout(60_000);
              assert.deepEqual([...(await found()).keys()].toSorted(), [...scenarios[suite]].toSorted());
            });
            for (const scenario of scenarios[suite])
              it(scenario, async () => {
                const checks = (await found()).get(scenario) ?? [];
                const bad = checks.filter(({ status }) => status !== 'SUCCESS' && status !== 'INFO');
                assert.deepEqual(bad, []);
                assert.ok(
                  checks.some(({ status }) => status === 'SUCCESS'),
                  'nothing was checked',
                );
              });
          });
        }
    });
  }
});
