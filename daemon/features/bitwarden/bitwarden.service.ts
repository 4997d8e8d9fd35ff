// Bitwarden as a source of secrets: what is mapped, when it is synchronised, and how all of that stands.
import type { BitwardenItem, BitwardenMapping, BitwardenStatus, BitwardenSync } from '../../../shared/api/bitwarden.ts';
import { isProblemError, type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { pageOfList } from '../../storage/page.ts';
import type { Account, Login } from './account.ts';
import type { BitwardenRepository } from './bitwarden.repository.ts';
import { type ApplyBy, applySync, planSync, type SynchronisedSecrets, summarise, toRow } from './sync.ts';

export interface NewMapping {
  itemId: string;
  part: string;
  secretName: string;
  serverId: string | null;
}

interface Settings {
  autoLockMinutes?: number | null | undefined;
  syncEveryMinutes?: number | null | undefined;
}

export interface BitwardenService {
  status(): Promise<BitwardenStatus>;
  /** What is undefined stays as it is. */
  configure(settings: Settings): Promise<BitwardenStatus>;
  login(login: Login): Promise<BitwardenStatus>;
  unlock(password: string): Promise<BitwardenStatus>;
  lock(): Promise<BitwardenStatus>;
  logout(): Promise<BitwardenStatus>;
  items(query: PageQuery & { q?: string | undefined }): Promise<Page<BitwardenItem>>;
  mappings(query: PageQuery): Page<BitwardenMapping>;
  /** Errors: those of `items`, BITWARDEN_007, BITWARDEN_008, SECRET_002, SERVER_001, REQUEST_001. */
  map(mapping: NewMapping): Promise<BitwardenMapping>;
  /** What there was. Errors: BITWARDEN_007. */
  unmap(id: string): BitwardenMapping;
  /** Errors: BITWARDEN_001 to _004, _006, SECRET_003. */
  sync(apply: boolean, by: Omit<ApplyBy, 'mayRemove'>): Promise<BitwardenSync>;
  /** Locks what nobody has used for long, and synchronises if it is time. Never rejects. */
  tick(): Promise<void>;
}

export interface ServiceOptions {
  account: Account;
  repository: BitwardenRepository;
  secrets: SynchronisedSecrets;
  audit: AuditSink;
  clock: Clock;
  onChanged: () => void;
  onFailure: (error: unknown) => void;
}

const minuteMs = 60_000;

export function createBitwardenService(options: ServiceOptions): BitwardenService {
  const { account, repository, secrets, audit, clock, onChanged, onFailure } = options;
  const now = () => toTimestamp(clock.now());
  const startedAt = clock.now();
  let triedAt: number | null = null;

  const nextSyncAt = (): number | null => {
    const { syncEveryMinutes, lastSyncAt } = repository.account();
    if (syncEveryMinutes === null) return null;
    const last = Math.max(triedAt ?? 0, lastSyncAt === null ? 0 : Date.parse(lastSyncAt));
    return last === 0 ? startedAt : last + syncEveryMinutes * minuteMs;
  };
  const isOverdue = (): boolean => {
    const { syncEveryMinutes, lastSyncAt } = repository.account();
    if (syncEveryMinutes === null || lastSyncAt === null) return false;
    return clock.now() > Date.parse(lastSyncAt) + 2 * syncEveryMinutes * minuteMs;
  };

  const status = async (): Promise<BitwardenStatus> => {
    const { keyId: _, ...stored } = repository.account();
    const state = await account.state();
    const mappings = repository.allMappings();
    const isCut = account.problem !== null || state === 'logged-out' || state === 'not-installed' || isOverdue();
    const next = nextSyncAt();
    return {
      ...stored,
      state,
      version: await account.version(),
      problem: account.problem?.problem ?? null,
      stale: isCut && mappings.some(({ syncedAt, secretId }) => syncedAt !== null && secretId !== null),
      mappings: mappings.length,
      nextSyncAt: next === null ? null : toTimestamp(next),
    };
  };
  const after = async (act: Promise<void>): Promise<BitwardenStatus> => {
    await act;
    return await status();
  };

  const synchronise = async (apply: boolean, by: ApplyBy): Promise<BitwardenSync> => {
    secrets.ensureOpen();
    triedAt = clock.now();
    const isByPerson = by.mayRemove;
    return await account.pull(items => {
      const steps = planSync(repository.allMappings(), items, secrets);
      if (!apply) return { applied: false, items: steps.map(toRow) };
      const rows = applySync(steps, by, { repository, secrets, audit, now });
      repository.saveSummary(summarise(rows));
      return { applied: true, items: rows };
    }, isByPerson);
  };

  const recordOwn = (action: string, error: unknown = null): void => {
    const code = isProblemError(error) ? error.code : null;
    const outcome = error === null ? 'allowed' : 'failed';
    audit.record({ principal: 'daemon', action, resource: 'by itself', outcome, code, requestId: null });
  };
  const lockIfIdle = async (): Promise<void> => {
    const { autoLockMinutes } = repository.account();
    if (autoLockMinutes === null || !account.isUnlocked) return;
    if (clock.now() < account.usedAt + autoLockMinutes * minuteMs) return;
    await account.lock();
    recordOwn('lockBitwarden');
  };
  const syncIfDue = async (): Promise<void> => {
    const due = nextSyncAt();
    if (due === null || due > clock.now() || !account.isUnlocked || repository.allMappings().length === 0) return;
    try {
      await synchronise(true, { principal: 'daemon', requestId: null, mayRemove: false });
      recordOwn('syncBitwarden');
    } catch (error) {
      recordOwn('syncBitwarden', error);
      if (!isProblemError(error)) throw error;
    }
  };

  return {
    status,
    async configure(change) {
      const before = repository.account();
      const { autoLockMinutes = before.autoLockMinutes, syncEveryMinutes = before.syncEveryMinutes } = change;
      repository.saveSettings({ autoLockMinutes, syncEveryMinutes });
      onChanged();
      return await status();
    },
    login: given => after(account.login(given)),
    unlock: password => after(account.unlock(password)),
    lock: () => after(account.lock()),
    logout: () => after(account.logout()),
    async items({ q = '', ...query }) {
      const wanted = q.toLowerCase();
      const found = (await account.list()).filter(({ name }) => name.toLowerCase().includes(wanted));
      return pageOfList(found, query, ({ name }) => name);
    },
    mappings: repository.mappings,
    async map(given) {
      const item = (await account.list()).find(({ id }) => id === given.itemId);
      if (!item) throw noSuchItem(given.itemId);
      if (!item.parts.includes(given.part)) throw cannotBeUsed(item, given.part);
      const serverId = checkTarget(given, repository, secrets);
      const mapping = repository.addMapping({ ...given, serverId, itemName: item.name }, now());
      onChanged();
      return mapping;
    },
    unmap(id) {
      const mapping = repository.findMapping(id);
      if (!mapping) throw noSuchMapping(id);
      repository.removeMapping(id);
      if (mapping.secretId !== null) secrets.release(mapping.secretId);
      onChanged();
      return mapping;
    },
    sync: (apply, by) => synchronise(apply, { ...by, mayRemove: true }),
    async tick() {
      try {
        await syncIfDue();
        await lockIfIdle();
      } catch (error) {
        onFailure(error);
      }
    },
  };
}

/** The server that the secret is for. One that is there keeps its own. */
function checkTarget(given: NewMapping, repository: BitwardenRepository, secrets: SynchronisedSecrets): string | null {
  const { secretName, serverId } = given;
  if (repository.findMappingOf(secretName)) {
    throw problem('SECRET_002', {
      detail: `${secretName} comes from another item of Bitwarden already.`,
      next: 'End that mapping first, or choose another name.',
    });
  }
  const known = secrets.find(secretName);
  if (known) return known.serverId;
  if (serverId === null) return null;
  if (!secrets.serverExists(serverId)) {
    throw problem('SERVER_001', {
      detail: `No server is called "${serverId}".`,
      next: 'Install the server first, or take the secret over for any server.',
    });
  }
  if (secretName.startsWith(`${serverId}.`)) return serverId;
  throw problem('REQUEST_001', {
    detail: `A secret of "${serverId}" has a name that starts with "${serverId}.", and "${secretName}" does not.`,
    next: 'Choose a name of that form, or take the secret over for any server.',
  });
}

const noSuchItem = (id: string): ProblemError =>
  problem('BITWARDEN_007', {
    detail: `There is no item with the id "${id}", as of the last synchronisation.`,
    next: 'The list of items shows the ids; synchronise if it is new.',
  });

export const noSuchMapping = (id: string): ProblemError =>
  problem('BITWARDEN_007', { detail: `There is nothing with the id "${id}".`, next: 'The list shows the ids.' });

function cannotBeUsed({ name, parts, left }: BitwardenItem, part: string): ProblemError {
  const why = part.startsWith('attachment:')
    ? 'Attachments are not taken over.'
    : part === 'login.totp'
      ? 'The key of a second factor is not taken over.'
      : left[0]?.startsWith('Bitwarden asks')
        ? left[0]
        : `It has no ${part} with a value, or several.`;
  const next = parts.length > 0 ? `These can be: ${parts.slice(0, 20).join(', ')}.` : 'Choose another item.';
  return problem('BITWARDEN_008', { detail: `"${name}": ${why}`, next });
}
