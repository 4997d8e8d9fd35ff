// The processes of one profile's gateway, each from its start until nothing of it is left.
import type { Output } from '../../../supervision/output.ts';
import { type LaunchedGateway, type LaunchPorts, type LaunchRequest, launchGateway } from './gateway-launch.ts';
import type { GatewayMode } from './mode.ts';
import type { GatewayProcess } from './profile-gateway.port.ts';

interface RunsOptions {
  ports: LaunchPorts;
  output: Output;
  /** Containers that a gateway has left behind. Never rejects. */
  sweep: () => Promise<void>;
}

export interface GatewayRuns {
  /** What one that does not come up leaves behind is swept away. Errors: as of launchGateway, or the reason of the signal. */
  launch(request: Omit<LaunchRequest, 'output'> & { mode: GatewayMode }): Promise<LaunchedGateway>;
  /** Ends it and removes what it leaves behind. Never rejects. */
  close(old: LaunchedGateway): Promise<void>;
  /** Those that run now: two while one takes over from another. */
  list(): GatewayProcess[];
}

export function createGatewayRuns({ ports, output, sweep }: RunsOptions): GatewayRuns {
  const processes = new Set<GatewayProcess>();
  return {
    async launch(request) {
      let process: GatewayProcess | undefined;
      try {
        const next = await launchGateway(ports, {
          ...request,
          output,
          onPid(pid, mark) {
            process = { pid, mark };
            processes.add(process);
            request.onPid(pid, mark);
          },
        });
        if (request.signal.aborted) await next.close();
        request.signal.throwIfAborted();
        return next;
      } catch (error) {
        if (process) processes.delete(process);
        await sweep();
        throw error;
      }
    },
    async close(old) {
      await old.close();
      for (const each of processes) if (each.pid === old.run.pid) processes.delete(each);
      output.flush();
      await sweep();
    },
    list: () => [...processes],
  };
}
