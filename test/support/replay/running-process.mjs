// A process that stands in for the daemon: it runs a program that forks and stays, tells when, and is killed.
import { join } from 'node:path';
import { createCliRunner } from '../../../daemon/engines/run.ts';
import { createChildMarker } from '../../../daemon/supervision/child-marker.ts';
import { createGuardian } from '../../../daemon/supervision/guardian.ts';

const place = process.env.PLACE ?? '';
const script = join(import.meta.dirname, 'hostile-cli.mjs');
const marker = createChildMarker(place);
const runner = createCliRunner({
  program: process.execPath,
  environment: { PATH: process.env.PATH ?? '', PLACE: place },
  marker,
  guardian: createGuardian({ marker: marker.run, platform: process.platform, runtime: process.execPath }),
  classify: () => undefined,
  allowed: [{ words: [script], flags: [] }],
});
let forks = 0;
await runner.start({
  operation: 'stay',
  args: [script, 'fork-and-stay'],
  // Each fork says so.
  onOutput: () => {
    forks += 1;
    if (forks === 2) process.stdout.write('ready\n');
  },
});
setInterval(() => {}, 1_000);
