import assert from 'node:assert/strict';
import { strFromU8, unzipSync } from 'fflate';
import { doctorHandlers } from '../../../../daemon/features/doctor/doctor.routes.ts';
import { createDoctor } from '../../../../daemon/features/doctor/doctor.service.ts';
import { SupportBundle } from '../../../../shared/api/doctor.ts';
import { toProblem } from '../../../../shared/api/problem.ts';
import { createHandlersApp } from '../../../support/handlers-app.ts';
import { createTemporaryFolder } from '../../../support/temporary-folder.ts';
import { aGateway, aServer, createNeeds, healthyDocker } from './fake-needs.ts';

/** In the vault: taken out wherever it stands, whatever it looks like. */
const inVault = 'harmless looking words';
/** Of a known shape. */
const token = 'ghp_0123456789abcdefghijklmnopqrstuv';
/** Neither in the vault nor of a known shape: only kept out because of where it stands. */
const value = 'zebra-4711-quokka';
const secrets = [inVault, token, value];
const said = `${inVault} ${token} password=${value}`;
const problem = toProblem('SERVER_004', { detail: said, next: said });

const unpack = (bundle: SupportBundle): Map<string, string> =>
  new Map(
    Object.entries(unzipSync(Buffer.from(bundle.base64, 'base64'))).map(([name, bytes]) => [name, strFromU8(bytes)]),
  );

const server = aServer('github', {
  server: {
    state: 'failed',
    problem,
    title: `GitHub ${inVault}`,
    description: value,
    source: { type: 'remote', url: `https://mcp.example/${value}?key=${value}` },
  },
  configuration: {
    settings: { region: value, nested: { list: [value] } },
    environment: { ODD: value },
    arguments: ['--api-key', value, value],
    secretReferences: [],
    disabledTools: [],
  },
  definition: { env: [{ name: 'X', value }], command: [value], tools: [{ name: 'x', description: value }] },
});

describe('The support bundle', () => {
  const make = async () => {
    await using folder = await createTemporaryFolder('bundle');
    const needs = createNeeds(folder.path, {
      environment: { HOME: '/home/somebody', HTTPS_PROXY: `http://me:${value}@proxy:1`, TOKEN: value },
      dockerStatus: () => ({ ...healthyDocker, problem, available: false, warnings: [problem] }),
      servers: () => [server],
      catalogs: async () => [{ ref: 'lab/x', title: said, engine: 'docker', entries: 0, problem, cached: true }],
      gateways: {
        list: () => [aGateway({ problem, url: `http://127.0.0.1:1/?token=${value}` })],
        output: () => [`MCP_GATEWAY_AUTH_TOKEN=${value}`, `Authorization: Bearer ${value}`, said, 'ordinary line'],
        restart: async () => {},
      },
      operations: () => [
        {
          id: 'o',
          kind: 'install',
          serverId: null,
          steps: [{ id: 's', title: 's', state: 'failed', detail: said }],
          transfer: null,
          canRetry: true,
          title: said,
          state: 'failed',
          step: said,
          progress: null,
          problem,
          startedAt: '2026-01-01T00:00:00.000Z',
          endedAt: null,
        },
      ],
      vaultWarnings: () => [problem],
      daemonLog: async () =>
        [
          JSON.stringify({ level: 30, msg: said, token: value, url: `https://u:${value}@h/?access_token=${value}` }),
          JSON.stringify({
            err: { message: `the secret: "${value}", {"token":"${value}"}`, cookie: `${value}; path=/` },
          }),
          '-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----',
          '{"where":"/home/somebody/project"}',
        ].join('\n'),
      redact: text => text.replaceAll(inVault, '•••'),
    });
    const app = createHandlersApp(doctorHandlers(createDoctor(needs)));
    const bundle = SupportBundle.parse(await app.api.makeSupportBundle());
    assert.deepEqual(app.failures, []);
    return { bundle, files: unpack(bundle), audit: app.audit };
  };

  it('has no secret from any conceivable place', async () => {
    const { bundle, files } = await make();
    for (const [name, text] of files) {
      for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} in ${name}`);
      assert.ok(!text.includes('MIIabc'), name);
      assert.ok(!text.includes('/home/somebody'), name);
    }
    assert.ok(!Buffer.from(bundle.base64, 'base64').includes(value));
  });

  it('has what a helper needs, and says what is in it', async () => {
    const { bundle, files, audit } = await make();
    assert.deepEqual([...files.keys()].sort(), bundle.contents.map(({ name }) => name).sort());
    for (const name of files.keys())
      if (name !== 'README.txt') assert.ok(files.get('README.txt')?.includes(name), name);
    assert.match(String(files.get('logs/gateway-dev.log')), /ordinary line/);
    assert.match(String(files.get('servers.json')), /"state": "failed"/);
    assert.match(String(files.get('docker.json')), /"passInstalled": false/);
    assert.match(String(files.get('report.txt')), /\[error\] It has failed: GitHub/);
    for (const name of ['report', 'versions', 'status', 'docker', 'servers', 'gateways', 'catalogs', 'operations'])
      assert.doesNotThrow(() => JSON.parse(String(files.get(`${name}.json`))), name);
    assert.deepEqual(
      audit.map(({ action }) => action),
      ['makeSupportBundle'],
    );
    assert.match(bundle.fileName, /^quayside-support-\d{8}T\d{6}Z\.zip$/);
  });
});
