import type { CliRunner } from '../../run.ts';
import type { GatewayCli } from './cli-contract.ts';
import { gatewayDryRun, gatewayLaunch } from './gateway.plans.ts';
import type { Perform } from './perform.ts';
import { toProblem } from './to-problem.ts';

export function createGatewayCli(runner: CliRunner, perform: Perform, flags: ReadonlySet<string>): GatewayCli {
  const plan: GatewayCli['plan'] = gateway => {
    try {
      return gatewayLaunch(gateway, flags);
    } catch (error) {
      throw toProblem(error, 'run the gateway');
    }
  };
  return {
    plan,
    async start(gateway, lines) {
      const launch = plan(gateway);
      try {
        return await runner.start({ ...launch, ...lines });
      } catch (error) {
        throw toProblem(error, launch.operation);
      }
    },
    dryRun: (gateway, call) => perform(() => gatewayDryRun(gateway, flags), call),
  };
}
