/**
 * How Node is started for a daemon, by whoever starts it. A daemon waits most of its life and handles small messages:
 * with Node's usual heap it would keep hundreds of megabytes that it needed once. Setting these from inside comes too late.
 */
export const daemonRuntimeFlags: readonly string[] = ['--max-semi-space-size=2', '--max-old-space-size=512'];
