// What clients see of a daemon that ends under load, whichever way they came in.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { connect, type NetConnectOpts } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fetchCarrier } from '../../../shared/api/carriers.ts';
import { createApiClient } from '../../../shared/api/client.ts';
import { type ReadyDaemon, ReadyLine } from '../../../shared/api/ready-line.ts';
import { Discovery } from '../../../shared/domain/discovery.ts';
import { until } from '../../support/in-process-daemon.ts';
import { initialize, post, stateless } from '../../support/mcp-requests.ts';
import { daemonProgram } from '../../support/programs.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';
import { addTestServer } from '../../support/test-server.ts';

interface Told {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Rejects if the connection ends before the answer does. */
const send = ({ body, ...options }: RequestOptions & { body?: string }): Promise<Told> =>
  new Promise((resolve, reject) => {
    const sent = request(options, response => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      response.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });

/** Never lets the connection rest: there is always one request more than answers. Resolves at its end with each status. */
async function sendWithoutWaiting(where: NetConnectOpts, text: string): Promise<number[]> {
  const socket = connect(where).setEncoding('latin1');
  const statuses: number[] = [];
  socket.on('data', (piece: string) => {
    for (const [, status] of piece.matchAll(/HTTP\/1\.1 (\d{3})/g)) {
      statuses.push(Number(status));
      socket.write(text);
    }
  });
  socket.on('error', () => {});
  socket.write(text.repeat(2));
  await new Promise(resolve => socket.once('close', resolve));
  return statuses;
}

const closedCodes: readonly unknown[] = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE'];

describe('a daemon that ends while it is used', function () {
  this.timeout(60_000);
  let folder: TemporaryFolder;
  let child: ChildProcess;
  let ready: ReadyDaemon;
  let token: string;

  beforeEach(async () => {
    folder = await createTemporaryFolder('end');
    child = spawn(process.execPath, [daemonProgram, '--home', folder.path, '--port', '0'], {
      env: { ...process.env, QUAYSIDE_DOCKER: 'off' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    assert.ok(child.stdout);
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const said = ReadyLine.parse(JSON.parse(line));
    assert.ok(said.ready);
    ready = said;
    ({ token } = Discovery.parse(JSON.parse(readFileSync(join(folder.path, 'daemon.json'), 'utf8'))));
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await folder.remove();
  });

  it('answers, says that it is stopping, or closes the connection, and nothing else', async () => {
    const url = ready.url ?? '';
    const api = createApiClient(fetchCarrier({ fetch, baseUrl: url, token }));
    for (const id of ['echo', 'slow']) {
      await addTestServer(api, id, id);
      await api.startServer({ params: { id } });
    }
    const { secret: key } = await api.createKey({ body: { name: 'program', kind: 'agent' } });
    const { hostname: host, port, host: named } = new URL(url);
    const places = [
      { host, port },
      { socketPath: ready.socket, host: 'localhost' },
    ];
    const call = (name: string, args: object) => {
      const { headers, body } = stateless('tools/call', { name, arguments: args });
      return { method: 'POST', path: '/mcp', headers: headers as Record<string, string>, body: String(body) };
    };
    const echo = call('echo', { message: 'hello' });
    const { headers: helloHeaders, body: hello } = post(initialize());
    const as = (who: string, more: object = {}) => ({ ...more, authorization: `Bearer ${who}` });
    const clients = places.flatMap(place => {
      const agent = new Agent({ keepAlive: true });
      const here = { ...place, agent };
      return [
        { ...here, ...echo, headers: as(token, echo.headers) },
        { ...here, ...echo, headers: as(key, echo.headers) },
        // A query goes the ordinary way.
        { ...here, ...echo, headers: as(key, echo.headers), path: '/mcp?a=1' },
        { ...here, agent: false, ...echo, headers: as(key, helloHeaders), body: String(hello) },
        { ...here, path: '/api/v1/servers', headers: as(token) },
        { ...here, agent: false, path: '/api/v1/servers', headers: as(key) },
      ];
    });

    let isOver = false;
    const errors: NodeJS.ErrnoException[] = [];
    const answers: Told[][] = clients.map(() => []);
    const use = async (client: (typeof clients)[number], told: Told[]) => {
      while (!isOver) {
        try {
          told.push(await send(client));
        } catch (error) {
          errors.push(error as NodeJS.ErrnoException);
          await pause(10);
        }
      }
    };
    const using = clients.map((client, at) => use(client, answers[at] ?? []));
    const head = `Host: ${named}\r\nAuthorization: Bearer ${key}\r\n`;
    const restless = [
      `GET /api/v1/servers HTTP/1.1\r\n${head}\r\n`,
      `POST /mcp HTTP/1.1\r\n${head}${Object.entries({ ...echo.headers, 'content-length': echo.body.length })
        .map(pair => pair.join(': '))
        .join('\r\n')}\r\n\r\n${echo.body}`,
    ].map(text => sendWithoutWaiting({ host, port: Number(port) }, text));
    const endless = call('wait', { ms: 600_000 });
    const waiting = places.map(place =>
      send({ ...place, agent: false, ...endless, headers: as(key, endless.headers) }),
    );
    await until(() => answers.every(({ length }) => length > 3), 'every client to be served', 30_000);
    assert.deepEqual(errors, []);

    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    isOver = true;
    await Promise.all(using);
    assert.equal(code, 0);
    assert.doesNotMatch(readFileSync(join(folder.path, 'daemon.log'), 'utf8'), /"level":[56]0/);

    const statuses = [...answers.flat().map(({ status }) => status), ...(await Promise.all(restless)).flat()];
    assert.deepEqual(new Set(statuses.filter(status => status !== 200 && status !== 503)), new Set());
    for (const { headers, body } of answers.flat().filter(({ status }) => status === 503)) {
      assert.equal(JSON.parse(body).code, 'DAEMON_003');
      assert.match(String(headers['retry-after']), /^\d+$/);
      assert.equal(headers.connection, 'close');
    }
    for (const { code: why } of errors) assert.ok(closedCodes.includes(why), why);
    // What would have taken longer is told of, and not only cut off.
    for (const { status, body } of await Promise.all(waiting)) assert.match(`${status} ${body}`, /^200 .*TOOL_010/s);
  });
});
