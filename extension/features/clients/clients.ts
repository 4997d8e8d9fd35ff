import { disposeAll } from '../../platform/commands.ts';
import { type ClientCommandsOptions, registerClientCommands } from './clients.commands.ts';
import { createPreviewDocuments } from './preview-documents.ts';

/** Other programs that use MCP servers. */
export function registerClients(options: Omit<ClientCommandsOptions, 'documents'>) {
  const documents = createPreviewDocuments();
  return disposeAll([documents, registerClientCommands({ ...options, documents })]);
}
