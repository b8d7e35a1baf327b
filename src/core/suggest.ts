/**
 * The candidate that was probably meant, for the names of an embedder's own too: at most a third of its letters are wrong,
 * case aside. `undefined` where none is near enough.
 */
export function suggest(given: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  const wanted = given.toLowerCase()
  for (const candidate of candidates) {
    const allowed = Math.max(1, Math.floor(Math.max(given.length, candidate.length) / 3))
    if (Math.abs(given.length - candidate.length) > allowed) continue
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance <= allowed && distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** The hint that goes with {@link suggest}, or what is there to choose from. */
export function didYouMean(given: string, candidates: readonly string[]): string | undefined {
  const meant = suggest(given, candidates)
  if (meant !== undefined) return `did you mean "${meant}"?`
  if (candidates.length === 0) return undefined
  const shown = candidates.slice(0, 10).map((candidate) => `"${candidate}"`)
  const rest = candidates.length > shown.length ? `, and ${candidates.length - shown.length} more` : ''
  return `there is ${shown.join(', ')}${rest}`
}

/** Damerau–Levenshtein distance, adjacent transpositions only (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current[column] = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] as number) + 1 : Number.POSITIVE_INFINITY
      )
    }
    beforeLast = last
    last = current
  }
  return last[b.length] as number
}
