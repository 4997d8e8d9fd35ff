import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { workspace } from 'vscode';
import { settings as ids } from './contributions.ts';

export interface Settings {
  port: number;
  /** 0: the daemon stays until it is stopped. */
  idleExitMinutes: number;
  /** An absolute path, or empty for the usual place. */
  stateFolder: string;
  serverOutput: boolean;
  offerServersToAgents: boolean;
  commandInTerminal: boolean;
}

/** Read anew each time: the editor keeps them in memory. */
export function readSettings(): Settings {
  const get = <T>(id: string, usual: T): T => workspace.getConfiguration().get<T>(id) ?? usual;
  return {
    port: get(ids.port, 8083),
    idleExitMinutes: get(ids.idleExitMinutes, 5),
    stateFolder: toFolder(get(ids.stateFolder, '')),
    serverOutput: get(ids.serverOutput, true),
    offerServersToAgents: get(ids.offerServersToAgents, true),
    commandInTerminal: get(ids.commandInTerminal, true),
  };
}

/** A relative path would mean another folder in each window, so it is taken from the home folder. */
function toFolder(value: string): string {
  const path = value.trim();
  if (path === '' || isAbsolute(path)) return path;
  return join(homedir(), path.replace(/^~[/\\]?/, ''));
}
