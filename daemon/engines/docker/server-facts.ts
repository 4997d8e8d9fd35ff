// What a definition says of a server, for those who know no driver.
import type { SecretSlot } from '../../../shared/api/server-configuration.ts';
import type { JSONSchema } from '../../../shared/domain/json-schema.ts';
import type { WireTool } from '../../supervision/session.ts';
import { ServerSpec, type ToolSpec } from './cli/schemas.ts';
import { configurationSchemaOf } from './config-schema.ts';
import { secretSlotsOf, toolNamesOf } from './definition.ts';

export interface ServerFacts {
  /** What its settings may be; null: it has none. */
  settingsSchema: JSONSchema | null;
  secretSlots: SecretSlot[];
  /** As far as the definition has them; many have none before they have run. */
  tools: WireTool[];
}

const nothing: ServerFacts = { settingsSchema: null, secretSlots: [], tools: [] };

/** Never throws: a definition that cannot be read says nothing. */
export function describeDefinition(definition: Readonly<Record<string, unknown>>): ServerFacts {
  const { data: spec } = ServerSpec.safeParse(definition);
  if (!spec) return nothing;
  const names = new Set(toolNamesOf(spec));
  return {
    settingsSchema: configurationSchemaOf(spec),
    secretSlots: secretSlotsOf(spec),
    tools: (spec.tools ?? []).filter(({ name }) => names.delete(name)).map(toWireTool),
  };
}

const types = new Set(['string', 'integer', 'number', 'boolean', 'object', 'array']);

function toWireTool({ name, description, arguments: args, annotations }: ToolSpec): WireTool {
  const properties = (args ?? []).map(({ name: argument, type, items, desc }) => [
    argument,
    { ...(types.has(type) ? { type } : {}), ...(items ? { items: { type: items.type } } : {}), description: desc },
  ]);
  const required = (args ?? []).flatMap(argument => (argument.optional === true ? [] : [argument.name]));
  return {
    name,
    description,
    inputSchema: { type: 'object', properties: Object.fromEntries(properties), required },
    ...(annotations ? { annotations: { ...annotations } } : {}),
  };
}
