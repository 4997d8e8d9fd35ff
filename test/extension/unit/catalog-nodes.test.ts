import assert from 'node:assert/strict';
import {
  catalogRows,
  entryRows,
  moreRow,
  needsInputs,
  toCatalogNode,
  toEntryNode,
} from '../../../extension/features/catalog/catalog.nodes.ts';
import { toContextValue } from '../../../extension/platform/tree-node.ts';
import { buildCatalog } from '../../support/docker-builder.ts';
import { buildCatalogEntry, buildOperation } from '../../support/server-builder.ts';

describe('the rows of the Catalog tree', () => {
  const node = (installed: string[], operations = [] as ReturnType<typeof buildOperation>[]) => {
    const [row] = entryRows([buildCatalogEntry({ installed })], operations);
    assert.ok(row);
    return toEntryNode(row);
  };

  it('offer what is not installed, and mark what is', () => {
    assert.match(toContextValue(node([]).marks), /;entry;installable;/);
    assert.match(toContextValue(node(['some']).marks), /;entry;installed;/);
    assert.equal(node(['some']).description, 'Installed');
  });

  it('show what is being installed, and offer it no second time', () => {
    const installing = node([], [buildOperation({ serverId: 'some' })]);
    assert.match(toContextValue(installing.marks), /;entry;installing;/);
    assert.equal(installing.description, 'Installing');
    assert.match(toContextValue(node([], [buildOperation({ serverId: 'other' })]).marks), /;installable;/);
  });

  it('name the pinned package in the tooltip', () => {
    const facts = node([]).tooltip.flatMap(part => (part.kind === 'fact' ? [part.value] : []));
    assert.ok(facts.includes('npm package some-server@1.2.3'));
  });

  it('know an entry that asks for something first', () => {
    const schema = (required?: string[]) => ({
      type: 'object',
      properties: { path: { type: 'string' } },
      ...(required ? { required } : {}),
    });
    assert.equal(needsInputs(buildCatalogEntry({ configurationSchema: schema(['path']) })), true);
    assert.equal(needsInputs(buildCatalogEntry({ configurationSchema: schema() })), false);
    assert.equal(needsInputs(buildCatalogEntry()), false);
  });

  it('show a catalog with its size, where it is from and that it is from the cache', () => {
    const [row] = catalogRows([buildCatalog({ entries: 1, cached: true })]);
    assert.ok(row);
    const { label, description, marks } = toCatalogNode(row);
    assert.deepEqual([label, description], ['Lab', '1 server, your own, from the cache']);
    assert.match(toContextValue(marks), /;catalog;docker;removable;/);
  });

  it('offer no removal of what comes with Quayside', () => {
    const [row] = catalogRows([buildCatalog({ engine: 'process', origin: 'built-in', fixed: true })]);
    assert.ok(row);
    assert.equal(toContextValue(toCatalogNode(row).marks), ';catalog;process;');
  });

  it('lead to the search when there are more entries than a tree is good for', () => {
    assert.deepEqual(moreRow(buildCatalog(), 8, 8), []);
    const [row] = moreRow(buildCatalog(), 100, 350);
    assert.ok(row);
    assert.equal(toCatalogNode(row).label, '250 more in Lab');
    assert.equal(toCatalogNode(row).command?.id, 'quayside.searchCatalog');
  });
});
