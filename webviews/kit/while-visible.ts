/** Calls again and again while somebody can see the page; returns the way to stop. `call` is not called before the last one has ended. */
export function whileVisible(milliseconds: number, call: () => Promise<unknown>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const again = () => {
    if (stopped) return;
    timer = setTimeout(async () => {
      if (document.visibilityState === 'visible') await call().catch(() => undefined);
      again();
    }, milliseconds);
  };
  again();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
