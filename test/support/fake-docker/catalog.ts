import type { ServerSpec } from '../../../daemon/engines/docker/cli/schemas.ts';
import { definitionDigestOf, isLeftOut, toOffer } from '../../../daemon/engines/docker/definition.ts';
import type { CatalogContent, DockerEngine } from '../../../daemon/engines/docker-engine.ts';
import { problem } from '../../../shared/api/problem.ts';

/** The catalog that it begins with. */
export const fakeCatalogRef = 'lab/local:v1';

export const fakeDefinitions: readonly ServerSpec[] = [
  {
    name: 'echo',
    title: 'Echo',
    description: 'Says again what it is told.',
    type: 'server',
    image: 'lab/echo:1',
    tools: ['echo', 'add', 'fail', 'break', 'started'].map(name => ({ name, description: `The tool ${name}` })),
  },
  {
    name: 'probe',
    title: 'Probe',
    description: 'Needs a secret and settings.',
    type: 'server',
    image: 'lab/probe:1',
    secrets: [{ name: 'probe.api_key', env: 'PROBE_API_KEY' }],
    tools: [
      { name: 'echo', description: 'Says it again.' },
      { name: 'add', description: 'Adds.' },
    ],
    config: [
      {
        name: 'probe',
        description: 'Where it runs',
        type: 'object',
        properties: {
          region: { type: 'string' },
          limits: { type: 'object', properties: { max: { type: 'integer' } } },
          verbose: { type: 'boolean' },
        },
        required: ['region'],
      },
    ],
  },
  { name: 'memory', title: 'Memory', description: 'Lists no tools.', type: 'server', image: 'lab/memory:1' },
  { name: 'io.github.acme/tool', title: 'Acme', description: 'A dotted name.', type: 'server', image: 'lab/acme:1' },
];

/** One catalog, of what is defined now. */
export function createFakeCatalogs(
  definitions: ReadonlyMap<string, ServerSpec>,
  refuseIfDown: () => void,
): DockerEngine['catalogs'] {
  const digest = () => definitionDigestOf({ tools: [...definitions.values()] });
  const catalog = () => ({
    id: 'lab.local',
    ref: fakeCatalogRef,
    title: 'Lab',
    digest: digest(),
    source: 'user:cli',
    origin: 'own' as const,
    fixed: false,
  });
  const refuse = async (): Promise<never> => {
    throw problem('CATALOG_004', { detail: 'The fake makes no catalogs.' });
  };
  return {
    async list() {
      refuseIfDown();
      return [catalog()];
    },
    async read(): Promise<CatalogContent> {
      refuseIfDown();
      const entries = [...definitions.values()].flatMap(definition => {
        const offer = toOffer(definition, { ref: fakeCatalogRef, title: 'Lab', origin: 'own' });
        return isLeftOut(offer) ? [] : [{ offer, definition }];
      });
      return { catalog: catalog(), entries, leftOut: [] };
    },
    preview: refuse,
    create: refuse,
    pull: async () => catalog(),
    push: async () => {},
    tag: async () => catalog(),
    remove: async () => {},
  };
}
