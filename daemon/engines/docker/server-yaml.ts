// A `server.yaml` of docker/mcp-registry, from which Docker makes the entries of its catalog, as such an entry.
import * as z from 'zod';
import type { ServerSpec } from './cli/schemas.ts';
import { LeftOut } from './definition.ts';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const map = z.record(z.string(), z.unknown());

const ServerYAML = z.looseObject({
  name: z.string().min(1),
  image: z.string().nullish(),
  type: z.string().nullish(),
  longLived: z.boolean().nullish(),
  meta: z.looseObject({ category: z.string().nullish(), tags: z.array(z.string()).nullish() }).nullish(),
  about: z
    .looseObject({ title: z.string().nullish(), description: z.string().nullish(), icon: z.string().nullish() })
    .nullish(),
  source: z.looseObject({ project: z.string().nullish(), upstream: z.string().nullish() }).nullish(),
  run: z
    .looseObject({
      command: z.array(text).nullish(),
      volumes: z.array(text).nullish(),
      env: z.record(z.string(), text).nullish(),
      user: text.nullish(),
      disableNetwork: z.boolean().nullish(),
      allowHosts: z.array(z.string()).nullish(),
    })
    .nullish(),
  config: z
    .looseObject({
      description: z.string().nullish(),
      secrets: z
        .array(
          z.looseObject({
            name: z.string(),
            env: z.string(),
            example: text.nullish(),
            description: z.string().nullish(),
            required: z.boolean().nullish(),
          }),
        )
        .nullish(),
      env: z
        .array(z.looseObject({ name: z.string(), value: text.nullish(), example: z.unknown().optional() }))
        .nullish(),
      parameters: z
        .looseObject({ type: z.string().nullish(), properties: map.nullish(), required: z.array(z.string()).nullish() })
        .nullish(),
    })
    .nullish(),
  oauth: z
    .array(z.looseObject({ provider: z.string(), secret: z.string().nullish(), env: z.string().nullish() }))
    .nullish(),
  remote: z
    .looseObject({
      url: z.string().nullish(),
      transport_type: z.string().nullish(),
      headers: z.record(z.string(), text).nullish(),
    })
    .nullish(),
});
type ServerYAML = z.infer<typeof ServerYAML>;

/** True if the document looks like one: what it is about stands apart from how it is run. */
export const isServerYAML = (document: Record<string, unknown>): boolean =>
  typeof document['name'] === 'string' &&
  ['about', 'run', 'source'].some(key => key in document) &&
  !('registry' in document);

/** Members that are there and say something. */
const present = <T extends Record<string, unknown>>(members: T) =>
  Object.fromEntries(
    Object.entries(members).filter(
      ([, value]) => value !== undefined && value !== null && value !== '' && value !== false,
    ),
  );

/** As Docker's own generator does it, with the defaults that it takes for an image of its own. */
export function fromServerYAML(document: unknown): ServerSpec | LeftOut {
  const parsed = ServerYAML.safeParse(document);
  if (!parsed.success) return new LeftOut(describe(parsed.error));
  const server = parsed.data;
  const { name, about, run, remote } = server;
  const type = server.type ?? (remote?.url ? 'remote' : 'server');
  const description = (about?.description ?? '').trim().replaceAll(/\s*\n\s*/g, ' ');
  return {
    name,
    type,
    image: server.image ?? (type === 'server' ? `mcp/${name}` : ''),
    title: about?.title ?? name,
    ...present({ description, icon: about?.icon, longLived: server.longLived, user: run?.user }),
    remote: present({ url: remote?.url, transport_type: remote?.transport_type, headers: remote?.headers }),
    ...toLists(server),
    ...(run?.disableNetwork ? { disableNetwork: true } : {}),
    ...toConfig(server),
    metadata: { ...present({ category: server.meta?.category }), tags: server.meta?.tags ?? [] },
  };
}

function toLists({ run, config, oauth }: ServerYAML): Partial<ServerSpec> {
  const environment = [
    ...(config?.env ?? []).flatMap(({ name, value }) => (value ? [{ name, value }] : [])),
    ...Object.entries(run?.env ?? {}).map(([name, value]) => ({ name, value })),
  ];
  const secrets = (config?.secrets ?? []).map(({ name, env, ...more }) => {
    const { example, description, required } = more;
    return { name, env, ...present({ example, description }), ...(required === false ? { required } : {}) };
  });
  const providers = (oauth ?? []).map(({ provider, secret, env }) => ({ provider, ...present({ secret, env }) }));
  return {
    ...(secrets.length > 0 ? { secrets } : {}),
    ...(environment.length > 0 ? { env: environment } : {}),
    ...(run?.command?.length ? { command: run.command } : {}),
    ...(run?.volumes?.length ? { volumes: run.volumes } : {}),
    ...(run?.allowHosts?.length ? { allowHosts: run.allowHosts } : {}),
    ...(providers.length > 0 ? { oauth: { providers } } : {}),
  };
}

function toConfig({ name, config }: ServerYAML): Partial<ServerSpec> {
  const { properties, required, ...more } = config?.parameters ?? {};
  if (!properties || Object.keys(properties).length === 0) return {};
  const members = Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) => {
      const member = map.safeParse(value);
      return member.success ? [[key, member.data]] : [];
    }),
  );
  const description = config?.description ?? `Settings of ${name}`;
  const object = { ...more, name, description, type: 'object', properties: members };
  return { config: [{ ...object, ...(required?.length ? { required } : {}) }] };
}

/** The first thing that is wrong, in words. */
export const describe = (error: z.ZodError): string => {
  const [issue] = error.issues;
  const place =
    issue && issue.path.length > 0
      ? `"${issue.path.join('.').slice(0, 100)}" is not as it should be`
      : 'It is no server';
  return `${place}: ${(issue?.message ?? 'unknown').slice(0, 150)}.`;
};
