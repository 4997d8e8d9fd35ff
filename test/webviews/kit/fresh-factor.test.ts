import assert from 'node:assert/strict';
import type { CarrierRequest, CarrierResponse } from '../../../shared/api/client.ts';
import { type ProblemCode, toProblem } from '../../../shared/api/problem.ts';
import type { OperationId } from '../../../shared/api/routes.ts';
import { codeOf, createFactorGate } from '../../../webviews/kit/fresh-factor.ts';
import { until } from '../canned-api.ts';

const refusal = (code: ProblemCode): CarrierResponse => ({ status: 401, body: toProblem(code, { detail: 'No.' }) });

describe('a request that asks for a fresh second factor', () => {
  let isFresh: boolean;
  let sent: string[];
  const open = (code: ProblemCode = 'ACCESS_007') =>
    createFactorGate({
      async send({ operationId }) {
        sent.push(operationId);
        return isFresh ? { status: 200, body: {} } : refusal(code);
      },
      follow: async () => {},
    });
  const request = (operationId: OperationId) => ({ operationId }) as CarrierRequest;
  beforeEach(() => {
    isFresh = false;
    sent = [];
  });

  it('waits for the code and is sent again, with all that wait beside it', async () => {
    const gate = open();
    const both = Promise.all([gate.carrier.send(request('createUser')), gate.carrier.send(request('createKey'))]);
    await until(() => gate.asked.value && sent.length === 2);
    isFresh = true;
    gate.answer(true);
    assert.deepEqual(
      (await both).map(({ status }) => status),
      [200, 200],
    );
    assert.deepEqual(sent, ['createUser', 'createKey', 'createUser', 'createKey']);
    assert.equal(gate.asked.value, false);
  });

  it('has its first refusal when no code is given, and is not sent again', async () => {
    const gate = open();
    const answer = gate.carrier.send(request('createUser'));
    await until(() => gate.asked.value);
    gate.answer(false);
    assert.equal(codeOf(await answer), 'ACCESS_007');
    assert.equal(sent.length, 1);
  });

  it('is asked for nothing by forms that have a field for the code, or for another reason', async () => {
    const gate = open();
    for (const id of ['signIn', 'takeInvitation', 'giveSecondFactor'] as const) {
      assert.equal(codeOf(await gate.carrier.send(request(id))), 'ACCESS_007');
    }
    assert.equal(codeOf(await open('ACCESS_006').carrier.send(request('changeMyPassword'))), 'ACCESS_006');
    assert.equal(gate.asked.value, false);
    assert.equal(codeOf({ status: 502, body: 'not ours' }), undefined);
  });
});
