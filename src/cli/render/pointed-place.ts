import { isMap, isScalar, isSeq, type Node } from 'yaml'
import type { YamlFile } from './yaml-file.ts'

/**
 * Where in the text something of a document stands: a text by itself, a collection by its key. Of what is not there, or stands
 * in an alias, the place of the nearest that is.
 */
export function offsetOf({ documents }: YamlFile, document: number, steps: readonly string[]): number {
  let node = (documents[document]?.contents ?? null) as Node | null
  let offset = node?.range?.[0] ?? documents[document]?.range[0] ?? 0
  for (const step of steps) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step)
      if (!pair) break
      const [key, value] = [pair.key as Node, pair.value as Node | null]
      const isWritten = isScalar(value) && value.source !== ''
      offset = (isWritten ? value : key).range?.[0] ?? offset
      node = value
    } else if (isSeq(node)) {
      const element = node.items[Number(step)] as Node | null | undefined
      if (!element) break
      offset = element.range?.[0] ?? offset
      node = element
    } else break
  }
  return offset
}
