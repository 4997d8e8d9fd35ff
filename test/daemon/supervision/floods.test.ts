import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { createMessagePace } from '../../../daemon/supervision/message-pace.ts';
import { createStdioTransport } from '../../../daemon/supervision/stdio.transport.ts';
import { until } from '../../support/in-process-daemon.ts';
import { createSupervised, launchPolicy, planScript, type Supervised } from '../../support/supervised.ts';

const soon = { timeoutSeconds: 10 };
const memory = () => process.memoryUsage().rss / 1_048_576;

describe('a server that talks without end', () => {
  let supervised: Supervised;
  beforeEach(() => {
    supervised = createSupervised();
  });
  afterEach(() => supervised.supervisor.close());

  const begin = async (kind: string) => {
    await supervised.supervisor.start('one', planScript('floods', [kind]), launchPolicy());
    await supervised.supervisor.session('one').callTool('flood', {}, soon);
  };
  const health = () => supervised.supervisor.health('one');

  it('and does not read the answers is ended, and takes little memory', async () => {
    const before = memory();
    await begin('pings');
    await until(() => health().state === 'failed', 'its end', 10_000);
    assert.match(
      health().problem?.detail ?? '',
      /asked again and again, and did not read the answers\. It was ended\./,
    );
    assert.ok(memory() - before < 150);
  });

  it('is read more slowly, once that is told, and leaves the daemon room', async () => {
    await begin('notifications');
    const told = () =>
      supervised.supervisor.output('one').filter(line => /is read no faster than 2000 a second/.test(line));
    await until(() => told().length === 1, 'the line', 10_000);
    const { user } = process.cpuUsage();
    await wait(1_000);
    assert.ok(process.cpuUsage().user - user < 500_000, 'less than half of a processor');
    assert.deepEqual([told().length, health().state], [1, 'running']);
  });

  it('for a moment only is answered in full', async () => {
    await begin('burst');
    await until(async () => {
      const { content } = await supervised.supervisor.session('one').callTool('answers', {}, soon);
      return content[0]?.['text'] === '4000';
    });
    assert.deepEqual(supervised.supervisor.output('one'), []);
  });
});

describe('the messages of a server', () => {
  it('are held back beyond a burst and so many a second, but not those that were asked for', () => {
    let now = 0;
    const pace = createMessagePace({ now: () => now, perSecond: 100, burst: 10 });
    assert.equal(pace.take(10), 0);
    assert.equal(pace.take(5), 50);
    now += 50;
    assert.equal(pace.take(0), 0);
    for (let i = 0; i < 5; i++) pace.expect();
    assert.equal(pace.take(5), 0);
    assert.equal(pace.take(1_000_000), 1_000);
  });

  const open = (stdin: Writable) => {
    const stdout = new PassThrough();
    const seen = { messages: 0, noise: 0, stuck: 0 };
    const transport = createStdioTransport({
      stdin,
      stdout,
      messageBytes: 1_000_000,
      onNoise: () => seen.noise++,
      onOversized: () => {},
      onStuck: () => seen.stuck++,
      onHaste: () => {},
      patience: 50,
    });
    transport.onmessage = () => seen.messages++;
    return { transport, stdout, seen };
  };
  const answer = (id: number, text = '') => ({ jsonrpc: '2.0', id, result: { text } }) as const;

  it('are not read while too many answers wait, and it is told if that lasts', async () => {
    const waiting: (() => void)[] = [];
    const { transport, stdout, seen } = open(
      new Writable({ write: (_piece, _encoding, done) => void waiting.push(done) }),
    );
    await transport.start();
    const sent = Array.from({ length: 1_001 }, (_, id) => transport.send(answer(id)));
    assert.ok(stdout.isPaused());
    // What is sent in one turn goes out together at its end.
    await wait(1);
    while (waiting.length > 0) {
      waiting.shift()?.();
      await Promise.resolve();
    }
    await Promise.all(sent);
    assert.deepEqual([stdout.isPaused(), seen.stuck], [false, 0]);
    void transport.send(answer(1, 'x'.repeat(2_000_000))).catch(() => {});
    assert.ok(stdout.isPaused());
    await wait(100);
    assert.equal(seen.stuck, 1);
    await transport.close();
    assert.equal(stdout.isPaused(), false);
  });

  it('are noise if there are too many in one line', async () => {
    const { transport, stdout, seen } = open(new PassThrough());
    await transport.start();
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
    stdout.write(`${JSON.stringify([ping, ping])}\n${JSON.stringify(Array(5_000).fill(ping))}\n`);
    await wait(10);
    assert.deepEqual([seen.messages, seen.noise], [2, 1]);
  });
});
