// The containers of MCP servers and what they take on the disk, as the API shows them.
import type { Container, DiskCleaned, DiskUse, Sweep } from '../../../shared/api/containers.ts';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { MCPServer } from '../../../shared/api/servers.ts';
import type { ContainerControl } from '../../engines/docker-engine.ts';
import { pageOfList } from '../../storage/page.ts';

type Server = Pick<MCPServer, 'id' | 'source' | 'profile' | 'nameInProfile'>;

export interface ContainerNeeds {
  /** Undefined: this daemon has no Docker engine. */
  control: ContainerControl | undefined;
  servers(): readonly Server[];
  /** Volumes by the servers that need them; a name without servers is known from a catalog. */
  volumes?(): ReadonlyMap<string, readonly string[]>;
  publish(event: DaemonEvent): void;
}

export interface ContainerFilter {
  server_id?: string | undefined;
  profile?: string | undefined;
  owner?: Container['owner'] | undefined;
}

export interface ContainerService {
  list(query: PageQuery & ContainerFilter): Promise<Page<Container>>;
  stop(id: string): Promise<void>;
  logs(id: string, tail: number): Promise<string[]>;
  sweep(dryRun: boolean): Promise<Sweep>;
  disk(): Promise<DiskUse>;
  clean(what: { images: readonly string[]; volumes: readonly string[] }): Promise<DiskCleaned>;
  close(): void;
}

/** Containers come and go in bursts: at most so often one event for all of it, in milliseconds. */
const tellEvery = 250;

/** Errors: ENGINE_001 without a Docker engine, and those of the engine. */
export function createContainerService(needs: ContainerNeeds): ContainerService {
  let timer: NodeJS.Timeout | undefined;
  const stopListening = needs.control?.onChange(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      needs.publish({ type: 'containers.changed' });
    }, tellEvery);
  });

  const control = (): ContainerControl => {
    if (needs.control) return needs.control;
    throw problem('ENGINE_001', {
      detail: 'This daemon runs without a Docker engine, so there are no containers.',
      next: 'Install Docker, or see "quayside docker" for why it is not used.',
    });
  };

  return {
    async list(query) {
      const servers = needs.servers();
      const all = (await control().list()).map(each => ({ ...each, serverId: serverOf(each, servers) }));
      const found = all.filter(
        each =>
          (query.server_id === undefined || each.serverId === query.server_id) &&
          (query.profile === undefined || each.profile === query.profile) &&
          (query.owner === undefined || each.owner === query.owner),
      );
      return pageOfList(found, query, each => sortText(each, query.sort_by));
    },
    stop: id => control().stop(id),
    logs: (id, tail) => control().logs(id, tail),
    sweep: dryRun => control().sweep(dryRun),
    disk: () => control().disk(neededBy(needs)),
    clean: what => control().clean(what, neededBy(needs)),
    close() {
      clearTimeout(timer);
      stopListening?.();
    },
  };
}

/** Of another client's container nobody knows which server it is, whatever its name. */
const serverOf = (
  { owner, profile, server }: Omit<Container, 'serverId'>,
  servers: readonly Server[],
): string | null =>
  owner === 'other'
    ? null
    : (servers.find(each => each.profile === profile && each.nameInProfile === server)?.id ?? null);

const sortText = (container: Container, key: string): string => {
  const first = { started_at: container.startedAt ?? '', state: container.state }[key] ?? container.server;
  return `${first} ${container.server} ${container.id}`;
};

function neededBy({ servers, volumes }: ContainerNeeds): Map<string, readonly string[]> {
  const needed = new Map<string, readonly string[]>();
  for (const { id, source } of servers()) {
    if (source.type === 'image') needed.set(source.image, [...(needed.get(source.image) ?? []), id]);
  }
  for (const [name, ids] of volumes?.() ?? []) needed.set(`volume://${name}`, ids);
  return needed;
}
