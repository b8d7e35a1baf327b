import type { HermesError } from '../../index.ts'
import type { LoaderTestCase, LoaderTestsResult } from '../../testing/index.ts'
import { counted } from '../counted.ts'

/** A file of tests after its run: its cases, or why there are none. */
export type TestedFile = { file: string } & ({ result: LoaderTestsResult } | { error: HermesError })

/** Prints files as they are done; all of it goes to stdout. */
export interface Reporter {
  /** Before the first file. */
  begin?(): string
  file(tested: TestedFile): string
  /** After the last file. */
  end?(): string
}

/** Cases of a file; none of one that could not be read. */
export function casesOf(tested: TestedFile): readonly LoaderTestCase[] {
  return 'result' in tested ? tested.result.cases : []
}

/** How many of what. */
export interface Counts {
  files: number
  badFiles: number
  cases: number
  failed: number
  updated: number
}

export function countsOf(files: readonly TestedFile[]): Counts {
  const cases = files.flatMap(casesOf)
  return {
    files: files.length,
    badFiles: files.filter((tested) => 'error' in tested).length,
    cases: cases.length,
    failed: cases.filter(({ ok }) => !ok).length,
    updated: files.filter((tested) => 'result' in tested && tested.result.updated).length
  }
}

/** The counts in a line. */
export function summaryOf({ files, badFiles, cases, failed, updated }: Counts): string {
  return [
    counted(files, 'file'),
    counted(cases, 'case'),
    `${failed} failed`,
    ...(badFiles > 0 ? [`${counted(badFiles, 'file')} wrong`] : []),
    ...(updated > 0 ? [`${counted(updated, 'file')} updated`] : [])
  ].join(', ')
}

/** What a failure says: its code, where it has one, and its message. */
export function messageOf(error: Error): string {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && code.startsWith('ERR_HERMES_') ? `${code}: ${error.message}` : error.message
}
