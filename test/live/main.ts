// Quayside against the real docker mcp: first what its commands say, then a server's whole way through a daemon, in each dialect that is there.
import { runContract } from './contract.ts';
import { describeJourney } from './journey.ts';
import { checkPlugin } from './plugin-checks.ts';
import { createReport } from './report.ts';
import { createDockerHome, findRequirements, MissingRequirement } from './requirements.ts';

const report = createReport();

try {
  const requirements = await findRequirements(process.env);
  console.log(`docker mcp ${requirements.version}, ${requirements.dialects.join(' and ')} dialect`);
  console.log(`engine ${requirements.engineVersion}, image ${requirements.image}`);
  for (const dialect of requirements.dialects) {
    report.begin(`the ${dialect} dialect`);
    await using home = await createDockerHome(requirements, dialect);
    await checkPlugin(report, home);
    await describeJourney(report, home, requirements.image);
  }
  report.begin('the contract of engines');
  await runContract(report);
} catch (error) {
  if (!(error instanceof MissingRequirement)) throw error;
  report.cannotRun(error.message);
}

process.exitCode = report.end();
