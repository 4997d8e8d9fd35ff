// npm run bench:check: measures, and fails if a ratio is more than 15 % worse than the kept one. With --keep, the new ratios are kept.
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { artifactsFolder } from '../../support/browser.ts';

const keptFile = join(import.meta.dirname, 'kept-ratios.json');
const allowed = 1.15;

const Report = z.object({
  verdicts: z.array(
    z.object({ what: z.string(), target: z.string(), ratio: z.number(), against: z.string(), holds: z.boolean() }),
  ),
});
const Kept = z.record(z.string(), z.object({ ratio: z.number(), better: z.enum(['less', 'more']) }));

const measuring = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { stdio: ['ignore', 'ignore', 2] });
const code = await new Promise(resolve => measuring.once('exit', resolve));
if (code !== 0) throw new Error('The benchmark failed.');
const { verdicts } = Report.parse(JSON.parse(await readFile(join(artifactsFolder, 'bench-gateway.json'), 'utf8')));
const found: z.infer<typeof Kept> = Object.fromEntries(
  verdicts.map(({ what, against, target, ratio }) => [
    `${what}, against ${against}`,
    { ratio, better: target.startsWith('<') ? 'less' : 'more' },
  ]),
);
if (process.argv.includes('--keep')) {
  await writeFile(keptFile, `${JSON.stringify(found, null, 2)}\n`);
  console.log(`Kept ${Object.keys(found).length} ratios.`);
} else {
  const kept = Kept.parse(JSON.parse(await readFile(keptFile, 'utf8')));
  const rows = Object.entries(kept).map(([name, { ratio, better }]) => {
    const now = found[name]?.ratio;
    const isWorse = now === undefined || (better === 'less' ? now > ratio * allowed : now < ratio / allowed);
    return { name, kept: ratio, now: now ?? null, isWorse };
  });
  console.log(JSON.stringify(rows, null, 2));
  process.exitCode = rows.some(({ isWorse }) => isWorse) ? 1 : 0;
}
