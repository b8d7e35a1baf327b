import { availableParallelism } from 'node:os'

/**
 * Does the work for each item, as many at a time as there are cores, and gives the results in the order of the items. Where
 * one fails nothing more is begun, what has begun is waited for, and the failure of the first item that failed is thrown.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>
): Promise<Result[]> {
  const results: Result[] = []
  const failures = new Map<number, unknown>()
  let next = 0
  const worker = async () => {
    while (next < items.length && failures.size === 0) {
      const index = next++
      try {
        results[index] = await work(items[index] as Item, index)
      } catch (error) {
        failures.set(index, error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(items.length, availableParallelism()) }, worker))
  const [first] = [...failures].sort(([a], [b]) => a - b)
  if (first) throw first[1]
  return results
}
