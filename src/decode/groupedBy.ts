/** Elements that share a key, each group and the groups in the order of their first. (Map.groupBy is not in Node 20.) */
export function groupedBy<T, K>(elements: Iterable<T>, key: (element: T) => K): readonly T[][] {
  const groups = new Map<K, T[]>();
  for (const element of elements) {
    const group = groups.get(key(element));
    if (group) group.push(element);
    else groups.set(key(element), [element]);
  }
  return [...groups.values()];
}
