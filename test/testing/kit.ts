import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { type HermesError, HermesError as HermesErrorClass } from '../../src/index.ts'
import type { LoaderRun, LoaderRunOptions } from '../../src/testing/index.ts'
import { loaderScript } from '../../src/testing/index.ts'
import { tempFile } from '../temp-folder.ts'

/** Shells that every promise about commands is tried in. */
export const shells = ['bash', 'dash', 'busybox sh'] as const

/** Runs a text as a loader script; one line that answers is added. */
export function runText(text: string, options: LoaderRunOptions = {}): Promise<LoaderRun> {
  return loaderScript(tempFile('load-sidecars.sh', `${text}\necho none\n`)).run({ interpreter: 'bash', ...options })
}

/** What a run is rejected with. */
export async function rejection(run: Promise<unknown>): Promise<HermesError & { run: LoaderRun }> {
  try {
    await run
  } catch (error) {
    if (error instanceof HermesErrorClass) return error as HermesError & { run: LoaderRun }
    throw error
  }
  throw new Error('it was not rejected')
}

/** Folders of runs that are there now. */
export function runFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => /^hermes-(?:run|script)-/.test(name))
}
