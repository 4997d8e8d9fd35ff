// What an image says of itself: the label io.docker.server.metadata (CONTRACT section 4, docker://).
import { parse as parseYaml } from 'yaml';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import { DockerServerName } from '../../../shared/domain/docker-names.ts';
import { ServerSpec } from './cli/schemas.ts';

export const definitionLabel = 'io.docker.server.metadata';
const mostCharacters = 1_000_000;

/** Errors: DOCKER_011 if it does not describe itself. */
export function readImageDefinition(image: string, labels: Readonly<Record<string, string>>): ServerSpec {
  const text = labels[definitionLabel];
  if (!text) throw notDescribed(image, 'it has no description of a server');
  if (text.length > mostCharacters) throw notDescribed(image, 'its description is too large');
  const parsed = ServerSpec.safeParse(readYaml(text));
  if (!parsed.success || !DockerServerName.safeParse(parsed.data.name).success)
    throw notDescribed(image, 'its description cannot be read');
  return { ...parsed.data, image };
}

/** YAML, of which JSON is a part. */
function readYaml(text: string): unknown {
  try {
    return parseYaml(text, { maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

const notDescribed = (image: string, why: string): ProblemError =>
  problem('DOCKER_011', {
    detail: `${image} cannot be installed by itself: ${why} (the label ${definitionLabel}).`,
    next: 'Install it from a catalog that describes it, or build it with that label.',
  });
