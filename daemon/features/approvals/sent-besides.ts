// What of a call reaches the server besides the name and the arguments: `_meta`, `task`, and what else a client may write.
import { passedMeta } from '../../supervision/revisions.ts';

type Params = Record<string, unknown>;

/** Without what the way itself takes out or sets anew: the token for progress, and what client and gateway tell one another. */
export function besidesOf(params: Params | undefined): Params {
  if (!params) return {};
  const { name, arguments: _, _meta: meta, ...rest } = params;
  const kept = keptOf(meta);
  return kept === undefined ? rest : { ...rest, _meta: kept };
}

function keptOf(meta: unknown): unknown {
  if (!isMembers(meta)) return meta;
  const { progressToken, ...passed } = passedMeta(meta) ?? {};
  return Object.keys(passed).length === 0 ? undefined : passed;
}

const isMembers = (value: unknown): value is Params =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
