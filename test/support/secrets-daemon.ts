// A daemon with secrets in it, and servers that refer to them.
import type { SecretReference } from '../../shared/api/secrets.ts';
import { type InProcessDaemon, startInProcessDaemon } from './in-process-daemon.ts';
import { addTestServer } from './test-server.ts';

/** Nobody else has it: where it is found, it has leaked. */
export const canaryValue = 'canary-5f3a91c07b24';

type Api = InProcessDaemon['api'];

export interface SecretsDaemon {
  readonly daemon: InProcessDaemon;
  addServer(id: string, configuration?: object, script?: string): ReturnType<Api['createServer']>;
  /** Without a value there is none; the canary is what is stored else. */
  add(name: string, serverId: string | null, value?: string): ReturnType<Api['createSecret']>;
  refer(id: string, ...secretReferences: SecretReference[]): ReturnType<Api['updateServer']>;
  start(id: string): ReturnType<Api['startServer']>;
  /** What the server was started with, as it tells itself. */
  environmentOf(id: string): Promise<Record<string, string>>;
}

export async function startSecretsDaemon(): Promise<SecretsDaemon> {
  const daemon = await startInProcessDaemon();
  return {
    daemon,
    addServer: (id, configuration = {}, script = 'echo') => addTestServer(daemon.api, id, script, configuration),
    add: (name, serverId, value = canaryValue) => daemon.api.createSecret({ body: { name, serverId, value } }),
    refer: (id, ...secretReferences) =>
      daemon.api.updateServer({ params: { id }, body: { configuration: { secretReferences } } }),
    start: id => daemon.api.startServer({ params: { id } }),
    async environmentOf(id) {
      const result = await daemon.api.callTool({ params: { id, tool: 'started' } });
      return JSON.parse(String(result.content[0]?.['text'])).environment;
    },
  };
}
