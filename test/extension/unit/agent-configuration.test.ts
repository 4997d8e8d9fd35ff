import assert from 'node:assert/strict';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import { withQuayside } from '../../../extension/features/agents/agent-configuration.ts';
import { findAgentFile, replaceAgentFile } from '../../../extension/features/agents/agent-file.ts';
import { HostProblem } from '../../../extension/platform/host-problem.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

const url = 'http://127.0.0.1:8083/mcp';
/** As the agents write a variable in their files. */
const variable = (name: string) => `\${${name}}`;

describe('the configuration of other agents', () => {
  it('is made new for VS Code, with a question for the token', () => {
    assert.deepEqual(JSON.parse(withQuayside('vscode', '', url) ?? ''), {
      servers: {
        quayside: { type: 'http', url, headers: { Authorization: `Bearer ${variable('input:quayside-token')}` } },
      },
      inputs: [{ type: 'promptString', id: 'quayside-token', description: 'Quayside token', password: true }],
    });
  });

  it('is made new for others, with a variable for the token', () => {
    assert.deepEqual(JSON.parse(withQuayside('portable', '', url) ?? ''), {
      mcpServers: {
        quayside: { type: 'http', url, headers: { Authorization: `Bearer ${variable('QUAYSIDE_TOKEN')}` } },
      },
    });
  });

  it('keeps comments, order and everything that is not ours', () => {
    const before =
      '{\n  // mine\n  "servers": {\n    "other": { "command": "x" } // stays\n  },\n  "inputs": [{ "id": "a" }]\n}\n';
    const after = withQuayside('vscode', before, url) ?? '';
    assert.ok(after.includes('// mine') && after.includes('// stays'));
    assert.deepEqual(parse(after).servers.other, { command: 'x' });
    assert.ok(after.indexOf('"a"') < after.indexOf('"quayside-token"'));
  });

  it('changes nothing the second time', () => {
    const once = withQuayside('vscode', '', url) ?? '';
    assert.equal(withQuayside('vscode', once, url), once);
  });

  it('puts a new address in the place of the old one', () => {
    const once = withQuayside('vscode', '', url) ?? '';
    const twice = withQuayside('vscode', once, 'http://127.0.0.1:9000/mcp') ?? '';
    assert.ok(twice.includes(':9000/mcp') && !twice.includes(':8083'));
    assert.equal(JSON.parse(twice).inputs.length, 1);
  });

  it('is left alone if it is broken or no object', () => {
    for (const text of ['{ "servers": ', '[]', '"x"', 'null'])
      assert.equal(withQuayside('vscode', text, url), undefined);
  });
});

describe('writing it', () => {
  it('keeps the old text beside it and leaves no half file', async () => {
    await using folder = await createTemporaryFolder('agents');
    await writeFile(join(folder.path, '.mcp.json'), 'old', { mode: 0o600 });
    await replaceAgentFile(folder.path, '.mcp.json', 'old', 'new');
    assert.equal(await readFile(join(folder.path, '.mcp.json'), 'utf8'), 'new');
    assert.equal(await readFile(join(folder.path, '.mcp.json.bak'), 'utf8'), 'old');
    assert.equal((await stat(join(folder.path, '.mcp.json'))).mode & 0o777, 0o600);
  });

  it('makes the folder of a new file', async () => {
    await using folder = await createTemporaryFolder('agents');
    assert.equal(await findAgentFile(folder.path, '.vscode/mcp.json'), undefined);
    await replaceAgentFile(folder.path, '.vscode/mcp.json', undefined, 'new');
    assert.equal(await findAgentFile(folder.path, '.vscode/mcp.json'), 'new');
  });

  const isProblem = (kind: string) => (error: unknown) => error instanceof HostProblem && error.kind === kind;

  it('is refused if somebody else wrote meanwhile', async () => {
    await using folder = await createTemporaryFolder('agents');
    await writeFile(join(folder.path, '.mcp.json'), 'theirs');
    await assert.rejects(replaceAgentFile(folder.path, '.mcp.json', 'old', 'new'), isProblem('changedConfiguration'));
    assert.equal(await readFile(join(folder.path, '.mcp.json'), 'utf8'), 'theirs');
  });

  it('is refused through a link that leads out of the folder', async () => {
    await using folder = await createTemporaryFolder('agents');
    await using outside = await createTemporaryFolder('outside');
    await writeFile(join(outside.path, 'mcp.json'), 'theirs');
    await symlink(outside.path, join(folder.path, '.vscode'));
    await assert.rejects(findAgentFile(folder.path, '.vscode/mcp.json'), isProblem('linkedConfiguration'));
    await assert.rejects(
      replaceAgentFile(folder.path, '.vscode/mcp.json', 'theirs', 'new'),
      isProblem('linkedConfiguration'),
    );
    await symlink(join(outside.path, 'mcp.json'), join(folder.path, '.mcp.json'));
    await assert.rejects(findAgentFile(folder.path, '.mcp.json'), isProblem('linkedConfiguration'));
    assert.equal(await readFile(join(outside.path, 'mcp.json'), 'utf8'), 'theirs');
  });

  it('follows a link that stays in the folder', async () => {
    await using folder = await createTemporaryFolder('agents');
    await mkdir(join(folder.path, 'config'));
    await writeFile(join(folder.path, 'config', 'mcp.json'), 'old');
    await symlink(join(folder.path, 'config', 'mcp.json'), join(folder.path, '.mcp.json'));
    await replaceAgentFile(folder.path, '.mcp.json', 'old', 'new');
    assert.equal(await readFile(join(folder.path, 'config', 'mcp.json'), 'utf8'), 'new');
  });
});
