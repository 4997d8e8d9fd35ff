// One engine for all tests of a run that do not end it, with the images that they need; stopped after the last test.

import { startTestEngine, type TestEngine } from './engine.ts';
import { buildBusybox, buildMcpServer } from './images.ts';

let starting: Promise<TestEngine> | undefined;
let building: Promise<string> | undefined;

/** Started by the first who asks; it has the image `busyboxImage`. Tests name what they make for themselves alone. */
export function sharedEngine(): Promise<TestEngine> {
  starting ??= startTestEngine('docker-shared').then(async engine => {
    await buildBusybox(engine.docker);
    return engine;
  });
  return starting;
}

/** The same with the image `mcpImage`. */
export async function sharedEngineWithServer(): Promise<TestEngine> {
  const engine = await sharedEngine();
  building ??= buildMcpServer(engine.docker);
  await building;
  return engine;
}

// A root hook: it belongs to no suite and runs when all of them have ended.
if (typeof after === 'function') {
  after(async function stopSharedEngine() {
    this.timeout(30_000);
    await (await starting?.catch(() => undefined))?.stop();
    starting = undefined;
    building = undefined;
  });
}
