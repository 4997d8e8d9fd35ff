// A panel of the editor: requests and acts by postMessage, places by the editor's own panels.
import { signal } from '@preact/signals';
import { type HostAct, HostMessage, type PanelMessage, type PanelPort, panelCarrier } from '../../shared/api/panel.ts';
import type { Host } from './host.ts';
import { formatLocation, type Location, parseLocation } from './location.ts';

/** Characters in one act; the host refuses more. */
const mostText = 10_485_760;
const cutMark = '\n[cut here: the rest is too long for the editor]';

interface VsCodeApi {
  postMessage(message: PanelMessage): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

export function createPanelHost(start: string): Host {
  const api = acquireVsCodeApi();
  const port: PanelPort = {
    post: message => api.postMessage(message),
    onMessage: listener => {
      const onMessage = (event: MessageEvent) => listener(event.data);
      window.addEventListener('message', onMessage);
      return () => window.removeEventListener('message', onMessage);
    },
  };
  const location = signal(parseLocation(start));
  port.onMessage(raw => {
    const message = HostMessage.safeParse(raw);
    if (message.success && message.data.type === 'navigate') location.value = parseLocation(message.data.location);
  });
  const ask = (act: HostAct) => port.post({ type: 'host', act });
  return {
    kind: 'panel',
    carrier: panelCarrier(port),
    location,
    linkTo: target => `#${formatLocation(target)}`,
    open: target => {
      const act = actFor(target);
      // The catalog, its entries and the catalogs are one panel, and so are profiles: no need to ask the editor for another.
      if (!act || inOnePanel(target, location.value)) location.value = target;
      else ask(act);
    },
    replace: target => {
      location.value = target;
    },
    copy: async text => {
      if (text.length > mostText) throw new Error('The text is too long for the clipboard.');
      ask({ act: 'copy', text });
    },
    openExternal: url => ask({ act: 'openExternal', url }),
    openText: (text, language) =>
      ask(
        text.length > mostText
          ? { act: 'openText', language: 'plaintext', text: `${text.slice(0, mostText - cutMark.length)}${cutMark}` }
          : { act: 'openText', language, text },
      ),
    save: undefined,
  };
}

/** Whether one panel shows both places. */
const inOnePanel = (one: Location, other: Location): boolean =>
  [['catalog', 'catalogs'], ['profiles'], ['access'], ['gateway']].some(
    views => views.includes(one.view) && views.includes(other.view),
  );

function actFor(target: Location): HostAct | undefined {
  switch (target.view) {
    case 'dashboard':
      return { act: 'openDashboard' };
    case 'secrets':
      return { act: 'openSecrets' };
    case 'access':
      return { act: 'openAccess', ...(target.tab === undefined ? {} : { tab: target.tab }) };
    case 'gateway':
      return { act: 'openGateway', ...(target.tab === undefined ? {} : { tab: target.tab }) };
    case 'catalog':
      return { act: 'openCatalog', ...(target.entry === undefined ? {} : { entryId: target.entry }) };
    case 'profiles':
      return {
        act: 'openDocker',
        place: 'profiles',
        ...(target.profile === undefined ? {} : { profile: target.profile }),
      };
    case 'containers':
    case 'clients':
    case 'doctor':
      return { act: 'openDocker', place: target.view };
    case 'server':
      return { act: 'openServer', serverId: target.id };
    case 'tool':
      return { act: 'openTool', serverId: target.id, tool: target.tool };
    default:
      return undefined;
  }
}
