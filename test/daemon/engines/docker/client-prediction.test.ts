import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { globalFiles, projectFiles } from '../../../../daemon/engines/docker/client-files.ts';
import { predictFile } from '../../../../daemon/engines/docker/client-prediction.ts';
import { type RecordedDialect, readRecordings } from '../../../support/recordings.ts';

const gateway = (profile?: string) => ({
  command: 'docker',
  args: ['mcp', 'gateway', 'run', ...(profile === undefined ? [] : ['--profile', profile])],
});

/** What docker mcp really left of the one file that it wrote. */
const written = (dialect: RecordedDialect, name: string): string => {
  const recording = readRecordings().find(each => each.name === `${dialect}/${name}`);
  const [text] = Object.values(recording?.filesAfter ?? {});
  assert.ok(text);
  return text;
};

const edits = { ...projectFiles, ...globalFiles };

describe('What docker mcp will make of a client’s file', () => {
  for (const [dialect, name, edit, before, profile] of [
    ['current', 'client-connect-vscode-project', projectFiles['vscode']?.edit, undefined, 'dev_tools'],
    ['current', 'client-connect-vscode-global', globalFiles['vscode']?.edit, undefined, 'dev_tools'],
    [
      'current',
      'client-connect-cursor-jsonc',
      projectFiles['cursor']?.edit,
      '{\n  // mine\n  "mcpServers": {}\n}\n',
      'dev_tools',
    ],
    ['legacy', 'client-connect-vscode', projectFiles['vscode']?.edit, undefined, undefined],
  ] as const) {
    it(`is what it made of it: ${dialect}/${name}`, () => {
      assert.ok(edit);
      assert.equal(predictFile(before, edit, gateway(profile)), written(dialect, name));
    });
  }

  it('is what it made of it when it takes its entry out', () => {
    const edit = projectFiles['vscode']?.edit;
    assert.ok(edit);
    const connected = written('current', 'client-connect-vscode-project');
    assert.equal(predictFile(connected, edit, null), written('current', 'client-disconnect-vscode-project'));
  });

  it('keeps everything else in its order, and puts its own entry last', () => {
    const edit = projectFiles['cursor']?.edit;
    assert.ok(edit);
    const before =
      '{"a":1.50,"mcpServers":{"MCP_DOCKER":{"command":"old"},"10":{},"2":{"url":"http://x/?a=1&b=<2>"}},"z":[true,null,]}';
    assert.equal(
      predictFile(before, edit, gateway('p')),
      '{"a":1.5,"mcpServers":{"10":{},"2":{"url":"http://x/?a=1&b=<2>"},"MCP_DOCKER":{"command":"docker","args":["mcp","gateway","run","--profile","p"]}},"z":[true,null]}',
    );
  });

  it('cannot be told of a file that is not as docker mcp expects it', () => {
    const edit = projectFiles['cursor']?.edit;
    assert.ok(edit);
    for (const text of ['{', '[]', '"x"', '{"mcpServers":[]}', '{"mcpServers":{}} {'])
      assert.equal(predictFile(text, edit, gateway('p')), null, text);
  });

  it('is JSON that says the same, for any JSON', () => {
    const edit = projectFiles['cursor']?.edit;
    assert.ok(edit);
    // What JSON.parse and a literal make of that name is another matter.
    const members = fc
      .dictionary(fc.string(), fc.jsonValue())
      .filter(value => !JSON.stringify(value).includes('__proto__'));
    fc.assert(
      fc.property(members, members, (rest, servers) => {
        const before = JSON.stringify({ ...rest, mcpServers: servers }, null, 2);
        const after = predictFile(before, edit, gateway('p'));
        assert.ok(after);
        const { MCP_DOCKER, ...others } = JSON.parse(after).mcpServers;
        assert.deepEqual(MCP_DOCKER, gateway('p'));
        const { MCP_DOCKER: _, ...expected } = parse(before).mcpServers;
        assert.deepEqual(others, expected);
      }),
    );
  });

  it('is told for every client with a JSON file', () => {
    for (const [id, { edit }] of Object.entries(edits)) {
      if (!edit) continue;
      const after = predictFile(undefined, edit, gateway('p'));
      assert.match(String(after), /^\{"\w+":\{"MCP_DOCKER":\{.*"--profile","p"\].*\}\}\}$/, id);
    }
  });
});
