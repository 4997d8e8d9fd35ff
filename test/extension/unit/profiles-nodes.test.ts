import assert from 'node:assert/strict';
import {
  containerRows,
  type DockerRow,
  dockerRows,
  dockerServerRows,
  profileRows,
  toDockerNode,
} from '../../../extension/features/profiles/profiles.nodes.ts';
import { toContextValue } from '../../../extension/platform/tree-node.ts';
import { toProblem } from '../../../shared/api/problem.ts';
import { buildContainer, buildDockerStatus, buildGateway, buildProfile } from '../../support/docker-builder.ts';
import { buildServer, buildTool } from '../../support/server-builder.ts';

const marks = (row: DockerRow): string => toContextValue(toDockerNode(row).marks);
const labels = (rows: readonly DockerRow[]): string[] => rows.map(row => toDockerNode(row).label);
const noGateway = () => undefined;

describe('the rows of the Docker tree', () => {
  const down = toProblem('DOCKER_003', { detail: 'Nothing answers at the socket.', next: 'Start Docker.' });

  it('say first what is wrong with Docker, and still show the profiles that are known', () => {
    const rows = dockerRows(buildDockerStatus({ available: false, problem: down }), [buildProfile()], noGateway);
    assert.deepEqual(labels(rows), ['The Docker engine cannot be reached', 'Dev Tools']);
    const [wrong] = rows.map(toDockerNode);
    assert.equal(wrong?.command?.id, 'quayside.runDoctor');
    assert.ok(wrong?.tooltip.some(part => part.kind === 'text' && part.text === 'Start Docker.'));
  });

  it('are the profiles alone while all is well, and none without a profile', () => {
    assert.deepEqual(labels(dockerRows(buildDockerStatus(), [buildProfile()], noGateway)), ['Dev Tools']);
    assert.deepEqual(dockerRows(buildDockerStatus(), [], noGateway), []);
  });

  it('let the fixed profile of the legacy dialect be neither renamed nor removed', () => {
    const [free] = dockerRows(buildDockerStatus(), [buildProfile()], noGateway);
    const [fixed] = dockerRows(buildDockerStatus(), [buildProfile({ fixed: true })], noGateway);
    assert.ok(free && fixed);
    assert.match(marks(free), /;profile;free;stopped;canStart;/);
    assert.match(marks(fixed), /;profile;fixed;/);
  });

  it('show a profile’s gateway and its own servers, and no other profile’s', () => {
    const servers = [buildServer({ id: 'probe', profile: 'dev_tools' }), buildServer({ id: 'far', profile: 'other' })];
    const rows = profileRows(buildProfile(), buildGateway(), servers);
    assert.deepEqual(
      rows.map(row => row.kind),
      ['gateway', 'server'],
    );
  });

  it('offer the catalog in an empty profile', () => {
    const [row] = profileRows(buildProfile({ serverIds: [] }), undefined, []);
    assert.ok(row);
    assert.equal(toDockerNode(row).command?.id, 'quayside.openCatalog');
  });

  it('tell the state, the address and what was left out of a gateway', () => {
    const gateway = buildGateway({
      state: 'running',
      url: 'http://127.0.0.1:4711/mcp',
      changesWaiting: true,
      servers: [
        {
          serverId: 'hang',
          name: 'hang',
          state: 'left-out',
          problem: toProblem('SERVER_005', { detail: 'It never answered.' }),
          tools: null,
          prompts: null,
          resources: null,
        },
      ],
    });
    const node = toDockerNode({ kind: 'gateway', gateway });
    assert.equal(node.description, 'Running · http://127.0.0.1:4711/mcp · 1 left out · changes wait for a restart');
    assert.match(toContextValue(node.marks), /;gateway;running;canStop;hasAddress;/);
    assert.ok(node.tooltip.some(part => part.kind === 'fact' && part.value === 'It never answered.'));
  });

  it('give a server its tools, and prompts and resources only while it runs', () => {
    const stopped = buildServer({ state: 'stopped' });
    const running = buildServer({ state: 'running' });
    assert.deepEqual(labels(dockerServerRows(stopped, [buildTool()], 'why')), ['echo', 'Containers']);
    assert.deepEqual(labels(dockerServerRows(running, [], 'why')), ['why', 'Prompts', 'Resources', 'Containers']);
  });

  it('offer to stop our own containers and no others', () => {
    const rows = containerRows(buildServer(), [
      buildContainer(),
      buildContainer({ id: 'b'.repeat(64), owner: 'other' }),
      buildContainer({ id: 'c'.repeat(64), owner: 'orphan' }),
    ]);
    assert.deepEqual(
      rows.map(row => marks(row)),
      [';container;own;running;', ';container;other;running;', ';container;orphan;running;'],
    );
  });

  it('have ids that are unique in the tree', () => {
    const server = buildServer({ id: 'probe', profile: 'dev_tools', state: 'running' });
    const rows = [
      ...dockerRows(buildDockerStatus(), [buildProfile()], noGateway),
      ...profileRows(buildProfile(), buildGateway(), [server]),
      ...dockerServerRows(server, [buildTool({ serverId: 'probe' })], 'why'),
      ...containerRows(server, []),
    ];
    const ids = rows.map(row => toDockerNode(row).id);
    assert.equal(new Set(ids).size, ids.length);
  });
});
