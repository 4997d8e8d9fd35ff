// The user's npm settings: npmrc files (own, global) and npm_config_* variables. Registry, scopes, logins, proxy and
// certificates count; what would change where or what is installed does not.
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import NpmConfig from '@npmcli/config';
import npmDefinitions from '@npmcli/config/lib/definitions/index.js';
import * as z from 'zod';

/** Settings under the names that npm's libraries use. */
export type NpmSettings = Record<string, unknown>;

const Used = z.looseObject({
  cache: z.string().optional().catch(undefined),
  retry: z.looseObject({ retries: z.number().default(2) }).catch({ retries: 2 }),
});

/**
 * Reads the settings. `folder` must hold a package.json, so that no npmrc of a folder above it is taken for a project's.
 * `spareCache` is used if npm's own cache cannot be written.
 */
export async function loadNpmSettings(
  folder: string,
  spareCache: string,
  environment: Record<string, string | undefined>,
): Promise<NpmSettings> {
  const config = new NpmConfig({
    npmPath: folder,
    ...npmDefinitions,
    argv: [process.execPath, 'npm'],
    cwd: folder,
    env: environment,
    warn: false,
  });
  await config.load();
  const { cache, retry } = Used.parse(config.flat);
  return {
    ...config.flat,
    cache: cache !== undefined && (await isWritable(cache)) ? cache : spareCache,
    userAgent: `quayside node/${process.version} ${process.platform} ${process.arch}`,
    // npm waits 10 seconds and then a minute before it tries again; a person watches this one.
    retry: { ...retry, retries: Math.min(retry.retries, 2), minTimeout: 500, maxTimeout: 5_000 },
  };
}

/** npm's cache may belong to root after a careless sudo. */
async function isWritable(cache: string): Promise<boolean> {
  try {
    await mkdir(cache, { recursive: true });
    await access(cache, constants.W_OK);
    for (const part of ['content-v2', 'index-v5', 'tmp']) {
      await access(join(cache, part), constants.W_OK).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
    return true;
  } catch {
    return false;
  }
}
