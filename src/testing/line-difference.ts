/** A line of what is there, and what is said beside it. */
export interface NotedLine {
  text: string
  more: string
}

/** What is to be taken away (`-`) and added (`+`) to make one list of another; lines of both are indented. */
export function lineDifference(before: readonly string[], after: readonly NotedLine[]): string[] {
  const common = commonLengths(before, after)
  const lines: string[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    const [old, now] = [before[i], after[j]]
    if (old !== undefined && now !== undefined && old === now.text) {
      lines.push(`    ${now.text}${now.more}`)
      i++
      j++
    } else if (old !== undefined && (now === undefined || lengthAt(common, i + 1, j) >= lengthAt(common, i, j + 1))) {
      lines.push(`  - ${old}`)
      i++
    } else if (now !== undefined) {
      lines.push(`  + ${now.text}${now.more}`)
      j++
    }
  }
  return lines
}

/** For each pair of places the length of the longest list that both have from there on, in order. */
function commonLengths(before: readonly string[], after: readonly NotedLine[]): number[][] {
  const lengths: number[][] = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i] as number[]
      row[j] =
        before[i] === after[j]?.text
          ? lengthAt(lengths, i + 1, j + 1) + 1
          : Math.max(lengthAt(lengths, i + 1, j), lengthAt(lengths, i, j + 1))
    }
  }
  return lengths
}

function lengthAt(lengths: readonly number[][], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0
}
