import type { LogOutputChannel } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { toPlainText } from '../../platform/plain-text.ts';
import { readSettings } from '../../platform/settings.ts';

/** What servers write goes to the log, one line each, with the server's name in front. */
export const followServerOutput = (link: DaemonLink, log: LogOutputChannel) =>
  link.onEvent(event => {
    if (event.type !== 'server.output' || !readSettings().serverOutput) return;
    for (const line of event.lines) log.info(`[${event.serverId}] ${toPlainText(line)}`);
  });
