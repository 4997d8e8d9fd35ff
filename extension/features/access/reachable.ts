const loopback = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/**
 * True if the browser reaches the daemon under a loopback address and at the root, as the daemon demands. An editor
 * that runs elsewhere and shows ports below its own address does not give it that.
 */
export const isReachable = (asked: { path: string }, external: { authority: string; path: string }): boolean =>
  loopback.test(external.authority) && external.path === asked.path;
