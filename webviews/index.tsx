// The entry of the one web app: looks at its host, wires the client to it and renders.
import './kit/content-policy.ts';
import { render } from 'preact';
import { createApiClient } from '../shared/api/client.ts';
import { AppContext } from './kit/app.ts';
import '@vscode/codicons/dist/codicon.css';
import { forgetNonce } from './kit/content-policy.ts';
import { codeOf, createFactorGate } from './kit/fresh-factor.ts';
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
const factors = createFactorGate(host.carrier);
const api = createApiClient({
  ...factors.carrier,
  async send(request) {
    const response = await factors.carrier.send(request);
    // Other refusals with this status are about a password or a code, and belong to the form that sent it.
    if (onPage && codeOf(response) === 'ACCESS_001') live.loseAccess();
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
    <AppView theme={theme} factors={factors} />
  </AppContext.Provider>,
  element,
);
