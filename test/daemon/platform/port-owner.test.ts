import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { findPortOwner, readLsof } from '../../../daemon/platform/port-owner.ts';

describe('the owner of a port', () => {
  it('is named with its process, and not found where nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    assert.match((await findPortOwner(port)) ?? '', new RegExp(`^node \\(process ${process.pid}\\)$`));
    server.close();
    await once(server, 'close');
    assert.equal(await findPortOwner(port), undefined);
  });

  it('is read from what lsof prints for programs', () => {
    assert.equal(readLsof('p4711\ncnginx\nf6\nf7\np4712\ncother\n'), 'nginx (process 4711)');
    for (const output of ['', 'p12\n', 'cname\n', 'lsof: unknown option\n']) assert.equal(readLsof(output), undefined);
  });

  it('is not known where lsof is missing or knows nothing', async () => {
    assert.equal(await findPortOwner(1, 'darwin'), undefined);
    assert.equal(await findPortOwner(1, 'win32'), undefined);
  });
});
