import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { joinCoverage } from '../../testing/index.ts'
import type { CommandIo } from '../io.ts'
import { printable } from '../printable.ts'
import type { TestedFile } from './tested-file.ts'

/** Writes what all files together have reached; whether that is enough. */
export function writeCoverage(
  tested: readonly TestedFile[],
  { coverage: folder, min }: { coverage: string | undefined; min: number | undefined },
  io: CommandIo
): boolean {
  if (folder === undefined) return true
  const all = tested.flatMap((one) => ('result' in one && one.result.coverage ? [one.result.coverage] : []))
  const { lcov, percent, reason } = joinCoverage(all)
  const file = path.join(folder, 'lcov.info')
  try {
    mkdirSync(path.resolve(io.cwd, folder), { recursive: true })
    writeFileSync(path.resolve(io.cwd, file), lcov)
  } catch (error) {
    io.stderr.write(`${file} can't be written (${(error as NodeJS.ErrnoException).code})\n`)
    return false
  }
  if (percent === undefined) {
    io.stderr.write(`no line is known to be reached: ${printable(reason ?? 'nothing was run')}\n`)
    return min === undefined
  }
  const partly = reason === undefined ? '' : ` (a trace ended early: ${printable(reason)})`
  io.stderr.write(`${percent} % of the lines were reached${partly}\n`)
  if (min === undefined || percent >= min) return true
  io.stderr.write(`that is less than --min ${min}\n`)
  return false
}
