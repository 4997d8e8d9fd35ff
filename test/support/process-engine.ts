// The real process engine in a home of its own, in front of a registry of its own.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../daemon/engines/engine.ts';
import { createProcessEngine, type ProcessEngineOptions } from '../../daemon/engines/process/process.engine.ts';
import { createNpmRegistry, type NpmRegistry } from './npm-registry.ts';

export interface EngineHome {
  engine: Engine;
  registry: NpmRegistry;
  /** The engine's own folder. */
  folder: string;
  /** The user's home folder, where the npmrc is. */
  home: string;
  /** Lines that the engine wrote to the log. */
  log: string[];
  close(): Promise<void>;
}

export interface EngineHomeOptions {
  /** Lines for the user's npmrc; the registry's address is put for REGISTRY. */
  npmrc?: string;
  /** More variables of the host. */
  environment?: Record<string, string>;
  engine?: Partial<ProcessEngineOptions>;
}

export async function createEngineHome(options: EngineHomeOptions = {}): Promise<EngineHome> {
  const root = await mkdtemp(join(tmpdir(), 'quayside-engine-'));
  const registry = await createNpmRegistry();
  const { npmrc = 'registry=REGISTRY\nfetch-retries=0\n', environment = {} } = options;
  const withRegistry = (text: string) =>
    text.replaceAll('REGISTRY_HOST', new URL(registry.url).host).replaceAll('REGISTRY', registry.url);
  await writeFile(join(root, '.npmrc'), withRegistry(npmrc));
  const folder = join(root, 'engine');
  const log: string[] = [];
  const engine = createProcessEngine({
    folder,
    runtime: process.execPath,
    runtimeIsElectron: false,
    hostEnvironment: {
      PATH: process.env['PATH'],
      HOME: root,
      ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, withRegistry(value)])),
    },
    platform: process.platform,
    log: line => log.push(line),
    ...options.engine,
  });
  return {
    engine,
    registry,
    folder,
    home: root,
    log,
    async close() {
      await registry.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
