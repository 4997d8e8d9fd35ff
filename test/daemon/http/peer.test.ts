import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { findPeerUser, isAnotherUser } from '../../../daemon/http/peer.ts';

describe('the other end of a loopback connection', () => {
  const connected = async (uid: number | undefined): Promise<{ socket: Socket; end: () => void }> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const script = `require('node:net').connect(${port}, '127.0.0.1'); setTimeout(() => {}, 20000)`;
    const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore', ...(uid === undefined ? {} : { uid }) });
    const [socket] = (await once(server, 'connection')) as [Socket];
    return {
      socket,
      end: () => {
        child.kill('SIGKILL');
        socket.destroy();
        server.close();
      },
    };
  };

  it('is told by its user', async () => {
    const { socket, end } = await connected(undefined);
    assert.equal(findPeerUser(socket), process.platform === 'linux' ? process.geteuid?.() : undefined);
    assert.equal(isAnotherUser(socket), false);
    end();
  });

  it('is not told where the system does not say', () => {
    assert.equal(findPeerUser({ remoteAddress: '127.0.0.1', remotePort: 1, localPort: 2 }, 'darwin'), undefined);
    assert.equal(findPeerUser({ remoteAddress: '10.0.0.1', remotePort: 1, localPort: 2 }), undefined);
    assert.equal(isAnotherUser(undefined), false);
  });

  it('is known to be another user’s program', async () => {
    // Only root can run a program as somebody else; everywhere else the rule is tried with a made-up own id.
    const isRoot = process.geteuid?.() === 0 && process.platform === 'linux';
    if (isRoot) {
      const { socket, end } = await connected(65_534);
      assert.equal(findPeerUser(socket), 65_534);
      assert.equal(isAnotherUser(socket), true);
      end();
      return;
    }
    const { socket, end } = await connected(undefined);
    assert.equal(isAnotherUser(socket), false);
    end();
  });
});
