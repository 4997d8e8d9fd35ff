/**
 * How Node is started for a daemon, by whoever starts it. A daemon waits most of its life and handles small messages:
 * with Node's usual heap it would keep hundreds of megabytes that it needed once. Setting these from inside comes too late.
 */
export const daemonRuntimeFlags: readonly string[] = ['--max-semi-space-size=2', '--max-old-space-size=512'];

/**
 * And in which environment: glibc keeps the memory of threads that have ended for each of up to eight arenas a processor, and
 * gives little of it back. Other systems do not look at this.
 */
export const daemonRuntimeEnvironment: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_TRIM_THRESHOLD_: '131072',
  // The pieces in which V8's compilers take their memory: so they go back at once, instead of leaving holes among what stays.
  MALLOC_MMAP_THRESHOLD_: '32768',
};
