// The sessions with gateways that were recorded, message by message, with the simulated gateway.
import assert from 'node:assert/strict';
import { request as ask } from 'node:http';
import { text } from 'node:stream/consumers';
import { findPort, type GatewayProcess, startGateway } from './gateway-process.ts';
import { createLab, type Lab, normalise, type Recording, readLabRegistry, readSequence } from './recorded-sequence.ts';

const recordedToken = '0123456789abcdefghijklmnopqrstuvwxyz0123456789abcd';
const recordedPort = /\b1881[12]\b/g;

/** Sessions that are not compared here, and where what they show is tested. */
const elsewhere: Record<string, string> = {
  'gateway-sse-session': 'its answers come on a stream: tested by hand below',
  'gateway-files-hot-reload': 'its edit is in gateway.test.ts',
  'gateway-profile-no-hot-reload': 'its edit is in gateway.test.ts',
  'gateway-engine-lost': 'the loss is in gateway.test.ts',
  'gateway-slow-server-stop': 'it takes 74 s of a real server',
  'gateway-slow-server-stop-long-lived': 'it takes 10 s of a real server',
  'gateway-killed': 'what stays is in states.test.ts',
};

const sessions = (dialect: 'current' | 'legacy', kind: string) =>
  readSequence(dialect).filter(recording => recording.kind === kind && elsewhere[recording.name] === undefined);

type HttpStep = Recording['http'][number];

function send(port: number, { request }: HttpStep, replace: (value: string) => string) {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, replace(value)]));
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>((resolve, reject) => {
    const path = replace(request.path);
    const sent = ask({ host: '127.0.0.1', port, method: request.method, path, headers, timeout: 8_000 }, response => {
      text(response).then(
        body => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.end(request.body ?? undefined);
  });
}

const compared = ['content-type', 'www-authenticate', 'location', 'cache-control', 'content-length'];

const headersOf = (headers: NodeJS.Dict<string | string[]>) =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([key, value]) => [key.toLowerCase(), value])
      .filter(([key]) => compared.includes(String(key))),
  );

describe('the recorded sessions of the gateway', () => {
  let lab: Lab;
  let gateway: GatewayProcess | undefined;

  afterEach(async () => {
    gateway?.child.kill('SIGKILL');
    await lab[Symbol.asyncDispose]();
  });

  const open = async (dialect: 'current' | 'legacy', recording: Recording, port = 0) => {
    lab = await createLab(dialect === 'current' ? 'profile' : 'legacy');
    await lab.docker.writeCatalog(dialect === 'current' ? 'local' : 'docker-mcp', readLabRegistry());
    const words = recording.argv.slice(3).map(word => word.replaceAll('$WORK', lab.work));
    const flags = words.map(word => word.replace(recordedPort, String(port)));
    gateway = startGateway(lab.docker, flags, { environment: recording.env, cwd: lab.work });
    return gateway;
  };

  for (const recording of sessions('current', 'gateway-stdio'))
    it(`goes as it went: ${recording.name}`, async () => {
      const running = await open('current', recording);
      let heard = 0;
      for (const { dir, line } of recording.io) {
        if (dir === 'in') running.child.stdin?.write(`${line}\n`);
        else assert.deepEqual(await running.next(heard++), JSON.parse(line));
      }
      if (recording.ended === 'SIGTERM') running.child.kill('SIGTERM');
      else if (recording.ended) running.child.stdin?.end();
      assert.equal(await running.ended, recording.exitCode);
      assert.equal(normalise(running.log(), lab), normalise(recording.stderr, lab));
    });

  for (const dialect of ['current', 'legacy'] as const)
    for (const recording of sessions(dialect, 'gateway-http'))
      it(`goes as it went: ${dialect}/${recording.name}`, async () => {
        const port = await findPort();
        const running = await open(dialect, recording, port);
        await running.says('> Gateway URL');
        const token = /Bearer ([a-z0-9]{50})\b/.exec(running.log())?.[1] ?? recordedToken;
        const ids = new Map<string, string>();
        const replace = (value: string) =>
          [...ids].reduce((all, [then, now]) => all.replaceAll(then, now), value.replaceAll(recordedToken, token));
        for (const step of recording.http) {
          const answer = await send(port, step, replace);
          assert.equal(answer.status, step.response.status, step.label);
          assert.equal(answer.body, step.response.body, step.label);
          assert.deepEqual(headersOf(answer.headers), headersOf(step.response.headers), step.label);
          const then = step.response.headers['Mcp-Session-Id'];
          if (then) ids.set(then, String(answer.headers['mcp-session-id']));
        }
        running.child.kill(recording.sentSignal === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
        assert.equal(await running.ended, recording.exitCode);
        if (dialect === 'legacy') return;
        const said = running.log().replaceAll(token, recordedToken).replaceAll(String(port), 'PORT');
        assert.equal(normalise(said, lab), normalise(recording.stderr.replace(recordedPort, 'PORT'), lab));
      });

  it('answers on the stream of the older transport', async () => {
    const recording = readSequence('current').find(({ name }) => name === 'gateway-sse-session');
    assert.ok(recording);
    const port = await findPort();
    const running = await open('current', recording, port);
    await running.says('> Gateway URL');
    const authorization = /Authorization: (Bearer [a-z0-9]{50})\b/.exec(running.log())?.[1] ?? '';
    const address = `http://127.0.0.1:${port}`;
    const stream = await fetch(`${address}/sse`, { headers: { authorization } });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let read = '';
    const hear = async (count: number) => {
      while (read.split('\n\n').length <= count) read += (await reader?.read())?.value ?? '';
      return read.split('\n\n')[count - 1] ?? '';
    };
    const path = /data: (\S+)/.exec(await hear(1))?.[1];
    assert.match(path ?? '', /^\/sse\?sessionid=[A-Z2-7]{26}$/);
    const messages = recording.http.flatMap(({ request }) => (request.body ? [request.body] : []));
    for (const body of messages)
      assert.equal(
        (await fetch(`${address}${path}`, { method: 'POST', headers: { authorization }, body })).status,
        202,
      );
    assert.match(await hear(2), /"id":1,"result":\{"capabilities":/);
    assert.match(await hear(3), /"id":2,"result":\{"content":\[\{"type":"text","text":"3"\}\]/);
    assert.equal((await fetch(`${address}/sse`)).status, 401);
    await reader?.cancel();
  });

  after(() => {
    for (const [name, why] of Object.entries(elsewhere)) console.log(`      not compared: ${name} (${why})`);
  });
});
