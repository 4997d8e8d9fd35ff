// A `server.json` of the MCP registry (schema 2025-12-11, and 2025-07-09 with its other spelling), as an entry of Docker's.
import * as z from 'zod';
import type { ServerSpec } from './cli/schemas.ts';
import { isLeftOut, LeftOut } from './definition.ts';
import { describe } from './server-yaml.ts';

/** Both spellings of a member: isSecret and is_secret. */
function toCamelCase(value: unknown, depth = 0): unknown {
  if (depth > 20) return value;
  if (Array.isArray(value)) return value.map(each => toCamelCase(each, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      // Below "variables" the keys are names and no members.
      /^[a-z]+(?:_[a-z]+)+$/.test(key) ? key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : key,
      key === 'variables' ? toVariables(each, depth) : toCamelCase(each, depth + 1),
    ]),
  );
}

const toVariables = (value: unknown, depth: number): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toCamelCase(each, depth + 2)]))
    : {};

const Input = z.looseObject({
  description: z.string().nullish(),
  isRequired: z.boolean().nullish(),
  isSecret: z.boolean().nullish(),
  format: z.string().nullish(),
  value: z.string().nullish(),
  default: z.union([z.string(), z.number(), z.boolean()]).nullish(),
  choices: z.array(z.string()).nullish(),
});
type Input = z.infer<typeof Input>;
const InputWithVariables = Input.extend({ variables: z.record(z.string(), Input).nullish() });
const NamedInput = InputWithVariables.extend({ name: z.string().min(1).max(128) });
type NamedInput = z.infer<typeof NamedInput>;
const Argument = InputWithVariables.extend({
  type: z.string().nullish(),
  name: z.string().nullish(),
  valueHint: z.string().nullish(),
});
type Argument = z.infer<typeof Argument>;

const Package = z.looseObject({
  registryType: z.string().nullish(),
  registryName: z.string().nullish(),
  registryBaseUrl: z.string().nullish(),
  identifier: z.string().nullish(),
  name: z.string().nullish(),
  version: z.string().nullish(),
  transport: z.looseObject({ type: z.string().nullish() }).nullish(),
  runtimeArguments: z.array(Argument).nullish(),
  packageArguments: z.array(Argument).nullish(),
  environmentVariables: z.array(NamedInput).nullish(),
});
type Package = z.infer<typeof Package>;

const Remote = z.looseObject({
  type: z.string().nullish(),
  transportType: z.string().nullish(),
  url: z.string().min(1),
  headers: z.array(NamedInput).nullish(),
});
type Remote = z.infer<typeof Remote>;

const ServerJSON = z.looseObject({
  name: z.string().min(1).max(400),
  title: z.string().nullish(),
  description: z.string().nullish(),
  version: z.string().nullish(),
  packages: z.array(Package).nullish(),
  remotes: z.array(Remote).nullish(),
  icons: z.array(z.looseObject({ src: z.string() })).nullish(),
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** True if the document looks like one, alone or in the answer of a registry. */
export const isServerJSON = (document: Record<string, unknown>): boolean =>
  Array.isArray(document['packages']) ||
  Array.isArray(document['remotes']) ||
  (isRecord(document['server']) && isServerJSON(document['server'])) ||
  String(document['$schema'] ?? '').includes('server.schema.json');

/** Without dots and slashes: docker mcp cuts its keys at the first dot, and could not set anything (CONTRACT section 11). */
const toServerName = (name: string): string =>
  name
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 200);

/** Collects what a person has to give: secrets by variable, the rest as settings. */
function createInputs(server: string) {
  const secrets = new Map<string, { name: string; env: string; description?: string }>();
  const properties: Record<string, { type: string; description?: string; default?: unknown; enum?: string[] }> = {};
  const required = new Set<string>();
  const ask = (name: string, { description, isRequired, isSecret, format, default: usual, choices }: Input): string => {
    if (isSecret) {
      const env = name
        .toUpperCase()
        .replaceAll(/[^A-Z0-9_]/g, '_')
        .replace(/^(?=\d)/, '_');
      const key = env.toLowerCase();
      secrets.set(key, { name: `${server}.${key}`, env, ...(description ? { description } : {}) });
      return `\${${env}}`;
    }
    const key = name.replaceAll(/[^A-Za-z0-9_-]/g, '_').replace(/^[^A-Za-z0-9_]+/, '') || 'value';
    const type = format === 'number' || format === 'boolean' ? format : 'string';
    properties[key] = {
      type,
      ...(description ? { description } : {}),
      ...(usual === undefined || usual === null ? {} : { default: usual }),
      ...(choices?.length ? { enum: choices } : {}),
    };
    if (isRequired) required.add(key);
    return `{{${server}.${key}}}`;
  };
  /** The value with its `{variables}` filled in. Undefined: nothing is said of it. */
  const textOf = (name: string, input: NamedInput | (Argument & { name: string })): string | undefined => {
    if (!input.value) {
      const isAsked = input.isSecret || input.isRequired || input.choices?.length || input.description;
      return isAsked ? ask(name, input) : input.default?.toString();
    }
    return input.value.replaceAll(/\{([A-Za-z0-9_.-]+)\}/g, (whole, variable: string) => {
      const known = input.variables && Object.hasOwn(input.variables, variable) ? input.variables[variable] : undefined;
      return known ? ask(variable, known) : whole;
    });
  };
  return { secrets, properties, required, textOf };
}
type Inputs = ReturnType<typeof createInputs>;

/** Docker runs images and talks to remote servers; a package of npm or PyPI is none of these. */
export function fromServerJSON(document: unknown): ServerSpec | LeftOut {
  const parsed = ServerJSON.safeParse(
    toCamelCase(isRecord(document) && isRecord(document['server']) ? document['server'] : document),
  );
  if (!parsed.success) return new LeftOut(describe(parsed.error));
  const { title, description, packages, remotes, icons } = parsed.data;
  const name = toServerName(parsed.data.name);
  const inputs = createInputs(name);
  const image = (packages ?? []).find(isImage);
  const remote = (remotes ?? []).find(each => kindOf(each) !== undefined);
  const runs = image ? fromPackage(image, inputs) : remote ? fromRemote(remote, inputs) : undefined;
  if (!runs) return new LeftOut(whyNot(packages ?? []));
  if (isLeftOut(runs)) return runs;
  const icon = icons?.map(({ src }) => src).find(src => src.startsWith('https://'));
  return {
    name,
    title: title || parsed.data.name.slice(parsed.data.name.lastIndexOf('/') + 1),
    ...(description ? { description } : {}),
    ...(icon ? { icon } : {}),
    ...runs,
    ...collected(name, inputs),
  };
}

const isImage = ({ registryType, registryName, transport }: Package): boolean =>
  ['oci', 'docker'].includes(registryType ?? registryName ?? '') &&
  ['stdio', undefined].includes(transport?.type ?? undefined);

const kindOf = ({ type, transportType }: Remote): string | undefined =>
  ['streamable-http', 'sse'].find(kind => kind === (type ?? transportType));

const whyNot = (packages: readonly Package[]): string => {
  const kinds = [
    ...new Set(packages.map(({ registryType, registryName }) => registryType ?? registryName ?? 'unknown')),
  ];
  return kinds.length === 0
    ? 'It names neither an image nor a remote address.'
    : `It comes as a package of ${kinds.join(', ')}, and docker mcp runs images and remote servers only.`;
};

function toImage({ identifier, name, version, registryBaseUrl }: Package): string {
  const path = identifier ?? name ?? '';
  const host = registryBaseUrl && URL.canParse(registryBaseUrl) ? new URL(registryBaseUrl).host : '';
  const isElsewhere = host !== '' && !/(?:^|\.)docker\.(?:io|com)$/.test(host) && !path.startsWith(`${host}/`);
  const whole = isElsewhere ? `${host}/${path}` : path;
  const isPinned = whole.includes('@') || whole.slice(whole.lastIndexOf('/') + 1).includes(':');
  if (isPinned || !version) return whole;
  return version.startsWith('sha256:') ? `${whole}@${version}` : `${whole}:${version}`;
}

function fromPackage(source: Package, inputs: Inputs): Partial<ServerSpec> | LeftOut {
  const env = (source.environmentVariables ?? []).flatMap(variable => {
    const value = inputs.textOf(variable.name, variable);
    // A secret reaches the container as the variable that it declares.
    return value === undefined || /^\$\{\w+\}$/.test(value) ? [] : [{ name: variable.name, value }];
  });
  const command = (source.packageArguments ?? []).flatMap((argument, at) => toArgument(argument, at, inputs));
  if (command.some(part => /\$\{\w+\}/.test(part))) {
    return new LeftOut('One of its arguments is a secret, which would show in the list of processes.');
  }
  return {
    type: 'server',
    image: toImage(source),
    remote: {},
    ...(env.length > 0 ? { env } : {}),
    ...(command.length > 0 ? { command } : {}),
    ...fromRuntimeArguments(source.runtimeArguments ?? [], inputs),
  };
}

function toArgument(argument: Argument, at: number, inputs: Inputs): string[] {
  const name = argument.name ?? argument.valueHint ?? `argument_${at + 1}`;
  const value = inputs.textOf(name.replace(/^-+/, ''), { ...argument, name });
  if (argument.type !== 'named' || !argument.name) return value === undefined ? [] : [value];
  return value === undefined ? (argument.isRequired ? [argument.name] : []) : [`${argument.name}=${value}`];
}

/** Of the flags of `docker run` those that an entry has a word for. */
function fromRuntimeArguments(args: readonly Argument[], inputs: Inputs): Partial<ServerSpec> {
  const volumes: string[] = [];
  let user: string | undefined;
  for (const [at, argument] of args.entries()) {
    const value = inputs.textOf(argument.valueHint ?? `argument_${at + 1}`, {
      ...argument,
      name: argument.name ?? '',
    });
    if (!value) continue;
    if (argument.name === '-v' || argument.name === '--volume') volumes.push(value);
    if (argument.name === '--mount') volumes.push(...toBind(value));
    if (argument.name === '-u' || argument.name === '--user') user = value;
  }
  return { ...(volumes.length > 0 ? { volumes } : {}), ...(user ? { user } : {}) };
}

/** `type=bind,src=A,dst=B` as `A:B`. */
function toBind(mount: string): string[] {
  const parts = new Map(mount.split(',').map(part => [part.split('=')[0], part.slice(part.indexOf('=') + 1)]));
  const source = parts.get('src') ?? parts.get('source');
  const target = parts.get('dst') ?? parts.get('destination') ?? parts.get('target');
  return source && target ? [`${source}:${target}`] : [];
}

function fromRemote(remote: Remote, inputs: Inputs): Partial<ServerSpec> {
  const headers = (remote.headers ?? []).flatMap(header => {
    const value = inputs.textOf(header.name, header);
    return value === undefined ? [] : [[header.name, value] as const];
  });
  return {
    type: 'remote',
    image: '',
    remote: {
      url: remote.url,
      transport_type: kindOf(remote) ?? 'streamable-http',
      ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
    },
  };
}

function collected(name: string, { secrets, properties, required }: Inputs): Partial<ServerSpec> {
  const config = { name, description: `Settings of ${name}`, type: 'object', properties };
  return {
    ...(secrets.size > 0 ? { secrets: [...secrets.values()] } : {}),
    ...(Object.keys(properties).length > 0
      ? { config: [{ ...config, ...(required.size > 0 ? { required: [...required] } : {}) }] }
      : {}),
  };
}
