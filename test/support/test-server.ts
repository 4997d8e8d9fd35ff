import type { ApiClient } from '../../shared/api/client.ts';
import type { ServerConfigurationChange } from '../../shared/api/server-configuration.ts';
import { testServerScript } from './fake-engine.ts';

/** Adds a command that runs one of the small servers of mcp-servers/, without starting it. */
export const addTestServer = (
  api: Pick<ApiClient, 'createServer'>,
  id: string,
  script = 'echo',
  configuration: ServerConfigurationChange = {},
): ReturnType<ApiClient['createServer']> =>
  api.createServer({
    body: {
      type: 'command',
      id,
      command: process.execPath,
      configuration: { arguments: [testServerScript(script)], ...configuration },
    },
  });
