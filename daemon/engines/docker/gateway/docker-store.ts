// Values of the vault in Docker's own store, where docker mcp can be handed neither a pipe nor a descriptor. They go there over
// standard input, and stay there: so what was set is on record by its name, and is removed when nobody refers to it any more.
import { createHmac, randomBytes } from 'node:crypto';
import { type ProblemError, problem } from '../../../../shared/api/problem.ts';
import type { StoredSecret, StoredSecretRecords } from '../../docker-engine.ts';
import type { SecretsCli } from '../cli/docker-cli.ts';
import { cliFailureOf, toProblem } from '../cli/to-problem.ts';
import { waitsForDocker } from './gateway-problems.ts';
import type { GatewayPlanOfServer } from './render.ts';

/** A server with what it is to be started with. */
export interface Recipient {
  id: string;
  plan: GatewayPlanOfServer;
}

export interface DockerStore {
  /**
   * Stores the values of these servers that differ from what was stored last. Answers why a server cannot have all of its values,
   * by its id. `again`: only what is still on record, for servers that run. Errors: DOCKER_003 to DOCKER_006, which pass.
   */
  give(recipients: readonly Recipient[], again?: 'again'): Promise<Map<string, ProblemError>>;
  /** What was stored for this server did not arrive: it is stored anew the next time. */
  doubt(serverId: string): void;
  /**
   * Removes what was stored for variables that nobody fills any more. `filled`: the variables of a server. Errors: those of
   * docker mcp; what could not be removed stays on record, and is tried again after a minute at the earliest.
   */
  keep(filled: (serverId: string) => ReadonlySet<string>): Promise<void>;
}

export interface DockerStoreOptions {
  secrets: () => Promise<Pick<SecretsCli, 'set' | 'remove'>>;
  records: StoredSecretRecords;
  now?: () => number;
}

/** Milliseconds. */
const nextTry = 60_000;

interface Value {
  name: string;
  variable: string;
  value: string;
}

/** The values of a plan, each under the name that Docker has for its slot. */
export const valuesToStore = ({ secretSlots, environment }: GatewayPlanOfServer): Value[] =>
  secretSlots.flatMap(({ name, environmentVariable: variable }) => {
    const value = environment[variable];
    return value ? [{ name, variable, value }] : [];
  });

export function createDockerStore({ secrets, records, now = Date.now }: DockerStoreOptions): DockerStore {
  const key = randomBytes(32);
  const digestOf = (value: string): string => createHmac('sha256', key).update(value).digest('base64');
  /** What was set last in this life, by name: never the value itself. */
  const digests = new Map<string, string>();
  /** Names that could not be removed, and when that was. */
  const failedAt = new Map<string, number>();
  let last: Promise<unknown> = Promise.resolve();
  /** One act at a time, so that what was compared is still so when it is set. */
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = last.then(act);
    last = turn.catch(() => {});
    return turn;
  };
  const isOurs = (name: string): boolean => records.all().some(row => row.name === name);

  const setOne = async (serverId: string, { name, variable, value }: Value): Promise<void> => {
    const digest = digestOf(value);
    const wasOurs = isOurs(name);
    // Before it is set: of a daemon that ends in between, the next one knows what to remove.
    records.save({ name, serverId, variable });
    if (digests.get(name) === digest) return;
    digests.delete(name);
    try {
      await (await secrets()).set(name, value);
    } catch (error) {
      // What was certainly not set is not ours to remove.
      if (!wasOurs && !mayHaveHappened(error)) records.remove({ name, serverId, variable });
      throw error;
    }
    digests.set(name, digest);
    failedAt.delete(name);
  };

  const giveOne = async ({ id, plan }: Recipient, values: readonly Value[]): Promise<ProblemError | undefined> => {
    for (const each of values) {
      try {
        await setOne(id, each);
      } catch (error) {
        const failure = toProblem(error, `store the secret ${each.name}`);
        if (waitsForDocker(failure)) throw failure;
        return notStored(plan.server.title, each, failure);
      }
    }
    return undefined;
  };

  const removeName = async (name: string): Promise<void> => {
    digests.delete(name);
    failedAt.set(name, now());
    await removeOne(await secrets(), name);
    failedAt.delete(name);
  };

  return {
    give: (recipients, again) =>
      inTurn(async () => {
        const refused = new Map<string, ProblemError>();
        const taken = new Map<string, { title: string; digest: string }>();
        for (const recipient of recipients) {
          const { id, plan } = recipient;
          const known = again && new Set(records.all().flatMap(row => (row.serverId === id ? [row.variable] : [])));
          const values = valuesToStore(plan).filter(({ variable }) => known?.has(variable) ?? true);
          const clash = values.find(
            ({ name, value }) => (taken.get(name)?.digest ?? digestOf(value)) !== digestOf(value),
          );
          const failure = clash
            ? sameName(plan.server.title, clash, taken.get(clash.name)?.title ?? '')
            : await giveOne(recipient, values);
          if (failure) refused.set(id, failure);
          else
            for (const { name, value } of values)
              taken.set(name, { title: plan.server.title, digest: digestOf(value) });
        }
        return refused;
      }),
    doubt(serverId) {
      for (const row of records.all()) if (row.serverId === serverId) digests.delete(row.name);
    },
    async keep(filled) {
      const isFilled = ({ serverId, variable }: StoredSecret): boolean => filled(serverId).has(variable);
      if (records.all().every(isFilled)) return;
      await inTurn(async () => {
        const all = records.all();
        const [kept, dropped] = [all.filter(isFilled), all.filter(row => !isFilled(row))];
        const inUse = new Set(kept.map(({ name }) => name));
        const failures: unknown[] = [];
        for (const row of dropped) {
          if (now() - (failedAt.get(row.name) ?? -nextTry) < nextTry) continue;
          if (!inUse.has(row.name)) await removeName(row.name).catch(error => failures.push(error));
          if (!failedAt.has(row.name)) records.remove(row);
        }
        if (failures.length > 0) throw failures[0];
      });
    },
  };
}

async function removeOne(secrets: Pick<SecretsCli, 'remove'>, name: string): Promise<void> {
  try {
    await secrets.remove([name]);
  } catch (error) {
    // Somebody else was quicker.
    if (cliFailureOf(error) !== 'not-found') throw error;
  }
}

/** A command that was ended may have done its work before. */
const mayHaveHappened = (error: unknown): boolean =>
  ['timeout', 'cancelled', 'too-large', 'unknown'].includes(cliFailureOf(error) ?? 'unknown');

function notStored(title: string, { name, variable }: Value, failure: ProblemError): ProblemError {
  const why = failure.problem.detail;
  const errors = [
    { path: `/secrets/${variable}`, message: `The secret ${name} could not be handed to Docker’s store.` },
  ];
  const detail = `${title} needs the secret ${name} (variable ${variable}), which could not be handed to Docker’s store. ${why}`;
  if (failure.code === 'DOCKER_007')
    return problem('DOCKER_007', {
      detail,
      next: 'Update Docker Desktop, or install "docker pass", then start the server again.',
      errors,
    });
  return problem('SERVER_011', { detail, next: failure.problem.next, errors });
}

/** The store has one value of a name, for all servers. */
const sameName = (title: string, { name, variable }: Value, other: string): ProblemError =>
  problem('SERVER_011', {
    detail: `${title} and ${other} both need the secret ${name}, with different values, and Docker’s store has one value of a name.`,
    next: `Choose the same secret of the vault for ${variable} of both servers, or run them one at a time.`,
    errors: [{ path: `/secrets/${variable}`, message: `Docker’s store has another value of ${name} now.` }],
  });

/** Where the store is known not to be there, nothing is tried. */
export const withoutStore = ({ server, secretSlots, environment }: GatewayPlanOfServer, why: string): ProblemError => {
  const [first] = valuesToStore({ kind: 'gateway', server, secretSlots, environment });
  const what = first ? `the secret ${first.name} (variable ${first.variable})` : 'its secrets';
  return problem('DOCKER_007', {
    detail: `${server.title} needs ${what}, which cannot be handed to Docker’s store. ${why}`,
    next: 'Update Docker Desktop, or install "docker pass", then start the server again.',
  });
};
