// npm test and its kin begin here: node test/setup.mjs WHAT. It installs what is missing, says what it cannot install
// and fails, and then hands over to Node 24. Plain JavaScript, because it starts in a fresh clone under Node 20.
import { ensureBuild, ensureDependencies, reportSetupFailure, runUnderNode24 } from '../daemon/setup.mjs';
import { ensureSystemPackages } from './support/system-packages.mjs';

const browser = ['chromium'];
const compiler = ['libkrb5-dev', 'python3', 'make', 'g++'];
const docker = ['docker.io', 'docker-registry', 'busybox-static'];
/** Makes the certificate of the tests that speak TLS. */
const certificate = ['openssl'];

/** What each of them needs beside the dependencies, and the script that does it. */
const acts = {
  all: {
    packages: [...browser, ...compiler, ...docker, ...certificate],
    build: true,
    script: 'test/run.ts',
    args: ['unit', 'docker', 'host', 'ui', 'crash'],
  },
  unit: { packages: [...docker, ...certificate], build: true, script: 'test/run.ts', args: ['unit', 'docker'] },
  host: { packages: [...browser, ...compiler, ...docker], build: true, script: 'test/run.ts', args: ['host'] },
  ui: { packages: [...browser, ...compiler, ...docker], build: true, script: 'test/run.ts', args: ['ui'] },
  crash: { packages: [], build: true, script: 'test/run.ts', args: ['crash'] },
  desktop: { packages: [], build: true, script: 'test/support/desktop.ts', args: [] },
  bench: { packages: [...browser, ...compiler], build: true, script: 'test/bench/main.ts', args: [] },
  'bench:gateway': { packages: [], build: true, script: 'test/bench/gateway/main.ts', args: [] },
  'bench:check': { packages: [], build: true, script: 'test/bench/gateway/check.ts', args: [] },
  package: { packages: [], build: false, script: 'test/support/package.ts', args: [] },
  'code-server': { packages: compiler, build: true, script: 'test/support/code-server/serve.ts', args: [] },
  setup: {
    packages: [...browser, ...compiler, ...docker],
    build: true,
    script: 'test/support/code-server/install.ts',
    args: [],
  },
};

const [what = 'all', ...rest] = process.argv.slice(2);

try {
  const act = acts[what];
  if (!act) throw new Error(`There is no "${what}". There are: ${Object.keys(acts).join(', ')}.`);
  ensureSystemPackages(act.packages);
  ensureDependencies();
  if (act.build) {
    ensureBuild();
    // Tests start what was built instead of its sources, which takes a third of the time.
    process.env.QUAYSIDE_TEST_BUILT = '1';
  }
  process.exitCode = await runUnderNode24(act.script, [...act.args, ...rest]);
} catch (error) {
  reportSetupFailure(error);
}
