/** A map that forgets what was used longest ago, so that it never holds more than `most`. */
export interface Recent<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): void
  delete(key: K): void
  entries(): IterableIterator<[K, V]>
  readonly size: number
}

export function createRecent<K, V>(most: number): Recent<K, V> {
  const kept = new Map<K, V>()
  const touch = (key: K, value: V): void => {
    kept.delete(key)
    kept.set(key, value)
  }
  return {
    get(key) {
      const value = kept.get(key)
      if (value !== undefined) touch(key, value)
      return value
    },
    set(key, value) {
      touch(key, value)
      if (kept.size > most) kept.delete(kept.keys().next().value as K)
    },
    delete: (key) => void kept.delete(key),
    entries: () => kept.entries(),
    get size() { return kept.size },
  }
}
