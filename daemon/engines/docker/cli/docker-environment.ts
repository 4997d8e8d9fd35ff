// What docker is told by its environment. Its credential helpers, contexts and proxies live there, so it gets the user's own,
// without what is ours and the editor's.

export interface DockerEnvironmentOptions {
  /**
   * Sets DOCKER_MCP_IN_CONTAINER, which leaves out the checks for an engine and for Desktop. It changes how the gateway
   * behaves as well (CONTRACT section 3): only where the probe says so.
   */
  inContainer?: boolean;
}

/** Variables that would make docker mcp another one than the user sees in a terminal, or that are not its business. */
const left =
  /^(?:QUAYSIDE_.*|VSCODE_.*|ELECTRON_.*|NODE_OPTIONS|NODE_CHANNEL_.*|npm_.*|MCP_GATEWAY_AUTH_TOKEN|DOCKER_MCP_IN_CONTAINER|DOCKER_MCP_TELEMETRY_DEBUG)$/i;

/** On Windows as well nothing is missing: without ProgramData docker does not find its plugins. */
export function dockerEnvironment(
  host: Readonly<Record<string, string | undefined>>,
  { inContainer = false }: DockerEnvironmentOptions = {},
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(host))
    if (value !== undefined && !left.test(name)) environment[name] = value;
  // No advice at the end of the answers.
  environment['DOCKER_CLI_HINTS'] = 'false';
  if (inContainer) environment['DOCKER_MCP_IN_CONTAINER'] = '1';
  return environment;
}
