import { disposeAll } from '../../platform/commands.ts';
import { createPreviewDocuments } from '../../platform/preview-documents.ts';
import { type ClientCommandsOptions, registerClientCommands } from './clients.commands.ts';

/** Other programs that use MCP servers. */
export function registerClients(options: Omit<ClientCommandsOptions, 'documents'>) {
  const documents = createPreviewDocuments('quayside-client');
  return disposeAll([documents, registerClientCommands({ ...options, documents })]);
}
