// What a gateway says of each server that it starts, and what that means (CONTRACT section 6).

export interface GatewayStart {
  started: { name: string; tools: number }[];
  failed: FailedServer[];
}

export interface FailedServer {
  name: string;
  /** The gateway's own words. */
  reason: string;
}

/** By the standard error of a gateway; of what runs on after a line without its end, the start of a server as well. */
export function readGatewayStart(stderr: string): GatewayStart {
  const start: GatewayStart = { started: [], failed: [] };
  for (const line of stderr.split('\n')) {
    const failed = /^ {2}> Can't start ([^\s:]+): (.*)$/.exec(line);
    const started = /^ {2}> ([^\s:]+):(?: \((\d+) tools\))?(?: \(\d+ \w+\))*\s*$/.exec(line);
    if (failed?.[1]) start.failed.push({ name: failed[1], reason: (failed[2] ?? '').slice(0, 500) });
    else if (started?.[1]) start.started.push({ name: started[1], tools: Number(started[2] ?? 0) });
  }
  return start;
}

/** Why a server was left out, as the end of a sentence, and what to do about it. */
export function wordStartFailure({ name, reason }: FailedServer, stderr: string): { subject: string; next?: string } {
  const subject = (why: string) => `the server "${name}" could not be started, because ${why}`;
  const bind = /host path "([^"]+)" is blocked|unsafe docker volume "([^"]+)"/.exec(reason);
  if (bind)
    return {
      subject: subject(`docker mcp does not allow it the folder ${bind[1] ?? bind[2]}`),
      next: 'Choose another folder in its settings, or allow this one with MCP_GATEWAY_DOCKER_BIND_ALLOWED_PATHS.',
    };
  const host = /lookup (\S+)(?: on \S+)?: no such host/.exec(reason);
  if (host)
    return {
      subject: subject(`its address ${host[1]} could not be found`),
      next: 'Look at the address of the server, and at the network of this machine.',
    };
  if (/unsafe remote/.test(reason))
    return {
      subject: subject('its address is not a public https address'),
      next: 'Correct the address of the server.',
    };
  // Its container is started without DOCKER_HOST and DOCKER_CONTEXT (recorded: docker-host-not-inherited).
  if (stderr.includes(`- ${name}: docker: Cannot connect to the Docker daemon`))
    return {
      subject: subject('docker mcp starts containers on the default engine, which does not answer'),
      next: 'Choose the engine with `docker context use` instead of DOCKER_HOST or DOCKER_CONTEXT.',
    };
  if (reason.includes('context canceled'))
    return { subject: subject('it did not answer in time'), next: 'Look at the output of the server.' };
  if (reason.includes('EOF')) return { subject: subject('it ended at once or its image is not there') };
  return { subject: subject(reason.replace(/\s+/g, ' ').slice(0, 200)) };
}
