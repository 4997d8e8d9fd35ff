// What every view is given: the client, the host and the live state.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ApiClient } from '../../shared/api/client.ts';
import type { Host } from './host.ts';
import type { Live } from './live.ts';

export interface App {
  readonly api: ApiClient;
  readonly host: Host;
  readonly live: Live;
}

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('A view was rendered outside the app.');
  return app;
}
