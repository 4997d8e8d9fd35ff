import { homedir } from 'node:os';
import { join } from 'node:path';
import { discoveryFile, stateFolder } from '../../shared/domain/discovery.ts';

/** Where a daemon lives: one folder is one daemon. */
export interface DaemonPlace {
  home: string;
  discoveryFile: string;
  logFile: string;
  /** What the daemon wrote before its log was open, such as the crash of its own runtime. */
  startLogFile: string;
}

/** The place of this user's daemon. `chosen`: a folder from the settings, or empty. */
export function daemonPlace(chosen: string, environment: Readonly<Record<string, string | undefined>>): DaemonPlace {
  const place = {
    platform: process.platform,
    home: homedir(),
    environment: chosen === '' ? environment : { ...environment, QUAYSIDE_HOME: chosen },
  };
  const home = stateFolder(place);
  return {
    home,
    discoveryFile: discoveryFile(place),
    logFile: join(home, 'daemon.log'),
    startLogFile: join(home, 'daemon-start.log'),
  };
}
