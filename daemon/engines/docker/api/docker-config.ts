// What the docker command line keeps in its folder: which context is chosen, where contexts lead, and logins.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** Unknown keys stay: the file belongs to the docker command line. */
export const DockerConfig = z.looseObject({
  currentContext: z.string().optional().catch(undefined),
  auths: z
    .record(
      z.string(),
      z.looseObject({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
        registrytoken: z.string().optional(),
      }),
    )
    .optional()
    .catch(undefined),
  credsStore: z.string().optional().catch(undefined),
  credHelpers: z.record(z.string(), z.string()).optional().catch(undefined),
});
export type DockerConfig = z.infer<typeof DockerConfig>;

const ContextMeta = z.looseObject({
  Name: z.string(),
  Endpoints: z.looseObject({
    docker: z.looseObject({ Host: z.string().default(''), SkipTLSVerify: z.boolean().default(false) }).optional(),
  }),
});

export interface ContextEndpoint {
  host: string;
  skipTlsVerify: boolean;
  /** The folder of ca.pem, cert.pem and key.pem; it need not exist. */
  tlsFolder: string;
}

/** Where the docker command line keeps its settings. */
export const dockerFolder = (environment: Readonly<Record<string, string | undefined>>, home: string): string =>
  environment['DOCKER_CONFIG'] || join(home, '.docker');

/** Empty if it is absent or no JSON: the docker command line warns of that, and goes on with its defaults. */
export async function readDockerConfig(folder: string): Promise<DockerConfig> {
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() => '{}');
  try {
    return DockerConfig.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Undefined if there is no such context, or it has no endpoint for Docker. */
export async function readContext(folder: string, name: string): Promise<ContextEndpoint | undefined> {
  const key = createHash('sha256').update(name).digest('hex');
  try {
    const text = await readFile(join(folder, 'contexts', 'meta', key, 'meta.json'), 'utf8');
    const { docker } = ContextMeta.parse(JSON.parse(text)).Endpoints;
    if (!docker) return undefined;
    return {
      host: docker.Host,
      skipTlsVerify: docker.SkipTLSVerify,
      tlsFolder: join(folder, 'contexts', 'tls', key, 'docker'),
    };
  } catch {
    return undefined;
  }
}
