// Secrets as a person works with them: stored, replaced, described and deleted. Values go in; only servers get them out.
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { Secret, SecretDetail, SecretUse } from '../../../shared/api/secrets.ts';
import { limits } from '../../../shared/domain/limits.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { noSuchSecret } from './hand-over.ts';
import type { SecretFilter, SecretRepository } from './secrets.repository.ts';
import type { Vault } from './vault.ts';

export interface NewSecret {
  name: string;
  serverId: string | null;
  value?: string | undefined;
}

export interface SecretService {
  list(filter: SecretFilter): Page<Secret>;
  get(id: string): SecretDetail;
  findByName(name: string): Secret | undefined;
  serverExists(id: string): boolean;
  /** Errors: SECRET_002 to SECRET_005, SECRET_013, SERVER_001, REQUEST_001 if the name is not of that server. */
  create(secret: NewSecret): Secret;
  replaceValue(id: string, value: string): Secret;
  /** Errors: SECRET_007 if servers refer to it and it is not forced. */
  remove(id: string, force: boolean): void;
  uses(id: string, query: PageQuery): Page<SecretUse>;
  /** Tells those who watch. */
  changed(id: string): void;
}

export interface SecretServiceOptions {
  repository: SecretRepository;
  vault: Vault;
  clock: Clock;
  publish: (event: { type: 'secret.changed'; secret: Secret } | { type: 'secret.removed'; secretId: string }) => void;
}

export function createSecretService({ repository, vault, clock, publish }: SecretServiceOptions): SecretService {
  const now = () => toTimestamp(clock.now());
  const stored = (id: string): Secret => {
    const secret = repository.find(id);
    if (!secret) throw noSuchSecret(id);
    return secret;
  };
  const changed = (id: string): Secret => {
    const secret = stored(id);
    publish({ type: 'secret.changed', secret });
    return secret;
  };
  const saveValue = (id: string, value: string): void => {
    const { serverId, version } = stored(id);
    const context = { secretId: id, version: version + 1, owner: serverId };
    const bytes = Buffer.from(value);
    try {
      repository.saveValue(context, vault.seal(context, bytes), now());
    } finally {
      bytes.fill(0);
    }
  };

  const check = ({ name, serverId }: NewSecret): void => {
    if (repository.findByName(name)) throw nameTaken(name);
    if (repository.count() >= limits.secrets) throw tooMany();
    if (serverId === null) return;
    if (!repository.serverExists(serverId)) throw noSuchServer(serverId);
    if (!name.startsWith(`${serverId}.`)) throw nameOfAnother(name, serverId);
  };

  return {
    list: filter => repository.list(filter),
    get: id => ({ ...stored(id), usedBy: repository.usedBy(id) }),
    findByName: name => repository.findByName(name),
    serverExists: id => repository.serverExists(id),
    create(secret) {
      check(secret);
      // Outside of the transaction: a vault that cannot be opened says so before anything is written.
      if (secret.value !== undefined) vault.ensureOpen();
      const id = repository.transaction(() => {
        const made = repository.insert({ name: secret.name, serverId: secret.serverId, at: now() });
        if (secret.value !== undefined) saveValue(made, secret.value);
        return made;
      });
      return changed(id);
    },
    replaceValue(id, value) {
      stored(id);
      saveValue(id, value);
      return changed(id);
    },
    remove(id, force) {
      const { name } = stored(id);
      const usedBy = repository.usedBy(id);
      if (usedBy.length > 0 && !force) throw inUse(name, usedBy);
      repository.remove(id);
      publish({ type: 'secret.removed', secretId: id });
    },
    uses(id, query) {
      stored(id);
      return repository.uses(id, query);
    },
    changed: id => {
      if (repository.find(id)) changed(id);
    },
  };
}

const nameTaken = (name: string): ProblemError =>
  problem('SECRET_002', {
    detail: `A secret is called ${name} already.`,
    next: 'Replace its value, or choose another name.',
  });

const tooMany = (): ProblemError =>
  problem('SECRET_013', {
    detail: `The vault holds ${limits.secrets} secrets, and takes no more.`,
    next: 'Delete those that are not used.',
  });

const noSuchServer = (id: string): ProblemError =>
  problem('SERVER_001', {
    detail: `No server is called "${id}".`,
    next: 'Install the server first, or store the secret for any server.',
  });

const nameOfAnother = (name: string, serverId: string): ProblemError =>
  problem('REQUEST_001', {
    detail: `A secret of "${serverId}" has a name that starts with "${serverId}.", and "${name}" does not.`,
    next: 'Choose a name of that form, or store the secret for any server.',
  });

function inUse(name: string, usedBy: SecretDetail['usedBy']): ProblemError {
  const places = usedBy.slice(0, 5).map(({ serverId, place }) => `${serverId} (${place})`);
  const more = usedBy.length > places.length ? ` and ${usedBy.length - places.length} more` : '';
  return problem('SECRET_007', {
    detail: `${name} is used by ${places.join(', ')}${more}.`,
    next: 'Remove these references first, or delete it with force.',
  });
}
