import assert from 'node:assert/strict';
import { failedRows, toNode, toolRows, topRows } from '../../../extension/features/servers/servers.nodes.ts';
import { toContextValue } from '../../../extension/platform/tree-node.ts';
import { toProblem } from '../../../shared/api/problem.ts';
import { ServerState } from '../../../shared/domain/server-state.ts';
import { buildOperation, buildServer, buildTool } from '../../support/server-builder.ts';

const nodeOf = (change: Parameters<typeof buildServer>[0]) => toNode({ kind: 'server', server: buildServer(change) });

describe('the rows of the Servers tree', () => {
  it('have an icon and words for every state', () => {
    for (const state of ServerState.options) {
      const node = nodeOf({ state });
      assert.ok(node.icon.id.length > 0, state);
      assert.ok(node.description, state);
      assert.ok(node.spoken?.includes('Some server'), state);
    }
  });

  it('offer a start only where one makes sense, and the same for a stop', () => {
    const marks = (state: ServerState) => toContextValue(nodeOf({ state }).marks);
    assert.match(marks('stopped'), /;canStart;/);
    assert.doesNotMatch(marks('stopped'), /;canStop;/);
    assert.match(marks('running'), /;running;.*;?canStop;/);
    assert.doesNotMatch(marks('running'), /;canStart;/);
    assert.match(marks('crash-looping'), /;canStart;/);
    assert.doesNotMatch(marks('stopping'), /;can/);
  });

  it('say in the tooltip why a server failed and what to do', () => {
    const problem = toProblem('SERVER_006', { detail: 'It ended with code 3.', next: 'Look at its output.' });
    const node = nodeOf({ state: 'failed', problem });
    assert.equal(node.description, 'Failed: the server ended at once');
    const texts = node.tooltip.flatMap(part => (part.kind === 'text' ? [part.text] : []));
    assert.ok(texts.includes('The server ended at once. It ended with code 3.'));
    assert.ok(texts.includes('Look at its output.'));
  });

  it('say that a process is not isolated', () => {
    const facts = nodeOf({}).tooltip.flatMap(part => (part.kind === 'fact' ? [[part.name, part.value]] : []));
    assert.deepEqual(
      facts.find(([name]) => name === 'Isolation'),
      ['Isolation', 'None: it runs with your rights on this machine'],
    );
  });

  it('show the short name of a package that has no title of its own', () => {
    const source = {
      type: 'npm' as const,
      package: '@scope/some-server',
      version: '1.2.3',
      integrity: `sha512-${'A'.repeat(86)}==`,
    };
    assert.equal(nodeOf({ title: '@scope/some-server', source }).label, 'some');
  });

  it('offer what to do when the daemon does not run', () => {
    assert.deepEqual(
      failedRows.map(row => toNode(row).command?.id),
      ['quayside.startDaemon', 'quayside.showLog'],
    );
  });

  it('count one tool as one tool', () => {
    assert.equal(nodeOf({ state: 'running', toolCount: 1 }).description, 'Running, 1 tool');
    assert.equal(nodeOf({ state: 'running', toolCount: 13 }).description, 'Running, 13 tools');
  });

  it('put installations first, with their step', () => {
    const rows = topRows([buildServer()], [buildOperation()]);
    assert.deepEqual(
      rows.map(row => row.kind),
      ['operation', 'server'],
    );
    const [first] = rows;
    assert.ok(first);
    assert.equal(toNode(first).description, '40 %, Downloading');
    assert.match(toContextValue(toNode(first).marks), /;operation;running;/);
  });

  it('tick the tools that are allowed', () => {
    const server = buildServer({ toolCount: 2 });
    const rows = toolRows(server, [buildTool(), buildTool({ name: 'add', enabled: false })]);
    assert.deepEqual(
      rows.map(row => toNode(row).checked),
      [true, false],
    );
    assert.deepEqual(
      rows.map(row => toNode(row).id),
      ['some/tools/echo', 'some/tools/add'],
    );
  });

  it('say why there are no tools instead of showing nothing', () => {
    const textOf = (change: Parameters<typeof buildServer>[0]) =>
      toolRows(buildServer(change), []).map(row => toNode(row).label);
    assert.deepEqual(textOf({}), ['The tools are known after the first start.']);
    assert.deepEqual(textOf({ toolCount: 0, state: 'running' }), ['This server has no tools.']);
  });

  it('show what a tool says about itself in one line', () => {
    const [row] = toolRows(buildServer(), [buildTool({ description: 'First line.\n\nSecond line.' })]);
    assert.ok(row);
    assert.equal(toNode(row).description, 'First line. Second line.');
  });
});
