import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import { join } from 'node:path';
import { findBorderProblem } from '../../../daemon/http/border.ts';
import { urlOf, warningsOf } from '../../../daemon/http/exposure.ts';
import { type ListeningDoor, listenOnPort } from '../../../daemon/http/listen.ts';
import { readConfig } from '../../../daemon/platform/config.ts';
import { readTlsFiles, type TlsFiles } from '../../../daemon/platform/tls-files.ts';
import { isProblemError } from '../../../shared/api/problem.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { addUser, goodPassword } from '../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../support/in-process-daemon.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

const saysWhy = (pattern: RegExp) => (error: unknown) =>
  isProblemError(error) && error.code === 'REQUEST_001' && pattern.test(error.problem.detail);

describe('The port with TLS', () => {
  let folder: TemporaryFolder;
  let files: TlsFiles;
  let daemon: InProcessDaemon;
  let door: ListeningDoor;

  before(async () => {
    folder = await createTemporaryFolder('tls');
    files = makeCertificate(folder.path);
    daemon = await startInProcessDaemon();
    door = await listenOnPort(daemon.daemon, { port: 0, tls: readTlsFiles(files) });
  });
  after(async () => {
    await door?.close();
    await daemon?.[Symbol.asyncDispose]();
    await folder?.remove();
  });

  const ask = (path: string, options: RequestOptions = {}, body?: unknown) =>
    new Promise<{ status: number; cookie: string; text: string }>((resolve, reject) => {
      const port = door.port ?? 0;
      const sent = request(
        { host: '127.0.0.1', port, path, servername: 'localhost', ca: readFileSync(files.cert), ...options },
        response => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece: string) => {
            text += piece;
          });
          response.once('end', () =>
            resolve({ status: response.statusCode ?? 0, cookie: response.headers['set-cookie']?.[0] ?? '', text }),
          );
        },
      );
      sent.once('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });

  it('gives sessions a cookie that only this host gets, and only by TLS', async () => {
    await addUser(daemon, 'ada', 'viewer');
    const headers = { 'content-type': 'application/json' };
    const body = { name: 'ada', password: goodPassword };
    const made = await ask('/api/v1/sign-in', { method: 'POST', headers }, body);
    assert.equal(made.status, 201, made.text);
    assert.match(made.cookie, new RegExp(`^__Host-quayside_session_${door.port}=`));
    for (const part of ['; Secure', '; HttpOnly', '; SameSite=Strict', '; Path=/'])
      assert.ok(made.cookie.includes(part));
    assert.ok(!/domain/i.test(made.cookie));
    const { proof } = JSON.parse(made.text);
    const cookie = made.cookie.split(';')[0] ?? '';
    const session = { cookie, 'x-quayside-proof': proof };
    assert.equal((await ask('/api/v1/servers', { headers: session })).status, 200);
    const plainName = { ...session, cookie: cookie.replace('__Host-', '') };
    assert.equal((await ask('/api/v1/servers', { headers: plainName })).status, 401);
    const origin = `https://127.0.0.1:${door.port}`;
    assert.equal((await ask('/api/v1/servers', { headers: { ...session, origin } })).status, 200);
    const plain = { ...session, origin: origin.replace('https', 'http') };
    assert.equal((await ask('/api/v1/servers', { headers: plain })).status, 403);
  });

  it('says nothing without TLS, and checks the host as ever', async () => {
    await assert.rejects(fetch(`http://127.0.0.1:${door.port}/api/v1/health`));
    const headers = { host: `evil.test:${door.port}` };
    assert.equal((await ask('/api/v1/health', { headers })).status, 403);
    assert.equal((await ask('/api/v1/health')).status, 200);
  });

  it('is not opened with files that are missing, that do not belong together, or whose time is over', () => {
    const other = makeCertificate(folder.path, 'other');
    const broken = join(folder.path, 'broken');
    writeFileSync(broken, 'no certificate');
    assert.throws(() => readTlsFiles({ ...files, key: other.key }), saysWhy(/no certificate and its key/));
    assert.throws(() => readTlsFiles({ ...files, cert: broken }), saysWhy(/no certificate and its key/));
    assert.throws(() => readTlsFiles({ ...files, key: '/nowhere' }), saysWhy(/QUAYSIDE_TLS_KEY, \/nowhere.*ENOENT/));
    assert.throws(() => readTlsFiles(files, Date.now() + 10 * 86_400_000), saysWhy(/has ended/));
  });
});

describe('What other machines can reach', () => {
  const config = (args: string[], environment: Record<string, string> = {}) => readConfig(args, environment);

  it('is nothing unless it is said in so many words', () => {
    for (const host of ['0.0.0.0', '::', '10.0.0.5', 'example.test'])
      assert.throws(() => config(['--host', host]), saysWhy(/other machines can reach/));
    assert.throws(() => config([], { QUAYSIDE_HOST: '0.0.0.0' }), saysWhy(/other machines/));
    assert.equal(config(['--host', '0.0.0.0', '--expose']).host, '0.0.0.0');
    assert.equal(config([], { QUAYSIDE_HOST: '10.0.0.5', QUAYSIDE_EXPOSE: '1' }).host, '10.0.0.5');
    for (const host of ['127.0.0.1', '::1', 'localhost', '127.1.2.3'])
      assert.equal(config(['--host', host]).host, host);
    assert.equal(config([]).host, undefined);
  });

  it('ends a daemon at once that is asked for it without the flag', async function () {
    this.timeout(20_000);
    await using folder = await createTemporaryFolder('expose');
    const words = ['daemon/main.ts', '--home', folder.path, '--port', '0', '--host', '0.0.0.0'];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
    });
    const code = await new Promise(resolve => child.once('close', resolve));
    assert.equal(code, 1);
    assert.match(said, /"ready":false.*REQUEST_001/);
  });

  it('is warned of without TLS, and with a certificate it is not', () => {
    const open = { host: '0.0.0.0', hostNames: [] };
    assert.deepEqual(
      warningsOf(open).map(({ code }) => code),
      ['DAEMON_012'],
    );
    const tls = { cert: 'a', key: 'b' };
    for (const fine of [{ ...open, tls }, { host: '127.0.0.1' }, {}]) assert.deepEqual(warningsOf(fine), []);
    assert.throws(() => config([], { QUAYSIDE_TLS_CERT: 'a' }), saysWhy(/belong together/));
    assert.equal(urlOf({ ...open, tls }, 8083), 'https://127.0.0.1:8083');
    assert.equal(urlOf({ host: '10.0.0.5' }, 1), 'http://10.0.0.5:1');
    assert.equal(urlOf({ host: '::1' }, 1), 'http://[::1]:1');
    const { hostNames } = config([], { QUAYSIDE_HOST_NAMES: 'Quay.example, ,bad/name,[fd00::1]' });
    assert.deepEqual(hostNames, ['quay.example', '[fd00::1]']);
    assert.equal(urlOf({ ...open, hostNames: hostNames ?? [] }, 1), 'http://quay.example:1');
  });

  it('answers to its addresses and names, and to no other', () => {
    const at = (host: string, more: object = {}) =>
      findBorderProblem({
        ...{
          host,
          origin: undefined,
          fetchSite: undefined,
          isNavigation: false,
          method: 'GET',
          contentType: undefined,
        },
        ...{
          hasBody: false,
          overSocket: false,
          port: 8083,
          localAddress: '10.0.0.5',
          names: ['quay.example'],
          ...more,
        },
      })?.code;
    for (const host of ['10.0.0.5:8083', 'quay.example:8083', '127.0.0.1:8083'])
      assert.equal(at(host), undefined, host);
    for (const host of ['10.0.0.6:8083', 'evil.test:8083', 'quay.example', '10.0.0.5:1', 'quay.example.evil.test:8083'])
      assert.equal(at(host), 'ACCESS_003', host);
    assert.equal(at('quay.example', { port: 443, overTls: true }), undefined);
    assert.equal(at('quay.example', { port: 443 }), 'ACCESS_003');
    assert.equal(at('[fd00::1]:8083', { localAddress: 'fd00::1' }), undefined);
    assert.equal(at('10.0.0.5:8083', { localAddress: '::ffff:10.0.0.5' }), undefined);
    assert.equal(at('quay.example:8083', { origin: 'https://quay.example:8083', overTls: true }), undefined);
    assert.equal(at('quay.example:8083', { origin: 'http://quay.example:8083', overTls: true }), 'ACCESS_004');
  });
});
