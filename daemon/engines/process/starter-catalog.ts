// The catalog that Quayside brings along: packages that are known to work, pinned by version and integrity.
import type { CatalogOffer } from '../engine.ts';

const version = '2026.8.31';

const common = {
  publisher: 'Model Context Protocol',
  license: 'MIT',
  origin: 'Quayside starter catalog',
  catalog: 'quayside',
  catalogOrigin: 'built-in',
  kind: 'package',
  icon: null,
  readme: null,
  popularity: null,
  definitionDigest: null,
  engine: 'process',
  runsInstallScripts: false,
} as const;

const homepage = (name: string) => `https://github.com/modelcontextprotocol/servers/tree/main/src/${name}`;

const pinned = (name: string, integrity: string) =>
  ({ type: 'npm', package: `@modelcontextprotocol/server-${name}`, version, integrity }) as const;

type Packaged = Omit<CatalogOffer, keyof typeof common | 'nameInCatalog' | 'tags' | 'secretSlots' | 'toolCount'>;

const packages: readonly Packaged[] = [
  {
    id: 'everything',
    title: 'Everything',
    description: 'Shows every feature of the protocol: a server to try things out with.',
    categories: ['reference', 'testing'],
    homepage: homepage('everything'),
    source: pinned(
      'everything',
      'sha512-5U3OZh8Xq0Li4nA26l6uNvV9/1suMDuWSn+NjLZIhzinhMY6N3A4DCrxVecBGPf2PsNFKTEv5krxGPRwzxc7jQ==',
    ),
    configurationSchema: null,
    toolNames: [
      'echo',
      'get-annotated-message',
      'get-env',
      'get-resource-links',
      'get-resource-reference',
      'get-structured-content',
      'get-sum',
      'get-tiny-image',
      'gzip-file-as-resource',
      'toggle-simulated-logging',
      'toggle-subscriber-updates',
      'trigger-long-running-operation',
      'get-roots-list',
      'trigger-elicitation-request',
      'trigger-url-elicitation',
      'trigger-sampling-request',
      'simulate-research-query',
    ],
  },
  {
    id: 'filesystem',
    title: 'Filesystem',
    description: 'Reads, searches and changes files in the folders that you choose, and nowhere else.',
    categories: ['reference', 'files'],
    homepage: homepage('filesystem'),
    source: pinned(
      'filesystem',
      'sha512-kKaFkyAh6oipvc9+EAbJ552JafnMnOq5nzmzWkp1jJdBhTAAGpmIpWihUG1+rfNhmEFM98gUZDdCHCDD4v6a7Q==',
    ),
    // `x-argument` and `format` are read by inputs.ts.
    configurationSchema: {
      type: 'object',
      properties: {
        directories: {
          type: 'array',
          title: 'Folders',
          description: 'The folders that the server may read and change, by their full paths.',
          items: { type: 'string', format: 'directory', minLength: 1, maxLength: 4096 },
          minItems: 1,
          maxItems: 32,
          uniqueItems: true,
          'x-argument': 'positional',
        },
      },
      required: ['directories'],
      additionalProperties: false,
    },
    toolNames: [
      'read_file',
      'read_text_file',
      'read_media_file',
      'read_multiple_files',
      'write_file',
      'edit_file',
      'create_directory',
      'list_directory',
      'list_directory_with_sizes',
      'directory_tree',
      'move_file',
      'search_files',
      'get_file_info',
      'list_allowed_directories',
    ],
  },
  {
    id: 'memory',
    title: 'Memory',
    description: 'Keeps what an agent learns as a graph of entities and relations, in a file on this machine.',
    categories: ['reference', 'memory'],
    homepage: homepage('memory'),
    source: pinned(
      'memory',
      'sha512-ljj/3S4aGjxdNSQWw6gucKKGnTLdBPWxzapyY/MT2tOVyZwvxChvevXSLPwx59nKJAlVpUVW+cOlnVRXRwiqMQ==',
    ),
    configurationSchema: null,
    toolNames: [
      'create_entities',
      'create_relations',
      'add_observations',
      'delete_entities',
      'delete_observations',
      'delete_relations',
      'read_graph',
      'search_nodes',
      'open_nodes',
    ],
  },
  {
    id: 'sequential-thinking',
    title: 'Sequential thinking',
    description: 'Helps an agent to solve a problem in steps that it can revise.',
    categories: ['reference', 'reasoning'],
    homepage: homepage('sequentialthinking'),
    source: pinned(
      'sequential-thinking',
      'sha512-/EMH++1j2e+VmHwpibw1IUPHxA0tcQY09Yo5/OIPwW/8irEKLAufJNGSZQhCK18n8TUvV6WwZyQOuaDKxe/CeQ==',
    ),
    configurationSchema: null,
    toolNames: ['sequentialthinking'],
  },
];

export const starterCatalog: readonly CatalogOffer[] = packages.map(entry => ({
  ...common,
  ...entry,
  nameInCatalog: entry.id,
  tags: [],
  secretSlots: [],
  toolCount: entry.toolNames.length,
}));

/**
 * Variables that a known package needs in order to keep its data in the server's own folder; the user's configuration wins.
 * Without it the memory server writes into its package, and a new install would lose what it holds.
 */
export const defaultEnvironment = (
  packageName: string,
  inWorkFolder: (file: string) => string,
): Record<string, string> =>
  packageName === '@modelcontextprotocol/server-memory' ? { MEMORY_FILE_PATH: inWorkFolder('memory.jsonl') } : {};
