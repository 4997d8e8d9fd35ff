// The volumes that a definition names. A bind of a folder is none, and a name that settings decide is not known.
import * as z from 'zod';

const Volumes = z.object({ volumes: z.array(z.string()).catch([]) }).partial();

/** As Docker allows them: docker/volume/local, `[a-zA-Z0-9][a-zA-Z0-9_.-]*`. */
const name = /^([A-Za-z0-9][A-Za-z0-9_.-]+):\//;

/** Never throws. */
export const namedVolumesOf = (definition: Readonly<Record<string, unknown>>): string[] =>
  (Volumes.safeParse(definition).data?.volumes ?? []).flatMap(volume => name.exec(volume)?.[1] ?? []);

/** Each named volume with the servers that need it. */
export function volumesOfServers(
  servers: readonly { id: string; definition: Readonly<Record<string, unknown>> | null }[],
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { id, definition } of servers) {
    for (const volume of namedVolumesOf(definition ?? {})) found.set(volume, [...(found.get(volume) ?? []), id]);
  }
  return found;
}
