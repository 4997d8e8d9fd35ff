/**
 * A Map for what comes and goes by the thousand. A table of V8's Map that is outgrown or full of gaps is replaced by another, and
 * still holds its entries and the new table: once a dead one is old it keeps all that passes through after it, until the whole
 * heap is looked through. Here an entry is emptied when it goes, so that what is kept is a shell.
 */
export class PassingMap<Key extends string | number, Value> {
  readonly #entries = new Map<Key, { value: Value | undefined }>();

  get size(): number {
    return this.#entries.size;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Errors: none; what was there under the key goes. */
  set(key: Key, value: Value): void {
    this.delete(key);
    this.#entries.set(key, { value });
  }

  /** What was there. */
  delete(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    const { value } = entry;
    this.#entries.delete(key);
    entry.value = undefined;
    return value;
  }

  dropFirst(): void {
    for (const key of this.#entries.keys()) {
      this.delete(key);
      return;
    }
  }

  /** In the order in which they came. */
  *values(): Generator<Value> {
    for (const { value } of this.#entries.values()) if (value !== undefined) yield value;
  }

  /** In the order in which they came, as they are now: what comes or goes meanwhile changes nothing of it. */
  all(): [Key, Value][] {
    return [...this.#entries].map(([key, { value }]) => [key, value as Value]);
  }
}
