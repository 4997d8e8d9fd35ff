import assert from 'node:assert/strict';
import { createRememberedQueries } from '../../../daemon/http/remembered-queries.ts';
import { createRememberingRouter } from '../../../daemon/http/remembering-router.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../support/in-process-daemon.ts';

describe('What is remembered of requests', () => {
  it('is a bounded number of queries, short ones alone, and none that anybody can change', () => {
    const queries = createRememberedQueries();
    queries.keep(`?q=${'x'.repeat(400)}`, {});
    assert.equal(queries.find(`?q=${'x'.repeat(400)}`), undefined);
    for (let number = 0; number < 300; number++) queries.keep(`?page=${number}`, { page: number });
    assert.equal(queries.find('?page=0'), undefined);
    assert.deepEqual(queries.find('?page=299'), { page: 299 });
    assert.throws(() => Object.assign(queries.find('?page=299') as object, { page: 1 }), TypeError);
  });

  it('is the match of an address that is known, until another route is added', () => {
    const router = createRememberingRouter<string>(new Set(['/a']));
    router.add('GET', '/a', 'first');
    const [before] = router.match('GET', '/a');
    assert.equal(router.match('GET', '/a')[0], before);
    assert.deepEqual(router.match('POST', '/a')[0], []);
    router.add('ALL', '*', 'second');
    assert.equal(router.match('GET', '/a')[0].length, 2);
  });

  describe('behind the API', () => {
    let daemon: InProcessDaemon;
    before(async () => {
      daemon = await startInProcessDaemon();
    });
    after(() => daemon[Symbol.asyncDispose]());

    it('is no answer: what is asked twice is looked up twice, and what is wrong is wrong each time', async () => {
      const ask = async (query: string) => {
        const response = await daemon.request(`/api/v1/servers${query}`, { headers: daemon.asOwner });
        return [response.status, ((await response.json()) as { total?: number }).total];
      };
      assert.deepEqual(await ask('?limit=5'), [200, 0]);
      await daemon.api.createServer({ body: { type: 'command', id: 'mine', command: process.execPath } });
      assert.deepEqual(await ask('?limit=5'), [200, 1]);
      assert.deepEqual(await ask(''), [200, 1]);
      for (let turn = 0; turn < 2; turn++) assert.deepEqual(await ask('?limit=500'), [422, undefined]);
      assert.deepEqual(await ask('?limit=5&q=nothing'), [200, 0]);
    });
  });
});
