// An entry of a catalog file as the profile dialect shows it: fields in the order of the Go structures, empty ones left out.
import { withSortedKeys } from './go-format.mjs';

const isEmpty = value =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  (Array.isArray(value) && value.length === 0);

/** Keeps the named fields in their order, without the empty ones. */
const pick = (value, names) =>
  Object.fromEntries(names.flatMap(name => (isEmpty(value[name]) ? [] : [[name, value[name]]])));

function toTool(tool, isContainer) {
  const shown = {
    name: tool.name,
    description: tool.description ?? '',
    ...(tool.arguments?.length ? { arguments: tool.arguments } : {}),
    ...(tool.annotations ? { annotations: tool.annotations } : {}),
  };
  // Noise that the real one prints for every tool which is no container of its own.
  if (!isContainer)
    return {
      ...shown,
      container: { image: '', command: null, volumes: null },
      parameters: { type: '', properties: null, required: null },
    };
  const { image = '', command = null, volumes = [] } = tool.container ?? {};
  const { type = '', properties = null, required = null } = tool.parameters ?? {};
  return { ...shown, container: { image, command, volumes }, parameters: { type, properties, required } };
}

const order = [
  ['longLived', 'remote'],
  [
    'sseEndpoint',
    'oauth',
    'secrets',
    'env',
    'command',
    'volumes',
    'user',
    'disableNetwork',
    'allowHosts',
    'extraHosts',
    'prefix',
  ],
];

/** The ServerSpec of an entry; without a name for legacy catalogs, where it is the key. */
export function toSpec(name, entry) {
  const spec = {
    ...(name === undefined ? {} : { name }),
    type: entry.type ?? 'server',
    image: entry.image ?? '',
    ...pick(entry, ['description', 'title', 'icon', 'readme']),
    ...pick({ ...entry, remote: entry.remote ?? {} }, order[0]),
    ...pick(entry, order[1]),
  };
  if (entry.tools?.length) spec.tools = entry.tools.map(tool => toTool(tool, entry.type === 'poci'));
  if (entry.config?.length) spec.config = entry.config.map(withSortedKeys);
  if (!isEmpty(entry.metadata)) spec.metadata = entry.metadata;
  return spec;
}

/** The spec without the noise, as YAML has it. */
export function forYaml(spec) {
  const { tools, ...rest } = spec;
  if (!tools) return rest;
  const shown = Object.entries(rest);
  const at = shown.findIndex(([key]) => key === 'config' || key === 'metadata');
  const plainTools = tools.map(({ container, parameters, ...tool }) =>
    container.image ? { ...tool, container, parameters } : tool,
  );
  shown.splice(at < 0 ? shown.length : at, 0, ['tools', plainTools]);
  return Object.fromEntries(shown);
}

/** What stands beside the snapshot in a catalog: the type, and where the server comes from. */
export function toCatalogServer(name, entry) {
  if (entry.type === 'remote')
    return {
      type: 'remote',
      endpoint: entry.remote?.url ?? entry.sseEndpoint,
      snapshot: { server: toSpec(name, entry) },
    };
  return { type: 'image', image: entry.image ?? '', snapshot: { server: toSpec(name, entry) } };
}
