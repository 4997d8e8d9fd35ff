// npm run test:live begins here: Quayside against the real docker mcp of this machine. Plain JavaScript, because it starts in a fresh clone.
import { ensureBuild, ensureDependencies, reportSetupFailure, runUnderNode24 } from '../../daemon/setup.mjs';

try {
  ensureDependencies();
  ensureBuild();
  process.exitCode = await runUnderNode24('test/live/main.ts', process.argv.slice(2));
} catch (error) {
  reportSetupFailure(error);
}
