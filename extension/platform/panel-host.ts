// Opens the webview panels, one of each kind, and brings them back after the window is reloaded.
import { randomBytes } from 'node:crypto';
import {
  env,
  type Memento,
  type Tab,
  TabInputWebview,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
  workspace,
} from 'vscode';
import type { Carrier } from '../../shared/api/client.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import type { HostAct } from '../../shared/api/panel.ts';
import { disposeAll } from './commands.ts';
import { type PanelKind, panels as viewTypes } from './contributions.ts';
import { findPlace, type PanelPlace, toolLocation } from './panel-location.ts';
import { createPanelRelay } from './panel-relay.ts';
import { panelHtml } from './panel-shell.ts';
import type { ReportProblem } from './report-problem.ts';
import type { Signal } from './signal.ts';

export interface PanelHostOptions {
  /** The extension's own folder. */
  extensionUri: Uri;
  carrier: Carrier;
  onEvent: Signal<DaemonEvent>;
  /** Remembers where each panel was. */
  memory: Memento;
  report: ReportProblem;
  log: (message: string) => void;
}

/** Shows a location in the panel of its kind. What is no location is passed over. */
export type OpenPanel = (location: string) => void;

export interface PanelHost {
  open: OpenPanel;
  /** How many requests of pages were answered since the window opened. */
  readonly answered: number;
  dispose(): void;
}

const kinds: PanelKind[] = ['dashboard', 'catalog', 'server', 'tool', 'secrets', 'docker', 'access', 'gateway'];

const memoryKey = (kind: PanelKind): string => `panel.${kind}`;

export function createPanelHost(options: PanelHostOptions): PanelHost {
  const { memory, report } = options;
  const open = new Map<PanelKind, WebviewPanel>();
  let answered = 0;
  const assets = Uri.joinPath(options.extensionUri, 'dist', 'webviews');

  const remember = ({ kind, location }: PanelPlace) => void memory.update(memoryKey(kind), location);

  const show: OpenPanel = location => {
    const place = findPlace(location);
    if (!place) return options.log(`There is no page at ${JSON.stringify(location)}.`);
    const panel = open.get(place.kind);
    if (!panel) {
      const waiting = findWaitingTabs(place.kind);
      fill(create(place), place);
      return void window.tabGroups.close(waiting, true);
    }
    remember(place);
    panel.title = place.title;
    panel.reveal(panel.viewColumn);
    void panel.webview.postMessage({ type: 'navigate', location });
  };

  const create = ({ kind, title }: PanelPlace): WebviewPanel =>
    window.createWebviewPanel(viewTypes[kind], title, ViewColumn.Active, { retainContextWhenHidden: true });

  const fill = (panel: WebviewPanel, place: PanelPlace): void => {
    const { webview } = panel;
    open.set(place.kind, panel);
    remember(place);
    panel.title = place.title;
    panel.iconPath = Uri.joinPath(options.extensionUri, 'extension', 'media', 'panel.svg');
    webview.options = { enableScripts: true, localResourceRoots: [assets] };
    const relay = createPanelRelay({
      carrier: options.carrier,
      onEvent: options.onEvent,
      post: message => {
        if (message.type === 'response') answered++;
        void webview.postMessage(message);
      },
      act: act => void perform(act, show).catch(report),
      log: options.log,
    });
    // Before the page is there: its first message must find somebody.
    const listening = webview.onDidReceiveMessage(raw => relay.receive(raw));
    panel.onDidDispose(() => {
      relay.dispose();
      listening.dispose();
      if (open.get(place.kind) === panel) open.delete(place.kind);
    });
    webview.html = panelHtml({
      scriptUri: webview.asWebviewUri(Uri.joinPath(assets, 'app.js')).toString(),
      styleUri: webview.asWebviewUri(Uri.joinPath(assets, 'app.css')).toString(),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64url'),
      location: place.location,
    });
  };

  const restorers = kinds.map(kind =>
    window.registerWebviewPanelSerializer(viewTypes[kind], {
      async deserializeWebviewPanel(panel) {
        const place = findPlace(memory.get(memoryKey(kind), kind));
        if (place?.kind === kind && !open.has(kind)) fill(panel, place);
        else panel.dispose();
      },
    }),
  );

  return {
    open: show,
    get answered() {
      return answered;
    },
    dispose() {
      disposeAll(restorers).dispose();
      for (const panel of [...open.values()]) panel.dispose();
    },
  };
}

/**
 * Tabs that a reloaded window has kept of a kind: their page comes back only when somebody looks at it, and would then be
 * the second of its kind.
 */
const findWaitingTabs = (kind: PanelKind): Tab[] =>
  window.tabGroups.all
    .flatMap(group => group.tabs)
    // The editor puts a prefix of its own before the type.
    .filter(({ input }) => input instanceof TabInputWebview && `-${input.viewType}`.endsWith(`-${viewTypes[kind]}`));

/** What a page cannot do by itself. */
async function perform(act: HostAct, open: OpenPanel): Promise<void> {
  if (act.act === 'openExternal') await env.openExternal(Uri.parse(act.url, true));
  else if (act.act === 'copy') await env.clipboard.writeText(act.text);
  else if (act.act === 'openServer') open(`server/${encodeURIComponent(act.serverId)}`);
  else if (act.act === 'openTool') open(toolLocation(act.serverId, act.tool));
  else if (act.act === 'openCatalog') open(act.entryId ? `catalog/${encodeURIComponent(act.entryId)}` : 'catalog');
  else if (act.act === 'openDashboard') open('dashboard');
  else if (act.act === 'openSecrets') open('secrets');
  else if (act.act === 'openAccess') open(act.tab === undefined ? 'access' : `access?tab=${act.tab}`);
  else if (act.act === 'openGateway') open(act.tab === undefined ? 'gateway' : `gateway?tab=${act.tab}`);
  else if (act.act === 'openDocker') open(act.profile ? `profiles/${encodeURIComponent(act.profile)}` : act.place);
  else {
    const document = await workspace.openTextDocument({ language: act.language, content: act.text });
    await window.showTextDocument(document, { preview: true });
  }
}
