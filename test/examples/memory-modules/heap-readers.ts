import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Profile } from 'pprof-format'
import { expect } from 'vitest'

interface HeapNode {
  callFrame: { functionName: string; url: string; lineNumber: number }
  selfSize: number
  id: number
  children: HeapNode[]
}

/** The modules that sample the heap, with windows of a second, and a reader of what they write. */
export const heapModules = [
  { name: 'mem-profiler', settings: { durationSeconds: 1, sampleIntervalBytes: 16_384 }, hottest: hottestOfHeapProfile },
  { name: 'mem-tracer', settings: { windowSeconds: 1, sampleIntervalBytes: 4096 }, hottest: hottestOfPprof }
]

/** Chrome's format, read by hand: the node with the most bytes of its own. */
function hottestOfHeapProfile(file: string) {
  const { head, samples } = JSON.parse(readFileSync(file, 'utf8')) as {
    head: HeapNode
    samples: { nodeId: number; size: number; ordinal: number }[]
  }
  expect(head.callFrame.functionName).toBe('(root)')
  const nodes: HeapNode[] = []
  for (const open = [head]; open.length > 0; ) {
    const node = open.pop()
    if (node === undefined) break
    nodes.push(node)
    open.push(...node.children)
  }
  const ids = new Set(nodes.map(({ id }) => id))
  expect(ids.size).toBe(nodes.length)
  expect(samples.every(({ nodeId, size }) => ids.has(nodeId) && size > 0)).toBe(true)
  const [top] = nodes.sort((a, b) => b.selfSize - a.selfSize)
  const { functionName, url, lineNumber } = top?.callFrame ?? { functionName: '', url: '', lineNumber: -1 }
  return { function: functionName, file: path.basename(url), line: lineNumber + 1 }
}

// pprof's own reader is a part of Go, which not every machine has.
const hasGo = spawnSync('go', ['version']).status === 0

/** pprof, decoded: the leaf with the most bytes. */
function hottestOfPprof(file: string) {
  const profile = Profile.decode(gunzipSync(readFileSync(file)))
  const text = (index: number | bigint | undefined) => profile.stringTable.strings[Number(index)]
  expect(profile.sampleType.map(({ type, unit }) => [text(type), text(unit)])).toEqual([
    ['samples', 'count'],
    ['alloc_space', 'bytes']
  ])
  expect(text(profile.defaultSampleType)).toBe('alloc_space')
  expect(Number(profile.period)).toBe(4096)
  const locations = new Map(profile.location.map((location) => [Number(location.id), location]))
  const functions = new Map(profile.function.map((one) => [Number(one.id), one]))
  const bytes = new Map<number, number>()
  for (const { locationId, value } of profile.sample) {
    expect(locationId.every((id) => locations.has(Number(id)))).toBe(true)
    const leaf = Number(locationId[0])
    bytes.set(leaf, (bytes.get(leaf) ?? 0) + Number(value[1]))
  }
  const [[leaf] = [0]] = [...bytes].sort(([, a], [, b]) => b - a)
  const line = locations.get(leaf)?.line[0]
  const found = functions.get(Number(line?.functionId))
  const name = text(found?.name)
  // Of a window of few samples the hottest is a matter of how one adds up.
  if (hasGo && name === 'rememberRequest') expect(topByGo(file)).toBe(name)
  return { function: name, file: path.basename(text(found?.filename) ?? ''), line: Number(line?.line) }
}

function topByGo(file: string): string | undefined {
  const args = ['tool', 'pprof', '-top', '-nodecount=1', file]
  const { stdout } = spawnSync('go', args, { encoding: 'utf8', env: { ...process.env, HOME: tmpdir() } })
  expect(stdout).toMatch(/^Type: alloc_space\n/m)
  return stdout.trim().split(/\s+/).at(-1)
}
