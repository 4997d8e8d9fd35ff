import { useEffect, useState } from 'preact/hooks';

/** State that lives as long as the component and is closed with it. Made once: give the component a key to make it anew. */
export function useOwned<T extends { close(): void }>(create: () => T): T {
  const [state] = useState(create);
  useEffect(() => () => state.close(), [state]);
  return state;
}
