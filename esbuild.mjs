// Builds everything that runs from dist/: extension, daemon, command line and webviews.
// node esbuild.mjs [--watch] [--production]
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { builtFile, sourcesFingerprint } from './daemon/setup.mjs';

const root = import.meta.dirname;
process.chdir(root);
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');
const { version } = JSON.parse(await readFile('package.json', 'utf8'));

/** Packages that were written for CommonJS find their `require` and folder in an ES module bundle by this; `var`, because some declare them too. */
const commonJsBanner = [
  "import { createRequire as quaysideCreateRequire } from 'node:module';",
  "import { fileURLToPath as quaysideFileURLToPath } from 'node:url';",
  'const require = quaysideCreateRequire(import.meta.url);',
  'var __filename = quaysideFileURLToPath(import.meta.url);',
  "var __dirname = quaysideFileURLToPath(new URL('.', import.meta.url));",
].join('\n');

const common = {
  bundle: true,
  minify: production,
  keepNames: true,
  sourcemap: production ? false : 'linked',
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  define: { 'process.env.QUAYSIDE_VERSION': JSON.stringify(version) },
};

/** Its CommonJS form loads its parts by computed names, which no bundler sees. */
const alias = { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' };

const node = { ...common, platform: 'node', external: ['better-sqlite3'], alias };
const nodeModule = { ...node, format: 'esm', target: 'node22.15', banner: { js: commonJsBanner } };

/** What dockerode has for building images and for engines behind ssh. We do neither, and it is twenty times the rest. */
const neverUsed = /^(?:@grpc\/(?:grpc-js|proto-loader)|protobufjs|ssh2|tar-fs|@balena\/dockerignore)$/;
const leaveOutOfDockerode = {
  name: 'leave out what is never used of dockerode',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: neverUsed }, ({ path }) => ({ path, namespace: 'never-used' }));
    onLoad({ filter: /.*/, namespace: 'never-used' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** One entry for each bundle. Add a line to add a bundle. */
const bundles = [
  {
    ...node,
    entryPoints: ['extension/extension.ts'],
    outfile: 'dist/extension.cjs',
    format: 'cjs',
    target: 'node22.15',
    // The extension host complains of every look at `navigator`, and zod looks for the runtime of one cloud.
    define: { ...common.define, navigator: 'undefined' },
    external: ['vscode', 'better-sqlite3'],
  },
  {
    ...nodeModule,
    // What is loaded after the compile cache was switched on is a chunk of its own.
    entryPoints: { daemon: 'daemon/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    splitting: true,
    chunkNames: 'daemon-[name]-[hash]',
    // Kept names are set one by one while it runs, at each closure: a twentieth of what a busy daemon allocates.
    keepNames: false,
    minifyIdentifiers: false,
    plugins: [leaveOutOfDockerode],
  },
  { ...nodeModule, entryPoints: ['daemon/engines/process/install-child.ts'], outfile: 'dist/install-child.mjs' },
  { ...nodeModule, entryPoints: ['daemon/features/tools/token-worker.ts'], outfile: 'dist/token-worker.mjs' },
  { ...nodeModule, entryPoints: ['daemon/cli/main.ts'], outfile: 'dist/cli.mjs', target: 'node20' },
  {
    ...common,
    entryPoints: { app: 'webviews/index.tsx' },
    outdir: 'dist/webviews',
    platform: 'browser',
    format: 'esm',
    target: ['chrome120', 'firefox120', 'safari17'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    assetNames: '[name]',
    loader: { '.ttf': 'file', '.svg': 'dataurl' },
  },
];

const entryOf = bundle => Object.values(bundle.entryPoints)[0];

/** While parts are being written a missing entry is told and left out; a package must be whole. */
function presentBundles() {
  const missing = bundles.map(entryOf).filter(entry => !existsSync(entry));
  if (missing.length > 0 && production) throw new Error(`The bundles cannot be built without ${missing.join(', ')}.`);
  for (const entry of missing) console.warn(`left out: there is no ${entry}`);
  return bundles.filter(bundle => existsSync(entryOf(bundle)));
}

/** better-sqlite3 finds its binary beside itself, so it goes along as a package; only what it needs at run time. */
async function copyDatabaseDriver() {
  const from = join('node_modules', 'better-sqlite3');
  const to = join('dist', 'node_modules', 'better-sqlite3');
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  for (const part of ['package.json', 'LICENSE', 'lib', 'prebuilds']) {
    await cp(join(from, part), join(to, part), { recursive: true });
  }
}

/** The folder of the package that a bundled file belongs to, or undefined for our own files. */
const packageFolder = file => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];

async function licenceOf(folder) {
  const { name, version: packageVersion, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  if (!name) return undefined;
  const names = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'license', 'License', 'LICENSE-MIT', 'COPYING'];
  const file = names.map(each => join(folder, each)).find(existsSync);
  const text = file ? await readFile(file, 'utf8') : 'The package has no licence text of its own.';
  return `${name} ${packageVersion} (${typeof license === 'string' ? license : 'see below'})\n\n${text.trim()}\n`;
}

async function writeNotices(metafiles) {
  const inputs = metafiles.flatMap(metafile => Object.keys(metafile.inputs));
  const folders = new Set(
    inputs.map(packageFolder).filter(folder => folder && existsSync(join(folder, 'package.json'))),
  );
  folders.add('node_modules/better-sqlite3');
  const notices = await Promise.all([...folders].sort().map(licenceOf));
  const head = 'Quayside contains these packages, under their own licences.\n';
  const rule = `\n${'-'.repeat(80)}\n\n`;
  await writeFile('dist/THIRD_PARTY_NOTICES.txt', [head, ...new Set(notices.filter(Boolean))].join(rule));
}

function printSizes(metafiles) {
  const outputs = metafiles.flatMap(metafile => Object.entries(metafile.outputs));
  for (const [file, { bytes }] of outputs) {
    if (!file.endsWith('.map')) console.log(`${(bytes / 1024).toFixed(0).padStart(7)} KB  ${file}`);
  }
}

/** Unix needs the mark to run the command by its name; Windows gets a wrapper from npm. */
const markExecutable = async file => {
  if (existsSync(file) && process.platform !== 'win32') {
    const { chmod } = await import('node:fs/promises');
    await chmod(file, (await stat(file)).mode | 0o111);
  }
};

/** Chunks have their content in their name, so those of an earlier build would stay beside the new ones. */
async function removeOldChunks() {
  const files = existsSync('dist') ? await readdir('dist') : [];
  const old = files.filter(file => /^daemon-.+\.mjs(?:\.map)?$/.test(file));
  await Promise.all(old.map(file => rm(join('dist', file))));
}

async function build() {
  const sources = sourcesFingerprint();
  await rm(builtFile, { force: true });
  await removeOldChunks();
  const results = await Promise.allSettled(presentBundles().map(bundle => esbuild.build(bundle)));
  const metafiles = results.flatMap(({ value }) => (value ? [value.metafile] : []));
  await copyDatabaseDriver();
  await writeNotices(metafiles);
  await markExecutable('dist/cli.mjs');
  printSizes(metafiles);
  const failure = results.find(({ status }) => status === 'rejected');
  if (failure) throw failure.reason;
  await writeFile(builtFile, JSON.stringify({ sources, production }));
}

async function follow() {
  await copyDatabaseDriver();
  const said = {
    name: 'say',
    setup: bundle => bundle.onEnd(({ errors }) => console.log(errors.length > 0 ? 'failed' : 'built')),
  };
  const contexts = await Promise.all(
    presentBundles().map(each => esbuild.context({ ...each, plugins: [...(each.plugins ?? []), said] })),
  );
  await Promise.all(contexts.map(context => context.watch()));
  console.log('Watching. Ctrl-C ends it.');
}

try {
  await (watch ? follow() : build());
} catch (error) {
  // esbuild has printed its own errors, with their places, already.
  if (!error?.errors) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
