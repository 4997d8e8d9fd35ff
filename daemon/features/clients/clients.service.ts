// Connects other programs to a Docker profile by docker mcp's own command, which rewrites their file and drops its comments:
// so it is shown before, backed up, compared after, and can be undone byte for byte.
import { dirname, sep } from 'node:path';
import type {
  ClientBackup,
  ClientChange,
  ClientChanged,
  ClientPreview,
  McpClient,
} from '../../../shared/api/clients.ts';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { pageOfList } from '../../storage/page.ts';
import type { ClientBackups, StoredBackup } from './client-backups.repository.ts';
import { hasComments, shownText, unifiedDiff } from './client-diff.ts';
import { type FoundFile, readClientFile, restoreFile, revisionOf } from './client-file.ts';

type Place = Pick<ClientChange, 'scope' | 'folder'>;

export interface ClientNeeds {
  backups: ClientBackups;
  clock: Clock;
  publish(event: DaemonEvent): void;
  /** The user's home: files for this user must not lead out of it. */
  home: string;
  /** Takes the vault's own values out of a text. */
  redact(text: string): string;
  /** Undefined: it is not known, so docker mcp is left to say it. */
  hasProfile(id: string): boolean | undefined;
  control: {
    list(place: Place): Promise<McpClient[]>;
    change(client: string, change: ClientChange): Promise<void>;
    fileOf(client: string, place: Place): string | null;
    predict(client: string, change: ClientChange, before: string | undefined): Promise<string | null>;
  };
}

export interface ClientService {
  list(query: PageQuery & Place): Promise<Page<McpClient>>;
  preview(id: string, change: ClientChange): Promise<ClientPreview>;
  change(id: string, change: ClientChange & { revision: string }): Promise<ClientChanged>;
  listBackups(query: PageQuery): Promise<Page<ClientBackup>>;
  restore(id: string, force: boolean): Promise<ClientBackup>;
}

export function createClientService(needs: ClientNeeds): ClientService {
  const { backups, control, clock } = needs;
  const inOrder = createQueue();
  const show = (text: string) => shownText(text, needs.redact);
  const textOf = (bytes: Buffer | undefined) => bytes?.toString('utf8') ?? '';

  const getClient = async (id: string, place: Place): Promise<McpClient> => {
    const client = (await control.list(place)).find(each => each.id === id);
    if (client) return client;
    throw problem('CLIENT_001', {
      detail: `docker mcp knows no client "${id}"${place.scope === 'project' ? ' for projects' : ''}.`,
      next: 'List those that it knows with "quayside clients".',
    });
  };
  const find = async (id: string, change: ClientChange): Promise<FoundFile & { client: McpClient }> => {
    const client = await getClient(id, change);
    if (change.action === 'connect' && change.profile !== undefined && needs.hasProfile(change.profile) === false)
      throw noProfile(change.profile);
    const file = control.fileOf(id, change);
    if (file === null) throw unknownFile(client);
    if (!client.supported) throw unsupported(client);
    if (change.action === 'disconnect' && !client.connected) throw notConnected(client);
    return { client, ...(await readClientFile(file, rootOf(file, needs.home))) };
  };
  const present = async (backup: StoredBackup): Promise<ClientBackup> => {
    const { madeOf, ...rest } = backup;
    const now = await currentRevision(backup, needs.home);
    return { ...rest, changedSince: now !== (await expected(backup, backups)) };
  };

  const change: ClientService['change'] = async (id, { revision, ...change }) => {
    const before = await find(id, change);
    if (revisionOf(before.bytes) !== revision) throw changedMeanwhile(before.file);
    const { file, target } = before;
    const madeAt = toTimestamp(clock.now());
    const backup = await backups.keep({ client: id, file, action: change.action, madeAt }, before.bytes);
    try {
      await control.change(id, change);
      const after = await readClientFile(file, rootOf(file, needs.home));
      if (isBroken(file, after.bytes)) throw broken(file);
      if (change.action === 'connect' && !namesEntry(after.bytes)) {
        // It has written somewhere else, where there is no backup.
        await control.change(id, { ...change, action: 'disconnect' }).catch(() => {});
        throw elsewhere(file);
      }
      const stored = backups.changed(backup.id, revisionOf(after.bytes));
      const client = await getClient(id, change).catch(() => before.client);
      const diff = unifiedDiff(file, show(textOf(before.bytes)), show(textOf(after.bytes)));
      return { client, backup: await present(stored), diff };
    } catch (error) {
      // Untouched if docker mcp has not got as far as the file.
      if ((await currentRevision(backup, needs.home)) !== revision) await restoreFile(target, before.bytes);
      await backups.discard(backup.id);
      throw error;
    } finally {
      needs.publish({ type: 'clients.changed' });
    }
  };

  const restore: ClientService['restore'] = async (id, force) => {
    const backup = backups.find(id);
    if (!backup) throw noBackup(id);
    const { target, bytes: now } = await readClientFile(backup.file, rootOf(backup.file, needs.home));
    const bytes = await backups.bytesOf(backup).catch(() => {
      throw noBackup(id);
    });
    if (revisionOf(now) !== revisionOf(bytes)) {
      const wasChanged = revisionOf(now) !== backup.madeOf;
      if (wasChanged && !force) throw changedMeanwhile(backup.file);
      // What a forced undo takes away can be had back as well.
      if (wasChanged) {
        const { client, file, action } = backup;
        const kept = await backups.keep({ client, file, action, madeAt: toTimestamp(clock.now()) }, now);
        backups.changed(kept.id, revisionOf(bytes));
      }
      await restoreFile(target, bytes);
    }
    needs.publish({ type: 'clients.changed' });
    return await present(backups.restored(id, toTimestamp(clock.now())));
  };

  return {
    async list({ scope, folder, ...query }) {
      const clients = await control.list({ scope, folder });
      return pageOfList(clients, query, client => (query.sort_by === 'id' ? client.id : client.title));
    },
    async preview(id, change) {
      const { file, bytes } = await find(id, change);
      const text = bytes === undefined ? undefined : textOf(bytes);
      const predicted = await control.predict(id, change, text);
      const before = show(text ?? '');
      const after = predicted === null ? notPredicted : show(predicted);
      return {
        file,
        exists: bytes !== undefined,
        before,
        after,
        diff: predicted === null ? '' : unifiedDiff(file, before, after),
        losesComments: text !== undefined && losesComments(file, text),
        revision: revisionOf(bytes),
      };
    },
    change: (id, body) => inOrder(() => change(id, body)),
    async listBackups(query) {
      const page = backups.list(query);
      return { ...page, items: await Promise.all(page.items.map(present)) };
    },
    restore: (id, force) => inOrder(() => restore(id, force)),
  };
}

/** YAML is written with its comments; JSON and TOML are made anew. */
const losesComments = (file: string, text: string): boolean =>
  file.endsWith('.json') ? hasComments(text) : file.endsWith('.toml') && /^\s*#/m.test(text);

/** Shown in place of the text. */
const notPredicted =
  'What docker mcp will write cannot be told before. The change will be shown when it is done, and it can be undone byte for byte.';

const projectFile = /^(.*?)[\\/](?:\.mcp\.json|\.crush\.json|\.(?:vscode|cursor|kiro[\\/]settings)[\\/]mcp\.json)$/;

/** Where the file may really lie: in its project, in the user's home, or in the folder that a variable names. */
function rootOf(file: string, home: string): string {
  const project = projectFile.exec(file)?.[1];
  if (project !== undefined) return project || '/';
  return file.startsWith(home.endsWith(sep) ? home : home + sep) ? home : dirname(file);
}

async function currentRevision(backup: StoredBackup, home: string): Promise<string | undefined> {
  try {
    return revisionOf((await readClientFile(backup.file, rootOf(backup.file, home))).bytes);
  } catch {
    return undefined;
  }
}

/** What the file is if nobody has touched it since. Of a change that was interrupted only the original is known. */
async function expected(backup: StoredBackup, backups: ClientBackups): Promise<string> {
  if (backup.restoredAt === null && backup.madeOf !== '') return backup.madeOf;
  return revisionOf(await backups.bytesOf(backup).catch(() => undefined));
}

/** Whether docker mcp has left something that the client cannot read. */
function isBroken(file: string, bytes: Buffer | undefined): boolean {
  if (bytes === undefined || !file.endsWith('.json')) return false;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value !== 'object' || value === null;
  } catch {
    return true;
  }
}

/** The name by which docker mcp knows its entry again; some clients take letters alone. */
const namesEntry = (bytes: Buffer | undefined): boolean => /MCP_DOCKER|mcpdocker/.test(bytes?.toString('utf8') ?? '');

/** One after the other: each of them reads, writes and reads again. */
function createQueue(): <T>(act: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return act => {
    const next = last.then(act, act);
    last = next.catch(() => {});
    return next;
  };
}

const noProfile = (id: string) =>
  problem('PROFILE_001', { detail: `There is no profile "${id}".`, next: 'Choose one that exists.' });
const unknownFile = ({ title }: McpClient) =>
  problem('CLIENT_002', {
    detail: `It is not known which file of ${title} docker mcp would change, so there could be no backup.`,
    next: 'Connect it with "docker mcp client connect" yourself, or from inside a git project.',
  });
const unsupported = ({ title }: McpClient) =>
  problem('CLIENT_002', { detail: `docker mcp cannot connect ${title} on this system.` });
const notConnected = ({ title }: McpClient) =>
  problem('CLIENT_002', { detail: `${title} is not connected.`, next: 'There is nothing to do.' });
const changedMeanwhile = (file: string) =>
  problem('CLIENT_003', {
    detail: `${file} is not what it was when it was last looked at.`,
    next: 'Look at it again, then repeat the change; or undo it with force.',
  });
const broken = (file: string) =>
  problem('CLIENT_002', {
    detail: `docker mcp left ${file} in a state that cannot be read. It was put back as it was.`,
    next: 'Correct the file, and try again.',
  });
const elsewhere = (file: string) =>
  problem('CLIENT_002', {
    detail: `docker mcp did not write to ${file}: this version seems to use another file, of which there is no backup. The client was disconnected again.`,
    next: 'Connect it with "docker mcp client connect" yourself.',
  });
const noBackup = (id: string) =>
  problem('CLIENT_004', { detail: `There is no backup "${id}", or its bytes are gone.`, next: 'List the backups.' });
