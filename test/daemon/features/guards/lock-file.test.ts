import assert from 'node:assert/strict';
import { lockDiff } from '../../../../daemon/cli/terminal/lock-diff.ts';
import { createStyle } from '../../../../daemon/cli/terminal/style.ts';
import { LockFile } from '../../../../shared/api/locks.ts';
import { buildWireTool, createGuardsApp, type GuardsApp } from '../../../support/guards-app.ts';
import { hasCode } from '../../../support/problems.ts';

describe('the lock file', () => {
  let app: GuardsApp;
  const [read, write] = [buildWireTool('read'), buildWireTool('write', { description: 'Writes a text into a file.' })];
  beforeEach(() => {
    app = createGuardsApp();
    for (const id of ['mail', 'files']) {
      app.addServer(id);
      app.list(id, [write, read], { instructions: `Use ${id} with care.` });
    }
  });
  afterEach(() => app[Symbol.dispose]());

  const verify = (file: unknown) => app.api.verifyLockFile({ body: { file } });
  const differences = async (file: unknown) =>
    (await verify(file)).differences.map(({ serverId, tool, kind }) =>
      [serverId, tool, kind].filter(Boolean).join(' '),
    );

  it('is the same text for the same approved tools, in whatever order they were listed', async () => {
    const file = await app.api.getLockFile();
    assert.deepEqual(Object.keys(file.servers), ['files', 'mail']);
    assert.deepEqual(Object.keys(file.servers['files']?.tools ?? {}), ['read', 'write']);
    using other = createGuardsApp();
    for (const id of ['files', 'mail']) {
      other.addServer(id);
      other.list(id, [read, write], { instructions: `Use ${id} with care.` });
    }
    assert.equal(JSON.stringify(await other.api.getLockFile()), JSON.stringify(file));
    assert.deepEqual(LockFile.parse(JSON.parse(JSON.stringify(file))), file);
  });

  it('fits the servers that it was made of', async () => {
    const found = await verify(await app.api.getLockFile());
    assert.deepEqual(found, { ok: true, servers: 2, tools: 4, differences: [] });
  });

  it('holds what is approved, and not what waits', async () => {
    const file = await app.api.getLockFile();
    app.list('files', [{ ...read, description: 'Other.' }, write], { instructions: 'Use files with care.' });
    assert.deepEqual(await app.api.getLockFile(), file);
    assert.deepEqual(await differences(file), ['files read tool-changed']);
  });

  it('tells each kind of difference', async () => {
    const file = await app.api.getLockFile();
    app.list('files', [{ ...read, name: 'peek' }, buildWireTool('new', { inputSchema: {} })], { version: '2.0.0' });
    app.removeServer('mail');
    app.addServer('extra');
    assert.deepEqual(await differences(file), [
      'extra server-added',
      'files source',
      'files instructions',
      'files new tool-added',
      'files peek tool-renamed',
      'files read tool-removed',
      'files write tool-removed',
      'mail server-missing',
    ]);
  });

  it('says which servers have not shown their tools yet', async () => {
    const file = await app.api.getLockFile();
    app.removeServer('mail');
    app.addServer('mail');
    app.restart();
    assert.deepEqual(await differences(file), ['mail never-listed']);
  });

  it('that was changed by hand, is of another format, or is anything else, is refused', async () => {
    const file = await app.api.getLockFile();
    const forged = structuredClone(file);
    Object.assign(forged.servers['files']?.tools ?? {}, { read: `sha256:${'0'.repeat(64)}` });
    const wrong = [
      forged,
      { ...file, lockFileVersion: 2 },
      { ...file, more: 1 },
      null,
      [],
      'x',
      { lockFileVersion: 1 },
    ];
    for (const each of wrong)
      await assert.rejects(verify(each), hasCode('LOCK_003'), JSON.stringify(each).slice(0, 60));
  });

  it('holds no query of an address, which may be a key', async () => {
    app.addServer('remote');
    app.list('remote', [read], { url: 'https://host.test/mcp?key=s3cret#x' });
    const text = JSON.stringify(await app.api.getLockFile());
    assert.match(text, /https:\/\/host\.test\/mcp"/);
    assert.ok(!text.includes('s3cret'));
  });

  it('shows a difference line by line, with nothing hidden in it', async () => {
    app.list('files', [{ ...read, description: 'Reads.\u202e\u001b[31m' }, write], { instructions: 'Other.\u200b' });
    const plain = createStyle({ isTTY: false }, {});
    const lock = await app.api.getLock({ params: { id: 'files' } });
    const text = lockDiff(lock, undefined, plain);
    assert.match(text, /^instructions\n/);
    assert.match(text, /\n-Use files with care\.\n\+Other\.\[U\+200B\]/);
    assert.match(text, /\nread \(changed\)\n/);
    assert.match(text, /\n\+ {2}"description": "Reads\.\[U\+202E\]\\u001b\[31m"/);
    assert.ok(![...text].some(character => '\u202e\u001b\u200b'.includes(character)));
    assert.equal(lockDiff(lock, ['write'], plain), '');
  });

  it('is made and compared without a change on record', async () => {
    const rows = app.audit().length;
    await verify(await app.api.getLockFile());
    assert.equal(app.audit().length, rows);
  });
});
