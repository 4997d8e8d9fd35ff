import type { Handlers } from '../../http/context.ts';
import type { ClientService } from './clients.service.ts';

type Clients = 'listClients' | 'previewClientChange' | 'changeClient' | 'listClientBackups' | 'restoreClientBackup';

export const clientHandlers = (clients: ClientService): Pick<Handlers, Clients> => ({
  listClients: ({ query }) => clients.list(query),
  previewClientChange: ({ params, body }) => clients.preview(params.id, body),
  changeClient: ({ params, body }) => clients.change(params.id, body),
  listClientBackups: ({ query }) => clients.listBackups(query),
  restoreClientBackup: ({ params, body }) => clients.restore(params.id, body.force),
});
