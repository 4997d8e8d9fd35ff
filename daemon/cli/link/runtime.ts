// Which Node runs the daemon. SQLite's binding ends a Node that is too old with a signal and not a word, so the
// version is checked before anything is started.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { problem } from '../../../shared/api/problem.ts';
import { compareVersions } from '../../../shared/domain/versions.ts';
import { readManifest } from './installation.ts';

/** VS Code 1.101's own Node; sources need one that strips types. */
export const oldestRuntime = { bundle: '22.15.0', source: '22.18.0' } as const;

export interface RuntimeQuestion {
  installationRoot: string;
  daemonEntry: string;
  /** The Node that runs now, and its version. */
  execPath: string;
  nodeVersion: string;
}

const nodeInPackage = process.platform === 'win32' ? 'node.exe' : 'node';

/** The path of a Node that can run the daemon. Errors: DAEMON_007. */
export function findRuntime({ installationRoot, daemonEntry, execPath, nodeVersion }: RuntimeQuestion): string {
  const oldest = daemonEntry.endsWith('.ts') ? oldestRuntime.source : oldestRuntime.bundle;
  const suits = (version: string) => compareVersions(version, oldest) >= 0;
  if (suits(nodeVersion)) return execPath;
  const packaged = join(installationRoot, 'node_modules', 'node');
  const binary = join(packaged, 'bin', nodeInPackage);
  const version = readManifest(join(packaged, 'package.json'))?.version;
  if (version && suits(version) && existsSync(binary)) return binary;
  throw problem('DAEMON_007', {
    detail: `The daemon needs Node ${oldest} or newer, and this is Node ${nodeVersion} (${dirname(execPath)}).`,
    next: 'Install Node 24 and try again. In a clone, "npm start" brings its own.',
  });
}
