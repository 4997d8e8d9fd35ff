import type { Handlers } from '../../http/context.ts';
import type { ContainerService } from './containers.service.ts';

type Containers =
  | 'listContainers'
  | 'stopContainer'
  | 'readContainerLogs'
  | 'sweepContainers'
  | 'getDiskUse'
  | 'cleanDisk';

export const containerHandlers = (containers: ContainerService): Pick<Handlers, Containers> => ({
  listContainers: ({ query }) => containers.list(query),
  async stopContainer({ params }) {
    await containers.stop(params.id);
    return {};
  },
  readContainerLogs: async ({ params, query }) => ({ lines: await containers.logs(params.id, query.tail) }),
  sweepContainers: ({ body }) => containers.sweep(body.dryRun),
  getDiskUse: () => containers.disk(),
  cleanDisk: ({ body }) => containers.clean(body),
});
