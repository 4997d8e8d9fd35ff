// A minimal MCP client on the input and output of the docker command line, as a gateway is to its containers.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { endWithUs, stopProcessGroup } from '../processes.ts';
import type { TestEngine } from './engine.ts';

export interface McpOverDocker extends AsyncDisposable {
  /** Resolves with the result; rejects with the error of the protocol. */
  request(method: string, params?: object): Promise<unknown>;
}

/** Runs `docker ARGS` and says hello. */
export async function createMcpClient(engine: TestEngine, args: string[]): Promise<McpOverDocker> {
  const child = endWithUs(
    spawn('docker', args, { env: engine.environment, stdio: ['pipe', 'pipe', 'inherit'], detached: true }),
  );
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  child.stdin.on('error', () => {});
  child.once('exit', code => {
    for (const each of waiting.values()) each.reject(new Error(`docker has ended with ${code}`));
  });
  createInterface({ input: child.stdout }).on('line', line => {
    const message = JSON.parse(line) as { id?: number; result?: unknown; error?: { message: string } };
    const call = waiting.get(message.id ?? 0);
    if (message.error) call?.reject(new Error(message.error.message));
    else call?.resolve(message.result);
  });
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const client: McpOverDocker = {
    request(method, params = {}) {
      last += 1;
      const call = Promise.withResolvers<unknown>();
      waiting.set(last, call);
      send({ id: last, method, params });
      return call.promise;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await stopProcessGroup(child);
    },
  };
  const clientInfo = { name: 'test', version: '1' };
  await client.request('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
  send({ method: 'notifications/initialized' });
  return client;
}
