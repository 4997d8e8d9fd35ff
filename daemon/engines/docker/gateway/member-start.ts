// What a start means for one member: planned, ready, failed, or out.
import type { ProblemError } from '../../../../shared/api/problem.ts';
import { toProblem as toDockerProblem } from '../cli/to-problem.ts';
import type { LaunchedGateway, LaunchPorts } from './gateway-launch.ts';
import { hangProblem, lostSecretProblem, toServerProblem, waitsForDocker } from './gateway-problems.ts';
import type { ServersOut } from './gateway-process.ts';
import type { Member } from './member.ts';

/** It does not run, and why. Who waits for it is told. */
function fail(member: Member, failure: ProblemError): void {
  const kind = member.health().state === 'running' ? 'ended' : 'start-failed';
  member.output.flush();
  member.apply({ kind, problem: failure.problem, failed: true });
  member.settle(failure);
}

/** A member that cannot be started is out until somebody asks for it again; the rest does not wait for it. */
export function refuse(member: Member, failure: ProblemError): void {
  member.leftOut = failure.problem;
  fail(member, failure);
}

interface LeaveOutPorts {
  store: LaunchPorts['store'];
  say: (line: string) => void;
}

/** Those that kept the start from its end: the rest is tried without them. */
export function leaveOut(from: readonly Member[], { servers, why }: ServersOut, { store, say }: LeaveOutPorts): void {
  for (const member of from) {
    const name = member.launch?.server.name;
    if (name === undefined || !servers.includes(name)) continue;
    if (why === 'secret') store.doubt(member.id);
    const failure = why === 'hang' ? hangProblem(name, member.policy.startSeconds) : lostSecretProblem(name);
    say(`"${name}" is left out: ${failure.problem.detail}`);
    refuse(member, failure);
  }
}

/** Those that have a plan; the others are out. Errors: what a plan waits for Docker with, which concerns all of them. */
export async function planMembers(wanted: readonly Member[]): Promise<Member[]> {
  const planned = await Promise.all(
    wanted.map(async member => {
      try {
        const launch = await member.plan();
        if (launch.kind !== 'gateway') throw new Error('This plan is of no gateway.');
        member.prepare(launch);
        return [member];
      } catch (error) {
        const failure = toDockerProblem(error, `prepare "${member.id}"`);
        if (waitsForDocker(failure)) throw failure;
        refuse(member, failure);
        return [];
      }
    }),
  );
  return planned.flat();
}

/** What the gateway that runs now says of one of its servers. True if the server is ready. */
export function beginMember(member: Member, { run }: LaunchedGateway, at: number): boolean {
  const name = member.launch?.server.name ?? '';
  const start = run.log.of(name);
  // Reported before, or to be reported with its own words.
  member.apply({ kind: 'start-asked' });
  if (start.state === 'failed') {
    const words = run.log.lastWords(name).map(line => member.redact(line));
    fail(member, toServerProblem(name, start.reason, words));
    return false;
  }
  const { protocolVersion } = run.connection;
  member.apply({ kind: 'ready', at, serverVersion: null, protocolVersion, instructions: null });
  member.settle();
  return true;
}
