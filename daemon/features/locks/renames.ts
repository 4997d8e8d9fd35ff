// Recognises a tool that came back under another name: a rename must not look like one removal and one harmless addition.
import { digestOf } from '../../platform/canonical.ts';
import type { WireTool } from '../../supervision/session.ts';

/** How much of the words of two definitions must be the same, from 0 to 1 (Sørensen and Dice's coefficient). */
const alike = 0.8;
/** Beyond this, only equal definitions are recognised: comparing is quadratic. */
const mostCompared = 64;
/** The beginning says enough: a server that renames many large tools again and again must not keep everybody waiting. */
const mostCharacters = 4_000;

/** The former name by the new one. Each removed tool is taken once, equal definitions before similar ones. */
export function findRenames(added: readonly WireTool[], removed: readonly WireTool[]): Map<string, string> {
  const found = new Map<string, string>();
  const left = new Map(removed.map(tool => [tool.name, tool]));
  const take = (tool: WireTool, former: WireTool | undefined) => {
    if (!former || found.has(tool.name)) return;
    found.set(tool.name, former.name);
    left.delete(former.name);
  };
  const byDigest = Map.groupBy(removed, namelessDigest);
  for (const tool of added)
    take(
      tool,
      byDigest.get(namelessDigest(tool))?.find(({ name }) => left.has(name)),
    );

  const unknown = added.filter(({ name }) => !found.has(name));
  if (unknown.length > mostCompared || left.size > mostCompared) return found;
  const words = new Map([...left.values()].map(tool => [tool, wordsOf(tool)]));
  for (const tool of unknown) {
    const mine = wordsOf(tool);
    const [best] = [...left.values()]
      .map(former => ({ former, score: similarity(mine, words.get(former) ?? noWords) }))
      .filter(({ score }) => score >= alike)
      .toSorted((a, b) => b.score - a.score);
    take(tool, best?.former);
  }
  return found;
}

/** The names of those that are, or nearly are, one of the others under another name. */
export function findAlike(added: readonly WireTool[], others: readonly WireTool[]): Set<string> {
  const digests = new Set(others.map(namelessDigest));
  const found = new Set(added.filter(tool => digests.has(namelessDigest(tool))).map(({ name }) => name));
  const unknown = added.filter(({ name }) => !found.has(name));
  if (unknown.length > mostCompared || others.length > mostCompared) return found;
  const words = others.map(wordsOf);
  for (const tool of unknown) {
    const mine = wordsOf(tool);
    if (words.some(theirs => similarity(mine, theirs) >= alike)) found.add(tool.name);
  }
  return found;
}

/** A title is a name too. */
const nameless = ({ name: _name, title: _title, ...definition }: WireTool): object => definition;
const namelessDigest = (tool: WireTool): string => digestOf(nameless(tool));

const noWords: Words = { counts: new Map(), size: 0 };

interface Words {
  counts: Map<string, number>;
  /** All of them, each as often as it comes. */
  size: number;
}

function wordsOf(tool: WireTool): Words {
  const text = JSON.stringify(nameless(tool)).slice(0, mostCharacters).toLowerCase();
  const counts = new Map<string, number>();
  let size = 0;
  for (const [word] of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
    size += 1;
  }
  return { counts, size };
}

function similarity(a: Words, b: Words): number {
  const total = a.size + b.size;
  // A few words that every tool has say nothing, and where one is much longer than the other there is no need to look.
  if (total < 12 || (2 * Math.min(a.size, b.size)) / total < alike) return 0;
  let shared = 0;
  for (const [word, count] of a.counts) shared += Math.min(count, b.counts.get(word) ?? 0);
  return (2 * shared) / total;
}
