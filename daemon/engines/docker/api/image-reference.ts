// Names of images, taken apart as Docker does: [registry/]path[:tag][@digest].
import { problem } from '../../../../shared/api/problem.ts';
import { ImageReference } from '../../../../shared/domain/docker-names.ts';

export interface ReferenceParts {
  /** docker.io if none is named. */
  registry: string;
  /** With "library/" where Docker Hub's own images are meant. */
  path: string;
  /** As it is written, without tag and digest. */
  name: string;
  tag: string | null;
  digest: string | null;
}

/** Errors: DOCKER_011 if it is no reference. */
export function parseReference(reference: string): ReferenceParts {
  if (!ImageReference.safeParse(reference).success) {
    throw problem('DOCKER_011', {
      detail: 'The image has a name that Docker does not know the form of.',
      next: 'A reference looks like registry.example/team/server:v1.',
    });
  }
  const [beforeDigest = '', digest = null] = reference.split('@');
  const lastPart = beforeDigest.slice(beforeDigest.lastIndexOf('/') + 1);
  const colon = lastPart.indexOf(':');
  const tag = colon < 0 ? null : lastPart.slice(colon + 1);
  const name = tag === null ? beforeDigest : beforeDigest.slice(0, -(tag.length + 1));
  const [first = '', ...rest] = name.split('/');
  const isRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = isRegistry ? rest.join('/') : name.includes('/') ? name : `library/${name}`;
  return { registry: isRegistry ? normalRegistry(first) : 'docker.io', path, name, tag, digest };
}

const normalRegistry = (host: string): string => (host === 'index.docker.io' ? 'docker.io' : host);

/** The same image by one spelling, for comparing: docker.io/library/busybox:latest. Undefined if it is no reference. */
export function normalizeReference(reference: string): string | undefined {
  try {
    const { registry, path, tag, digest } = parseReference(reference);
    const version = digest === null ? `:${tag ?? 'latest'}` : `@${digest}`;
    return `${registry}/${path}${version}`;
  } catch {
    return undefined;
  }
}
