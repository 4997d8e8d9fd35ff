// Images that need no network: a static busybox, and an MCP server with the Node binary that runs the tests.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, cp, link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { testServerScript } from '../fake-engine.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

const run = promisify(execFile);

export const busyboxImage = 'quayside-test/busybox:1';
/** Its entry point is an MCP server on standard input and output: mcp-servers/echo.mjs. */
export const mcpImage = 'quayside-test/mcp:1';

const busyboxPlaces = ['/bin/busybox.static', '/bin/busybox', '/usr/bin/busybox'];

/** An image with a shell and nothing else; its command sleeps. */
export async function buildBusybox(docker: Docker): Promise<string> {
  await using folder = await createTemporaryFolder('busybox');
  const program = busyboxPlaces.find(existsSync);
  if (!program) throw new Error('The tests need busybox-static.');
  await mkdir(join(folder.path, 'bin'));
  await mkdir(join(folder.path, 'tmp'));
  await copyFile(program, join(folder.path, 'bin', 'busybox'));
  for (const name of ['sh', 'sleep', 'cat', 'echo', 'yes', 'dd', 'kill', 'date', 'seq']) {
    await symlink('busybox', join(folder.path, 'bin', name));
  }
  await importFolder(docker, folder.path, busyboxImage, ['ENV PATH=/bin', 'CMD ["sleep", "600"]']);
  return busyboxImage;
}

/** The server of `script` (a name in mcp-servers/) with Node and the libraries that it loads. */
export async function buildMcpServer(docker: Docker, script = 'echo', tag = mcpImage): Promise<string> {
  await using folder = await createTemporaryFolder('mcp-image');
  const root = folder.path;
  const libraries = await librariesOf(process.execPath);
  for (const file of libraries) {
    await mkdir(join(root, dirname(file)), { recursive: true });
    await copyFile(file, join(root, file));
  }
  await mkdir(join(root, 'app'));
  await mkdir(join(root, 'tmp'));
  // 120 MB: linked where the folders are of one disk.
  await link(process.execPath, join(root, 'node')).catch(() => cp(process.execPath, join(root, 'node')));
  await cp(testServerScript(script), join(root, 'app', `${script}.mjs`));
  await cp(testServerScript('json-lines'), join(root, 'app', 'json-lines.mjs'));
  await importFolder(docker, root, tag, [
    `LABEL io.docker.server.metadata=${JSON.stringify(metadataOf(script))}`,
    `ENTRYPOINT ["/node", "/app/${script}.mjs"]`,
  ]);
  return tag;
}

const metadataOf = (name: string): string =>
  JSON.stringify({ name, type: 'server', title: `The ${name} server`, description: 'A test server' });

/** Layers of random bytes on top of busybox, so that a pull has something to fetch. */
export async function buildLayers(docker: Docker, tag: string, sizes: readonly number[]): Promise<string> {
  await using folder = await createTemporaryFolder('layers');
  const lines = [`FROM ${busyboxImage}`];
  const { randomBytes } = await import('node:crypto');
  for (const [index, size] of sizes.entries()) {
    await writeFile(join(folder.path, `layer${index}`), randomBytes(size));
    lines.push(`COPY layer${index} /layer${index}`);
  }
  await writeFile(join(folder.path, 'Dockerfile'), `${lines.join('\n')}\n`);
  const answer = await docker.buildImage(tarOf(folder.path), { t: tag });
  const output = await text(answer);
  if (!output.includes('Successfully built')) throw new Error(`The image ${tag} was not built: ${output.slice(-500)}`);
  return tag;
}

const tarOf = (folder: string): NodeJS.ReadableStream => {
  const child = spawn('tar', ['-c', '-C', folder, '.'], { stdio: ['ignore', 'pipe', 'ignore'] });
  return child.stdout;
};

async function importFolder(docker: Docker, folder: string, tag: string, changes: string[]): Promise<void> {
  const [repo, version] = tag.split(':');
  const answer = await docker.importImage(tarOf(folder), { repo, tag: version, changes });
  const output = await text(answer);
  if (!output.includes('sha256:')) throw new Error(`The image ${tag} was not made: ${output.slice(-500)}`);
}

async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await run('ldd', [program]);
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, file = '']) => file);
}
