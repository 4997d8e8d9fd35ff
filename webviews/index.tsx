// The entry of the one web app: looks at its host, wires the client to it and renders.
import './kit/content-policy.ts';
import { render } from 'preact';
import { createApiClient } from '../shared/api/client.ts';
import { AppContext } from './kit/app.ts';
import '@vscode/codicons/dist/codicon.css';
import { forgetNonce } from './kit/content-policy.ts';
import './kit/theme.css';
import './kit/base.css';
import './kit/docker.css';
import { createLive } from './kit/live.ts';
import { createPageHost } from './kit/page-host.ts';
import { createPanelHost } from './kit/panel-host.ts';
import { registerToolkit } from './kit/toolkit.ts';
import { AppView } from './shell/app.view.tsx';
import { createThemeState } from './shell/theme.ts';

const element = document.getElementById('app');
if (!element) throw new Error('The host\u2019s page has no element with the id "app".');

const onPage = element.dataset['host'] === 'page';
const start = element.dataset['location'] ?? 'dashboard';
const host = onPage ? createPageHost(start) : createPanelHost(start);
const theme = onPage ? createThemeState() : undefined;
const api = createApiClient({
  ...host.carrier,
  async send(request) {
    const response = await host.carrier.send(request);
    if (onPage && response.status === 401 && request.operationId !== 'createSession') live.loseAccess();
    return response;
  },
});
const live = createLive(api);

forgetNonce();
registerToolkit();
// A login link is traded first: asking without a session would only be refused.
if (host.location.value.view !== 'login') live.start();
render(
  <AppContext.Provider value={{ api, host, live }}>
    <AppView theme={theme} />
  </AppContext.Provider>,
  element,
);
