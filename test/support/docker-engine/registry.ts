// A registry on the loopback, by Debian's docker-registry, with a gate in front of it that can be slow, or break.
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endWithUs, stopProcessGroup } from '../processes.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

export interface TestRegistry extends AsyncDisposable {
  /** 127.0.0.1:PORT, to be written before an image's name. */
  readonly address: string;
  readonly gate: RegistryGate;
}

export interface RegistryGate {
  /** 127.0.0.1:PORT, the same registry by way of the gate. */
  readonly address: string;
  /** What may pass in a second, from the registry to its client, in all; null: all of it. */
  bytesPerSecond: number | null;
  /** Bytes that have gone to clients since `reset`. */
  readonly passed: number;
  reset(): void;
  /** Cuts every connection that is open now. */
  cut(): void;
  /** Lets nobody in, as a registry that is down. */
  open: boolean;
}

export interface RegistryOptions {
  /** Ask for this login; the line is one of an htpasswd file with bcrypt. */
  htpasswd?: string;
}

/** It allows deletion, keeps its data in a fresh folder, and ends with `await using`. */
export async function startRegistry({ htpasswd }: RegistryOptions = {}): Promise<TestRegistry> {
  const folder = await createTemporaryFolder('registry');
  const port = await freePort();
  const config = join(folder.path, 'config.yml');
  let auth = '';
  if (htpasswd !== undefined) {
    await writeFile(join(folder.path, 'htpasswd'), `${htpasswd}\n`);
    auth = `auth:\n  htpasswd:\n    realm: test\n    path: ${join(folder.path, 'htpasswd')}\n`;
  }
  await writeFile(
    config,
    `version: 0.1\nlog:\n  level: error\n  accesslog:\n    disabled: true\nstorage:\n  filesystem:\n    rootdirectory: ${folder.path}/data\n  delete:\n    enabled: true\nhttp:\n  addr: 127.0.0.1:${port}\n${auth}`,
  );
  const child = endWithUs(
    spawn('docker-registry', ['serve', config], { stdio: 'ignore', detached: true, cwd: folder.path }),
  );
  child.once('error', () => {});
  await waitForPort(port);
  const gate = await openGate(port);
  return {
    address: `127.0.0.1:${port}`,
    gate,
    async [Symbol.asyncDispose]() {
      await gate.close();
      await stopProcessGroup(child);
      await folder.remove();
    },
  };
}

async function openGate(port: number): Promise<RegistryGate & { close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  let passed = 0;
  let allowance = 0;
  let refilledAt = performance.now();
  const takeAllowance = (): boolean => {
    if (gate.bytesPerSecond === null) return true;
    const now = performance.now();
    allowance = Math.min(gate.bytesPerSecond / 10, allowance + ((now - refilledAt) / 1000) * gate.bytesPerSecond);
    refilledAt = now;
    return allowance > 0;
  };
  const server = createServer(client => {
    if (!gate.open) return client.destroy();
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => sockets.delete(socket));
    }
    client.once('close', () => upstream.destroy());
    client.pipe(upstream);
    void (async () => {
      for await (const chunk of upstream as AsyncIterable<Buffer>) {
        while (!takeAllowance() && !client.destroyed) await pause(10);
        if (client.destroyed) return;
        passed += chunk.length;
        allowance -= chunk.length;
        if (!client.write(chunk)) await new Promise(resolve => client.once('drain', resolve).once('close', resolve));
      }
      client.end();
    })().catch(() => client.destroy());
    return undefined;
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const gate = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytesPerSecond: null as number | null,
    open: true,
    get passed() {
      return passed;
    },
    reset() {
      passed = 0;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      const closed = new Promise(resolve => server.close(resolve));
      gate.cut();
      await closed;
    },
  };
  return gate;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

async function waitForPort(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const isOpen = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (isOpen) return;
    await pause(50);
  }
  throw new Error('docker-registry did not start; the tests need the Debian package of that name.');
}
