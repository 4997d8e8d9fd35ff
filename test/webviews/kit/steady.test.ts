import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type SteadyRow, steadyRows } from '../../../webviews/kit/steady.ts';

interface Item {
  id: string;
  text: string;
}

const step = (shown: readonly SteadyRow<Item>[], ...items: Item[]) => steadyRows(shown, items, ({ id }) => id);
const said = (rows: readonly SteadyRow<Item>[]) =>
  rows.map(({ key, item, gone }) => `${key} ${item.text}${gone ? ' gone' : ''}`);
const item = (id: string, text = ''): Item => ({ id, text });

describe('a list that somebody is at', () => {
  it('keeps its rows in their places, with what is new of each', () => {
    const rows = step(step([], item('a', '1'), item('b', '1')), item('b', '2'), item('a', '3'));
    assert.deepEqual(said(rows), ['a 3', 'b 2']);
  });

  it('puts what comes behind them, and marks what goes', () => {
    const rows = step(step([], item('a', '1'), item('b', '1')), item('c', '1'), item('b', '1'));
    assert.deepEqual(said(rows), ['a 1 gone', 'b 1', 'c 1']);
    assert.deepEqual(said(step(rows, item('a', '2'))), ['a 2', 'b 1 gone', 'c 1 gone']);
  });

  it('never moves a row, and shows all that there is', () => {
    const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'));
    fc.assert(
      fc.property(fc.array(ids, { minLength: 1 }), lists => {
        let rows: SteadyRow<Item>[] = [];
        for (const list of lists) {
          const next = step(rows, ...list.map(id => item(id)));
          assert.deepEqual(
            next.slice(0, rows.length).map(({ key }) => key),
            rows.map(({ key }) => key),
          );
          assert.deepEqual(new Set(next.filter(({ gone }) => !gone).map(({ key }) => key)), new Set(list));
          rows = next;
        }
      }),
    );
  });
});
