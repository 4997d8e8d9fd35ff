// A list that is searched by the daemon while somebody types: catalogs may have thousands of entries.
import { type QuickPickItem, window } from 'vscode';
import type { CatalogEntry } from '../../../shared/api/catalog.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { Cancelled } from '../../platform/host-problem.ts';
import { toOneLine, withoutIcons } from '../../platform/plain-text.ts';

interface EntryItem extends QuickPickItem {
  entry: CatalogEntry;
}

const typingPause = 150;
const mostShown = 50;

/** Errors: Cancelled; as of listCatalog. */
export async function pickEntry({ api, connect }: DaemonLink, title: string): Promise<CatalogEntry> {
  await connect();
  const pick = window.createQuickPick<EntryItem>();
  pick.title = title;
  pick.placeholder = 'Type a name, a tag, or what a tool does';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  let round = 0;
  let timer: NodeJS.Timeout | undefined;

  const search = async (text: string): Promise<void> => {
    const mine = ++round;
    pick.busy = true;
    try {
      const q = text.trim();
      const query = { limit: mostShown, ...(q ? { q, sort_by: 'relevance' as const } : {}) };
      const { items } = await api.listCatalog({ query });
      // The order is the daemon's; the editor shows all that it is given.
      if (mine === round) pick.items = items.map(entry => toItem(entry));
    } finally {
      if (mine === round) pick.busy = false;
    }
  };

  try {
    return await new Promise<CatalogEntry>((resolve, reject) => {
      pick.onDidChangeValue(text => {
        clearTimeout(timer);
        timer = setTimeout(() => void search(text).catch(reject), typingPause);
      });
      pick.onDidAccept(() => {
        const [chosen] = pick.selectedItems;
        if (chosen) resolve(chosen.entry);
      });
      pick.onDidHide(() => reject(new Cancelled()));
      pick.show();
      void search('').catch(reject);
    });
  } finally {
    clearTimeout(timer);
    round++;
    pick.dispose();
  }
}

const toItem = (entry: CatalogEntry): EntryItem => ({
  label: withoutIcons(toOneLine(entry.title)),
  description: [entry.installed.length > 0 ? 'installed' : '', withoutIcons(entry.origin)].filter(Boolean).join(', '),
  detail: withoutIcons(toOneLine(entry.description, 120)),
  alwaysShow: true,
  entry,
});
