// Programs that stand for the images of the recordings: probe, memory and everything, with the tools that were recorded.
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describedImage, probeImages, type SimulatedImage } from '../support/simulated-docker/simulated-docker.ts';

const read = (folder: string, name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

const named = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at + 1}`);

/** The memory server: its names and descriptions are those of the list that a person sees. */
function describeMemory(folder: string) {
  const lines: string[] = read(folder, 'current/tools-ls-profile').stdout.split('\n');
  const tools = lines.flatMap(line => {
    const [, name, description] = /^ - mem__(\S+) - (.*)$/.exec(line) ?? [];
    return name ? [{ name, description, inputSchema: { type: 'object', properties: {} } }] : [];
  });
  return {
    tools,
    resources: [{ uri: 'memory://graph', name: 'graph' }],
    says: 'Knowledge Graph MCP Server running on stdio',
  };
}

function describeEverything(folder: string) {
  const listed: { name: string }[] = JSON.parse(read(folder, 'legacy/tools-ls-json').stdout);
  const isOther = ({ name }: { name: string }) => /^(?:mcp-|code-mode$|probe_)/.test(name);
  return {
    tools: listed.filter(tool => !isOther(tool)),
    prompts: named('prompt-', 4).map(name => ({ name })),
    resources: named('test://', 7).map(uri => ({ uri, name: uri })),
    resourceTemplates: named('test://{id}/', 2).map(uriTemplate => ({ uriTemplate, name: uriTemplate })),
  };
}

const metadata = {
  name: 'probe-self',
  title: 'Probe (self-describing)',
  description: 'A probe server described by its image label.',
  type: 'server',
  tools: [{ name: 'probe_echo', description: 'Return the given text.' }],
  config: [{ name: 'probe-self', description: 'x', type: 'object', properties: { region: { type: 'string' } } }],
};

/** The images by their names; their descriptions are written into the folder. */
export async function recordedImages(folder: string, place: string): Promise<Record<string, SimulatedImage>> {
  const memory = join(place, 'memory.json');
  const everything = join(place, 'everything.json');
  await writeFile(memory, JSON.stringify(describeMemory(folder)));
  await writeFile(everything, JSON.stringify(describeEverything(folder)));
  const [probe] = Object.values(probeImages);
  if (!probe) throw new Error('The probe has no program.');
  return {
    'mcp-local/probe:1': { ...probe, metadata },
    'mcp-local/memory:1': describedImage(memory),
    'mcp-local/everything:1': describedImage(everything),
  };
}
