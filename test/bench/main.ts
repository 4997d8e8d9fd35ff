// npm run bench: the figures of this build on this machine, as JSON on the output and in artifacts/bench.json.
import { spawn } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { artifactsFolder } from '../support/browser.ts';
import { ensureCodeServer } from '../support/code-server/install.ts';
import { vsixFile } from '../support/package.ts';
import { measureCatalog } from './catalog.ts';
import { measureDaemon } from './daemon.bench.ts';
import { measureExtension } from './extension.bench.ts';
import { measureListEndpoint } from './list-endpoint.bench.ts';
import { measurePage } from './page.bench.ts';

const root = join(import.meta.dirname, '..', '..');
const bundles = [
  'extension.cjs',
  'daemon.mjs',
  'install-child.mjs',
  'token-worker.mjs',
  'cli.mjs',
  'webviews/app.js',
  'webviews/app.css',
];

const say = (line: string) => console.error(line);

async function measureSizes(): Promise<Record<string, number>> {
  // In a process of its own, because packing talks to the output, which is for the figures.
  const packing = spawn(process.execPath, [join(root, 'test', 'support', 'package.ts')], { stdio: ['ignore', 2, 2] });
  const code = await new Promise(resolve => packing.once('exit', resolve));
  if (code !== 0) throw new Error('The extension could not be packed.');
  const vsix = (await stat(vsixFile)).size;
  const sizes = await Promise.all(
    bundles.map(async file => [file, (await stat(join(root, 'dist', file))).size] as const),
  );
  return { 'quayside.vsix': vsix, ...Object.fromEntries(sizes) };
}

const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const codeServer = await ensureCodeServer(say);
const started = new Date().toISOString();
say('sizes (production build) ...');
const bytes = await measureSizes();
say('catalog ...');
const catalog = await measureCatalog();
say('daemon ...');
const daemon = await measureDaemon();
say('page ...');
const page = await measurePage();
say('extension ...');
const extension = await measureExtension();

const report = {
  quayside: version,
  started,
  machine: {
    platform: `${process.platform} ${release()} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    node: process.version,
    codeServer: codeServer.version,
  },
  targets: {
    startToFirstAnswerMs: 300,
    idleRssBytes: 100_000_000,
    rssToIdle: 1.5,
    activateMs: 20,
    coldLoadP95Ms: 1_000,
    catalogSearchP95Ms: 50,
  },
  catalog,
  daemon,
  listEndpoint: await measureListEndpoint(),
  page,
  extension,
  bytes,
};
await mkdir(artifactsFolder, { recursive: true });
await writeFile(join(artifactsFolder, 'bench.json'), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
