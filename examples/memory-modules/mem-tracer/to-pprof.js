import { fileURLToPath } from 'node:url'
import { Line, Location, Function as PprofFunction, Profile, Sample, StringTable, ValueType } from 'pprof-format'

/**
 * A V8 sampling heap profile as pprof. V8 gives bytes (scaled up from the samples) for each place, and one record for each sample; the
 * number of objects can't be had from them, so the second value is the number of samples.
 * @param {import('@hermes-modules/sidecar/heap-sampling').HeapWindow} window
 * @param {number} intervalBytes
 * @returns {Uint8Array} not yet compressed
 */
export function toPprof({ profile, from, to }, intervalBytes) {
  const strings = new StringTable()
  const places = createPlaces(strings)
  const counts = new Map()
  for (const { nodeId } of profile.samples) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1)

  const samples = []
  const open = [{ node: profile.head, stack: [] }]
  while (open.length > 0) {
    const { node, stack } = open.pop()
    // V8's root is no function.
    const here = node === profile.head ? stack : [places.locationOf(node.callFrame), ...stack]
    if (node.selfSize > 0) samples.push(new Sample({ locationId: here, value: [counts.get(node.id) ?? 0, node.selfSize] }))
    for (const child of node.children) open.push({ node: child, stack: here })
  }

  const type = (name, unit) => new ValueType({ type: strings.dedup(name), unit: strings.dedup(unit) })
  return new Profile({
    sampleType: [type('samples', 'count'), type('alloc_space', 'bytes')],
    defaultSampleType: strings.dedup('alloc_space'),
    sample: samples,
    location: places.locations,
    function: places.functions,
    stringTable: strings,
    timeNanos: BigInt(from) * 1_000_000n,
    durationNanos: BigInt(to - from) * 1_000_000n,
    periodType: type('space', 'bytes'),
    period: intervalBytes
  }).encode()
}

/** Each function and each place in it once. */
function createPlaces(strings) {
  const functions = new Map()
  const locations = new Map()

  function functionOf({ functionName, scriptId, url, lineNumber, columnNumber }) {
    const key = `${scriptId}:${lineNumber}:${columnNumber}:${functionName}`
    const known = functions.get(key)
    if (known) return known
    const name = strings.dedup(functionName || '(anonymous)')
    const made = new PprofFunction({
      id: functions.size + 1,
      name,
      systemName: name,
      filename: strings.dedup(pathOf(url)),
      startLine: lineNumber + 1 // V8 counts from 0, and from -1 where there is no script
    })
    functions.set(key, made)
    return made
  }

  return {
    /** @returns {number} its id */
    locationOf(callFrame) {
      const { id } = functionOf(callFrame)
      const known = locations.get(id)
      if (known) return known.id
      const made = new Location({ id: locations.size + 1, line: [new Line({ functionId: id, line: callFrame.lineNumber + 1 })] })
      locations.set(id, made)
      return made.id
    },
    get functions() {
      return [...functions.values()]
    },
    get locations() {
      return [...locations.values()]
    }
  }
}

function pathOf(url) {
  return url.startsWith('file:') ? fileURLToPath(url) : url
}
