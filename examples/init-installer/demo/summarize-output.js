import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Profile } from 'pprof-format'

/** One line about a file that a module wrote: the hottest allocation of a profile, the course of a log. @param {string} file */
export async function summarizeOutput(file) {
  const bytes = await readFile(file)
  if (file.endsWith('.heapprofile')) return hottest(heapProfileSites(JSON.parse(bytes)))
  if (file.endsWith('.pb.gz')) return hottest(pprofSites(Profile.decode(gunzipSync(bytes))))
  return course(
    bytes
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  )
}

/** Bytes by function: one may be called on several ways. */
function hottest(sites) {
  const bytesOf = new Map()
  let all = 0
  for (const { site, bytes } of sites) {
    bytesOf.set(site, (bytesOf.get(site) ?? 0) + bytes)
    all += bytes
  }
  const [[site, bytes] = ['none', 0]] = [...bytesOf].sort(([, a], [, b]) => b - a)
  return `hottest allocation: ${site}: ${inMiB(bytes)} of ${inMiB(all)}`
}

function* heapProfileSites({ head }) {
  for (const open = [head]; open.length > 0; ) {
    const { callFrame, selfSize, children } = open.pop()
    yield { site: siteOf(callFrame.functionName, callFrame.url, callFrame.lineNumber + 1), bytes: selfSize }
    open.push(...children)
  }
}

function* pprofSites({ stringTable, function: functions, location, sample }) {
  const text = (index) => stringTable.strings[Number(index)]
  const functionOf = new Map(functions.map((one) => [Number(one.id), one]))
  const lineOf = new Map(location.map(({ id, line }) => [Number(id), line[0]]))
  for (const { locationId, value } of sample) {
    const { functionId, line } = lineOf.get(Number(locationId[0]))
    const { name, filename } = functionOf.get(Number(functionId))
    yield { site: siteOf(text(name), text(filename), Number(line)), bytes: Number(value[1]) }
  }
}

const siteOf = (name, url, line) => (url ? `${name || '(anonymous)'} (${path.basename(url)}:${line})` : name)

function course(lines) {
  const [first, last] = [lines[0], lines.at(-1)]
  const seconds = (Date.parse(last.time) - Date.parse(first.time)) / 1000
  return `resident memory: ${inMiB(first.rssBytes)}, and ${inMiB(last.rssBytes)} ${seconds.toFixed(1)} s later`
}

const inMiB = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`
