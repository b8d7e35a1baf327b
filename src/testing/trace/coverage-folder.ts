import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorCodeOf } from '../../errors.ts'
import { type Coverage, type CoverageCollector, type CoverageData, createCoverage } from './coverage.ts'

const suffix = '.hermes-coverage.json'

/**
 * Puts what a process has reached so far into a folder that several processes share: a file each, which the next call
 * replaces.
 *
 * @param id tells this process's files from those of others
 */
export function writeCoverage(folder: string, coverage: CoverageCollector, id: string = processId): void {
  makeFolders(path.resolve(folder))
  const file = path.join(folder, `${id}${suffix}`)
  writeFileSync(`${file}.new`, JSON.stringify(coverage))
  renameSync(`${file}.new`, file)
}

/** One by one: below `/proc` a recursive `mkdir` of Node never returns. */
function makeFolders(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  makeFolders(path.dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another process that shares it may have made it meanwhile.
    if (errorCodeOf(error) !== 'EEXIST') throw error
  }
}

/** Process ids repeat across containers that share a folder. */
const processId = randomUUID()

/**
 * What all processes reached that put their hits into a folder, because `HERMES_COVERAGE` named it.
 *
 * @throws TypeError for a file there that this version did not write; the system's error where the folder can't be read
 */
export async function mergeCoverage(dir: string | URL): Promise<Coverage> {
  const folder = typeof dir === 'string' ? dir : fileURLToPath(dir)
  const files = readdirSync(folder).filter((name) => name.endsWith(suffix))
  return createCoverage(files.sort().map((name) => readData(path.join(folder, name)))).report()
}

function readData(file: string): CoverageData {
  const data: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (!isData(data)) throw new TypeError(`${file} is no coverage of this version`)
  return data
}

function isData(data: unknown): data is CoverageData {
  if (typeof data !== 'object' || data === null || !('version' in data) || data.version !== 1) return false
  const { sources, reasons } = data as { sources?: unknown; reasons?: unknown }
  return (
    Array.isArray(sources) &&
    sources.every(isSource) &&
    Array.isArray(reasons) &&
    reasons.every((each) => typeof each === 'string')
  )
}

function isSource(given: unknown): boolean {
  const { source, lines } = (given ?? {}) as { source?: unknown; lines?: unknown }
  const isPair = (pair: unknown) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isInteger)
  return typeof source === 'string' && Array.isArray(lines) && lines.every(isPair)
}
