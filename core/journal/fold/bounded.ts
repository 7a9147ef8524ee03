/**
 * Sets a key that then counts as the youngest, and forgets the oldest beyond the limit. Memory stays bounded
 * however many names and references come and go over the years.
 */
export function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, limit = 5000): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= limit) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

/** One key out of several parts that may hold any character. */
export const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);
