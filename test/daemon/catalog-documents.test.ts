// Files that become catalogs: the three formats, and how they are handed over.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { readCatalogDocument, toLegacyDocument } from '../../daemon/engines/docker/catalog-document.ts';

/** The one server of a file, without the members that say nothing. */
const only = (content: string) => {
  const { servers, leftOut, format } = readCatalogDocument(content);
  assert.deepEqual(leftOut, []);
  assert.equal(servers.length, 1);
  return { format, server: JSON.parse(JSON.stringify(servers[0])) };
};

describe('a file that becomes a catalog', () => {
  it('is a catalog in Docker’s older YAML', () => {
    const { format, title, name, servers, leftOut } = readCatalogDocument(`
version: 3
name: local-lab
displayName: Local Lab Catalog
registry:
  probe:
    type: server
    image: mcp-local/probe:1
    title: Probe
    secrets: [{ name: probe.api_key, env: PROBE_API_KEY, example: abc }]
  one-shot: { type: poci, description: Old. }
  nothing: { type: server, image: "--privileged" }
  text: hello
  wrong: { type: server, image: a/b, command: { no: list } }
  "bad name!": { type: server, image: a/b }
`);
    assert.deepEqual([format, title, name], ['legacy-catalog', 'Local Lab Catalog', 'local-lab']);
    assert.deepEqual(
      servers.map(server => [server.name, server.image]),
      [['probe', 'mcp-local/probe:1']],
    );
    assert.deepEqual(
      leftOut.map(each => each.name),
      ['one-shot', 'nothing', 'text', 'wrong', 'bad name!'],
    );
    assert.match(leftOut[0]?.reason ?? '', /poci/);
    assert.match(leftOut[3]?.reason ?? '', /"command"/);
  });

  it('is a server.yaml of docker/mcp-registry', () => {
    const { format, server } = only(`
name: grafana
image: mcp/grafana
type: server
meta: { category: monitoring, tags: [monitoring, visualization] }
about:
  title: Grafana
  description: |
    Dashboards,
    incidents and more.
  icon: https://example.com/icon.png
source: { project: https://github.com/grafana/mcp-grafana, branch: main }
run:
  command: [--transport=stdio]
  volumes: ["{{grafana.folder}}:/data"]
  env: { TZ: UTC }
  disableNetwork: false
config:
  description: Where Grafana is
  secrets: [{ name: grafana.api_key, env: GRAFANA_API_KEY, example: <KEY> }]
  env: [{ name: GRAFANA_URL, example: x, value: "{{grafana.url}}" }]
  parameters:
    type: object
    properties: { url: { type: string, description: The address } }
    required: [url]
oauth: [{ provider: grafana, secret: grafana.token, env: GRAFANA_TOKEN }]
`);
    assert.equal(format, 'server-yaml');
    assert.deepEqual(server, {
      name: 'grafana',
      type: 'server',
      image: 'mcp/grafana',
      title: 'Grafana',
      description: 'Dashboards, incidents and more.',
      icon: 'https://example.com/icon.png',
      remote: {},
      secrets: [{ name: 'grafana.api_key', env: 'GRAFANA_API_KEY', example: '<KEY>' }],
      env: [
        { name: 'GRAFANA_URL', value: '{{grafana.url}}' },
        { name: 'TZ', value: 'UTC' },
      ],
      command: ['--transport=stdio'],
      volumes: ['{{grafana.folder}}:/data'],
      oauth: { providers: [{ provider: 'grafana', secret: 'grafana.token', env: 'GRAFANA_TOKEN' }] },
      config: [
        {
          name: 'grafana',
          description: 'Where Grafana is',
          type: 'object',
          properties: { url: { type: 'string', description: 'The address' } },
          required: ['url'],
        },
      ],
      metadata: { category: 'monitoring', tags: ['monitoring', 'visualization'] },
    });
  });

  it('is a server.yaml of a remote server, or one that leaves its image to Docker', () => {
    const remote = only(`
name: linear
type: remote
about: { title: Linear, description: Issues }
remote: { transport_type: streamable-http, url: https://mcp.linear.app/mcp }
`);
    assert.deepEqual(remote.server.remote, { url: 'https://mcp.linear.app/mcp', transport_type: 'streamable-http' });
    assert.equal(only('name: fetch\ntype: server\nabout: {title: Fetch}\n').server.image, 'mcp/fetch');
  });

  const registryServer = {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: 'io.github.acme/tool',
    title: 'Acme Tool',
    description: 'Does things.',
    version: '1.0.2',
    packages: [
      { registryType: 'npm', identifier: '@acme/tool', version: '1.0.2', transport: { type: 'stdio' } },
      {
        registryType: 'oci',
        identifier: 'ghcr.io/acme/tool:1.0.2',
        transport: { type: 'stdio' },
        runtimeArguments: [
          {
            type: 'named',
            name: '--mount',
            value: 'type=bind,src={source_path},dst=/data',
            variables: { source_path: { description: 'A folder', isRequired: true } },
          },
        ],
        packageArguments: [
          { type: 'positional', value: 'serve' },
          { type: 'named', name: '--level', valueHint: 'level', choices: ['low', 'high'], default: 'low' },
        ],
        environmentVariables: [
          { name: 'API_KEY', description: 'The key', isRequired: true, isSecret: true },
          { name: 'REGION', description: 'Where', isRequired: true },
          { name: 'LOG', value: 'on' },
          { name: 'QUIET' },
        ],
      },
    ],
  };

  it('is a server.json of the MCP registry, from which the image is taken', () => {
    const { format, server } = only(JSON.stringify(registryServer));
    assert.equal(format, 'server-json');
    assert.deepEqual(server, {
      name: 'io-github-acme-tool',
      title: 'Acme Tool',
      description: 'Does things.',
      type: 'server',
      image: 'ghcr.io/acme/tool:1.0.2',
      remote: {},
      env: [
        { name: 'REGION', value: '{{io-github-acme-tool.REGION}}' },
        { name: 'LOG', value: 'on' },
      ],
      command: ['serve', '--level={{io-github-acme-tool.level}}'],
      volumes: ['{{io-github-acme-tool.source_path}}:/data'],
      secrets: [{ name: 'io-github-acme-tool.api_key', env: 'API_KEY', description: 'The key' }],
      config: [
        {
          name: 'io-github-acme-tool',
          description: 'Settings of io-github-acme-tool',
          type: 'object',
          properties: {
            REGION: { type: 'string', description: 'Where' },
            level: { type: 'string', default: 'low', enum: ['low', 'high'] },
            source_path: { type: 'string', description: 'A folder' },
          },
          required: ['REGION', 'source_path'],
        },
      ],
    });
    assert.deepEqual(only(JSON.stringify({ server: registryServer, _meta: {} })).server, server);
  });

  it('is a server.json in the older spelling, whose image is put together', () => {
    const image = (more: Record<string, unknown>) =>
      only(
        JSON.stringify({
          name: 'io.github.acme/tool',
          packages: [{ registry_type: 'oci', identifier: 'acme/tool', ...more }],
        }),
      ).server.image;
    assert.equal(image({ version: '1.2' }), 'acme/tool:1.2');
    assert.equal(image({ version: '1.2', registry_base_url: 'https://docker.io' }), 'acme/tool:1.2');
    assert.equal(image({ version: '1.2', registry_base_url: 'https://ghcr.io' }), 'ghcr.io/acme/tool:1.2');
    const digest = `sha256:${'a'.repeat(64)}`;
    assert.equal(image({ version: digest }), `acme/tool@${digest}`);
    const { server } = only(
      JSON.stringify({
        name: 'x/y',
        packages: [
          {
            registry_type: 'oci',
            identifier: 'a/b:1',
            environment_variables: [{ name: 'KEY', is_secret: true, is_required: true }],
          },
        ],
      }),
    );
    assert.deepEqual(server.secrets, [{ name: 'x-y.key', env: 'KEY' }]);
  });

  it('is a server.json of a remote server, whose headers get their secrets by variable', () => {
    const { server } = only(
      JSON.stringify({
        name: 'com.acme/remote',
        remotes: [
          {
            type: 'streamable-http',
            url: 'https://mcp.acme.example/mcp',
            headers: [
              {
                name: 'Authorization',
                value: 'Bearer {token}',
                variables: { token: { isSecret: true, isRequired: true, description: 'A token' } },
              },
              { name: 'X-Team', isRequired: true },
            ],
          },
        ],
      }),
    );
    assert.deepEqual(server.remote, {
      url: 'https://mcp.acme.example/mcp',
      transport_type: 'streamable-http',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how Docker writes a secret's place.
      headers: { Authorization: 'Bearer ${TOKEN}', 'X-Team': '{{com-acme-remote.X-Team}}' },
    });
    assert.deepEqual(server.secrets, [{ name: 'com-acme-remote.token', env: 'TOKEN', description: 'A token' }]);
  });

  it('says why docker mcp cannot run what is in it', () => {
    const reason = (document: unknown) => readCatalogDocument(JSON.stringify(document)).leftOut[0]?.reason ?? '';
    assert.match(reason({ name: 'a/b', packages: [{ registryType: 'npm', identifier: 'x' }] }), /package of npm/);
    assert.match(reason({ name: 'a/b', packages: [] }), /neither an image nor a remote/);
    const packages = [
      {
        registryType: 'oci',
        identifier: 'a/b:1',
        packageArguments: [{ type: 'named', name: '--key', isSecret: true }],
      },
    ];
    assert.match(reason({ name: 'a/b', packages }), /list of processes/);
    assert.match(reason({ name: 7, packages: [] }), /"name" is not as it should be/);
  });

  it('is refused when it is none of these', () => {
    for (const content of ['', 'hello', '[1, 2]', '42', 'a: b', '{"a": 1}', 'registry: [1]']) {
      assert.throws(() => readCatalogDocument(content), { code: 'CATALOG_004' }, content);
    }
    assert.deepEqual(readCatalogDocument('a: b', 'legacy-catalog').servers, []);
  });

  it('is handed over in a form in which every text stays what it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (title, description) => {
        const server = { name: 'one', type: 'server', image: 'a/b:1', title: `t${title}`, description };
        const document = toLegacyDocument({ name: 'x', title: 'X', servers: [server] });
        const { name, ...entry } = server;
        assert.deepEqual(parse(document, { schema: 'core' }).registry[name], entry);
      }),
    );
  });
});
