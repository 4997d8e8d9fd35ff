import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { BrokenExchange, exchange } from '../../../daemon/cli/mcp-relay/exchange.ts';
import { relay } from '../../../daemon/cli/mcp-relay/relay.ts';
import { type ListeningDoor, listenOnSocket } from '../../../daemon/http/listen.ts';
import { writeProblem } from '../../../daemon/http/write-problem.ts';
import { toProblem } from '../../../shared/api/problem.ts';
import { testServerScript } from '../../support/fake-engine.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { initialize, type RpcAnswer, stateless } from '../../support/mcp-requests.ts';

interface Relayed {
  say(message: object | string): void;
  lines: RpcAnswer[];
  /** The answer to a request. */
  answer(id: unknown): Promise<RpcAnswer>;
  ended: Promise<void>;
  input: PassThrough;
}

describe('the MCP endpoint on standard input and output', () => {
  let daemon: InProcessDaemon;
  let door: ListeningDoor;
  let stop: AbortController;
  const socketPath = () => join(daemon.home, 'relay', 'daemon.sock');
  const open = async () => {
    door = await listenOnSocket(daemon.daemon, socketPath());
  };
  beforeEach(async () => {
    daemon = await startInProcessDaemon();
    stop = new AbortController();
    await daemon.api.createServer({
      body: {
        type: 'command',
        id: 'one',
        command: process.execPath,
        configuration: { arguments: [testServerScript('echo')] },
      },
    });
    await daemon.api.startServer({ params: { id: 'one' } });
    await mkdir(join(daemon.home, 'relay'), { mode: 0o700 });
    await open();
  });
  afterEach(async () => {
    stop.abort();
    await door.close();
    await daemon[Symbol.asyncDispose]();
  });

  const begin = (path = '/mcp'): Relayed => {
    const input = new PassThrough();
    const lines: RpcAnswer[] = [];
    const ended = relay({
      input,
      write: async text => void lines.push(JSON.parse(text)),
      open: async () => ({ socketPath: socketPath(), token: daemon.daemon.token, path }),
      signal: stop.signal,
      notice: () => {},
    });
    return {
      input,
      lines,
      ended,
      say: message => void input.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`),
      answer: id => until(() => lines.find(line => line.id === id && line.method === undefined), `the answer to ${id}`),
    };
  };
  const call = (id: number, name: string, args: object = {}) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name, arguments: args },
  });
  const start = async (client: Relayed) => {
    client.say(initialize());
    await client.answer(0);
    client.say({ jsonrpc: '2.0', method: 'notifications/initialized' });
  };

  it('answers line by line, and ends with its client', async () => {
    const client = begin('/mcp/server/one');
    await start(client);
    client.say(call(1, 'echo', { message: 'hi' }));
    client.say({ jsonrpc: '2.0', id: 'list', method: 'tools/list' });
    assert.equal((await client.answer(1)).result.content[0].text, 'Echo: hi');
    assert.equal((await client.answer('list')).result.tools.length, 5);
    assert.equal((await daemon.api.listMcpSessions({})).total, 1);
    client.say(call(2, 'echo', { message: 'last' }));
    client.input.end();
    await client.ended;
    assert.equal((await client.answer(2)).result.content[0].text, 'Echo: last');
    assert.equal((await daemon.api.listMcpSessions({})).total, 0);
  });

  it('keeps the client’s session over a restart of the daemon', async () => {
    const client = begin();
    await start(client);
    client.say(call(1, 'echo', { message: 'before' }));
    await client.answer(1);
    await door.close();
    await daemon.restart();
    await daemon.api.startServer({ params: { id: 'one' } });
    await open();
    client.say(call(2, 'echo', { message: 'after' }));
    assert.equal((await client.answer(2)).result.content[0].text, 'Echo: after');
    await until(() => client.lines.some(({ method }) => method === 'notifications/tools/list_changed'));
    assert.equal(client.lines.filter(({ id }) => id === 0).length, 1);
  });

  it('asks again what a daemon that was stopping did not take in', async () => {
    let isStopping = false;
    await door.close();
    door = await listenOnSocket(
      {
        ...daemon.daemon,
        takeAtOnce(_incoming, outgoing) {
          if (!isStopping) return false;
          isStopping = false;
          writeProblem(outgoing, toProblem('DAEMON_003', { detail: 'It ends.' }), { connection: 'close' });
          return true;
        },
      },
      socketPath(),
    );
    const client = begin();
    const { body } = stateless('tools/call', { name: 'echo', arguments: { message: 'once more' } }, { id: 7 });
    isStopping = true;
    client.say(String(body));
    assert.equal((await client.answer(7)).result.content[0].text, 'Echo: once more');
    assert.equal(isStopping, false);
  });

  it('begins a session anew that was ended at the daemon', async () => {
    const client = begin();
    await start(client);
    client.say(call(1, 'started'));
    await client.answer(1);
    const { items } = await daemon.api.listMcpSessions({});
    await daemon.api.deleteMcpSession({ params: { id: items[0]?.id ?? '' } });
    client.say(call(2, 'echo', { message: 'again' }));
    const again = await client.answer(2);
    assert.equal(again.result?.content[0].text, 'Echo: again', JSON.stringify(again));
  });

  it('tells of a call that was under way when the daemon ended that it may be tried again', async () => {
    await daemon.api.createServer({
      body: {
        type: 'command',
        id: 'slow',
        command: process.execPath,
        configuration: { arguments: [testServerScript('slow')] },
      },
    });
    await daemon.api.startServer({ params: { id: 'slow' } });
    const client = begin('/mcp/server/slow');
    await start(client);
    client.say(call(1, 'wait', { ms: 60_000 }));
    await until(async () => (await daemon.api.listMcpSessions({})).items[0]?.calls === 1);
    await door.close();
    const { result } = await client.answer(1);
    assert.equal(result.isError, true);
    assert.deepEqual(result._meta, { 'quayside/code': 'TOOL_010', 'quayside/retriable': true });
    await open();
    client.say({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
    assert.ok((await client.answer(2)).result.tools.length > 0);
  });

  it('carries requests without a session, whose headers a line has not', async () => {
    const client = begin();
    const { body } = stateless('tools/call', { name: 'echo', arguments: { message: 'ü' } }, { id: 9 });
    client.say(String(body));
    assert.equal((await client.answer(9)).result.content[0].text, 'Echo: ü');
  });

  it('answers what is no message, and goes on', async () => {
    const client = begin();
    client.say('{"half":');
    client.say('[]');
    await until(() => client.lines.length === 2);
    assert.deepEqual(
      client.lines.map(({ error }) => error?.code),
      [-32_700, -32_600],
    );
    await start(client);
    client.say({ jsonrpc: '2.0', id: 3, method: 'no/such' });
    assert.equal((await client.answer(3)).error?.code, -32_601);
  });

  it('is not ended by a message that cannot be written again', async () => {
    const client = begin();
    await start(client);
    const deep = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
    client.say(`{"jsonrpc":"2.0","method":"notifications/progress","params":{"deep":${deep}}}`);
    client.say(`{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"echo","arguments":{"deep":${deep}}}}`);
    assert.ok((await client.answer(4)).error);
    client.say(call(5, 'echo', { message: 'still here' }));
    assert.equal((await client.answer(5)).result.content[0].text, 'Echo: still here');
  });

  it('reads no more of the daemon than its client takes', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const frame = `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'x', params: { text: 'x'.repeat(100_000) } })}\n\n`;
      const more = () => {
        while (response.write(frame)) sent += 1;
      };
      response.on('drain', more);
      more();
    });
    let sent = 0;
    const path = join(daemon.home, 'flood.sock');
    await new Promise<void>(done => server.listen(path, done));
    const ending = new AbortController();
    let taken = 0;
    const endpoint = { socketPath: path, token: 'x', path: '/mcp' };
    const exchanged = exchange(endpoint, { method: 'GET', signal: ending.signal }, () => {
      taken += 1;
      return new Promise(() => {});
    });
    await until(() => taken > 0);
    await new Promise(done => setTimeout(done, 100));
    assert.ok(taken <= 2 && sent < 100, `${taken} taken, ${sent} sent`);
    ending.abort();
    await assert.rejects(exchanged, BrokenExchange);
    server.closeAllConnections();
    await new Promise(done => server.close(done));
  });

  it('passes on what the daemon says of an address that leads nowhere', async () => {
    const client = begin('/mcp/server/nobody');
    client.say(initialize());
    assert.match((await client.answer(0)).error?.message ?? '', /MCP_002/);
  });
});
