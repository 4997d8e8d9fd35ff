// A long list of the daemon, shown page by page, of which a person asks for a part.
import { type ReadonlySignal, signal } from '@preact/signals';
import { readPieces } from '../../shared/api/pages.ts';
import type { Page } from '../../shared/api/route.ts';
import type { Host } from './host.ts';
import { createLoad, type Load } from './load.ts';
import { saveText } from './save-text.ts';

export interface FilteredPages<Row, Filters> extends Load<Page<Row>> {
  readonly filters: ReadonlySignal<Filters>;
  /** From 1. */
  readonly page: ReadonlySignal<number>;
  /** Reads the first page, once for a burst of changes. */
  filter(change: Partial<Filters>): void;
  turnTo(page: number): void;
}

interface Asked<Filters> {
  filters: Filters;
  page: number;
  limit: number;
}

const pageSize = 50;
/** While somebody types. */
const waitMilliseconds = 250;

/** Reads the first page at once. */
export function createFilteredPages<Row, Filters extends object>(
  none: Filters,
  read: (asked: Asked<Filters>, abort: AbortSignal) => Promise<Page<Row>>,
): FilteredPages<Row, Filters> {
  const filters = signal(none);
  const page = signal(1);
  const load = createLoad(abort => read({ filters: filters.value, page: page.value, limit: pageSize }, abort));
  let timer: ReturnType<typeof setTimeout> | undefined;
  void load.reload();
  return {
    ...load,
    filters,
    page,
    filter(change) {
      filters.value = { ...filters.value, ...change };
      page.value = 1;
      clearTimeout(timer);
      timer = setTimeout(() => void load.reload(), waitMilliseconds);
    },
    turnTo(next) {
      page.value = next;
      void load.reload();
    },
    close() {
      clearTimeout(timer);
      load.close();
    },
  };
}

/** More pieces than anybody exports from a page; the command line has no such limit. */
const mostPieces = 200;

/** The pieces of an export as one file: a download of the page, a document in the editor. */
export async function saveExport(host: Host, name: string, read: Parameters<typeof readPieces>[0]): Promise<void> {
  const texts: string[] = [];
  for await (const text of readPieces(read)) {
    if (texts.push(text) === mostPieces) break;
  }
  saveText(host, name, texts.join(''));
}
