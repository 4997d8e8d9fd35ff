// Hono's router, with the matches of the addresses that are known beforehand and have no parameters remembered.
import type { Result, Router } from 'hono/router';
import { TrieRouter } from 'hono/router/trie-router';

/** The addresses have names beside parameters, which of Hono's routers the trie alone can tell apart, by a search each time. */
export function createRememberingRouter<T>(paths: ReadonlySet<string>): Router<T> {
  const trie = new TrieRouter<T>();
  const remembered = new Map<string, Result<T>>();
  return {
    name: 'RememberingRouter',
    add(method, path, handler) {
      remembered.clear();
      trie.add(method, path, handler);
    },
    match(method, path) {
      if (!paths.has(path)) return trie.match(method, path);
      const key = `${method} ${path}`;
      const found = remembered.get(key) ?? trie.match(method, path);
      remembered.set(key, found);
      return found;
    },
  };
}
