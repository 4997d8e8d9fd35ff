import { Button } from './controls.tsx';

interface PagerProps {
  label: string;
  page: number;
  limit: number;
  total: number;
  onPage: (page: number) => void;
}

/** "61-120 of 5000" with the ways to the pages before and after; nothing where one page holds all. */
export function Pager({ label, page, limit, total, onPage }: PagerProps) {
  const last = Math.max(1, Math.ceil(total / limit));
  if (last === 1 && page === 1) return null;
  const from = (page - 1) * limit + 1;
  return (
    <nav class="pager button-row" aria-label={label}>
      <Button icon="chevron-left" disabled={page <= 1} onClick={() => onPage(page - 1)}>
        Previous
      </Button>
      <span class="quiet">
        {from}–{Math.min(total, from + limit - 1)} of {total}
      </span>
      <Button icon="chevron-right" disabled={page >= last} onClick={() => onPage(page + 1)}>
        Next
      </Button>
    </nav>
  );
}
