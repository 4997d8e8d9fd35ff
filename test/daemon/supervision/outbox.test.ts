import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { createStdioTransport } from '../../../daemon/supervision/stdio.transport.ts';
import { createWirePeer, PeerFailure } from '../../../daemon/supervision/wire-peer.ts';

const deep = 100_000;
const nested = (): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < deep; level++) value = [value];
  return value;
};

async function createPipe() {
  const stdin = new PassThrough();
  const transport = createStdioTransport({
    stdin,
    stdout: new PassThrough(),
    messageBytes: 1_048_576,
    onNoise: () => {},
    onOversized: () => {},
    onStuck: () => {},
    onHaste: () => {},
  });
  await transport.start();
  return { stdin, transport };
}

const outcomes = async (sent: Promise<void>[]) => (await Promise.allSettled(sent)).map(({ status }) => status);

describe('what is sent to a server over its input', () => {
  it('arrives in order, in one piece for each turn, and each message on a line of its own', async () => {
    const { stdin, transport } = await createPipe();
    const pieces: string[] = [];
    stdin.on('data', (piece: Buffer) => pieces.push(String(piece)));
    const first = [1, 2, 3].map(id => transport.send({ jsonrpc: '2.0', id, method: 'a' }));
    assert.deepEqual(await outcomes(first), ['fulfilled', 'fulfilled', 'fulfilled']);
    await transport.send({ jsonrpc: '2.0', id: 4, method: 'a' });
    const ids = pieces.map(piece =>
      piece
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).id),
    );
    assert.deepEqual(ids, [[1, 2, 3], [4]]);
  });

  it('fails for each of its senders if the server goes before it was handed over', async () => {
    for (const go of ['destroy', 'end'] as const) {
      const { stdin, transport } = await createPipe();
      const sent = [
        transport.send({ jsonrpc: '2.0', id: 1, method: 'a' }),
        transport.send({ jsonrpc: '2.0', method: 'b' }),
        transport.send({ jsonrpc: '2.0', id: 1, result: {} }),
      ];
      stdin[go]();
      assert.deepEqual(await outcomes(sent), ['rejected', 'rejected', 'rejected']);
    }
  });

  it('is refused once too much waits, and what is under way is not', async () => {
    const { stdin, transport } = await createPipe();
    const text = 'x'.repeat(1_048_576);
    const sent = Array.from({ length: 40 }, (_, id) =>
      transport.send({ jsonrpc: '2.0', id, method: 'a', params: { text } }),
    );
    stdin.resume();
    const ends = await outcomes(sent);
    assert.deepEqual(ends.lastIndexOf('fulfilled') + 1, ends.indexOf('rejected'));
    assert.equal(ends.filter(end => end === 'fulfilled').length, 16);
  });

  it('is told as not sent, and nobody waits for it, if it is nested beyond what can be written', async () => {
    const { transport } = await createPipe();
    const peer = createWirePeer<string>(transport, {
      onRequest: async () => ({ nested: nested() }),
      onNotification: () => {},
      onClosed: () => {},
    });
    await assert.rejects(
      peer.request({ method: 'tools/call', params: { nested: nested() } }, { timeoutSeconds: 30 }),
      (error: unknown) => error instanceof PeerFailure && error.kind === 'not-sent',
    );
    assert.equal(peer.waiting, 0);
    await peer.notify({ method: 'notifications/any', params: { nested: nested() } });
    // A rejection that nobody handles would fail this run.
    transport.onmessage?.({ jsonrpc: '2.0', id: 7, method: 'sampling/createMessage' }, undefined);
    await new Promise(resolve => setImmediate(resolve));
  });
});
