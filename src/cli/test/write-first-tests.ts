import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { initLoaderTests } from '../../testing/index.ts'
import type { CommandIo } from '../io.ts'
import { testEnding } from './found-files.ts'

/** Writes a first file of tests beside a script, where there is none. @throws HermesError of the script */
export async function writeFirstTests(script: string, io: CommandIo): Promise<number> {
  const { dir, name } = path.parse(script)
  const shown = path.join(dir, `${name}${testEnding}`)
  const text = await initLoaderTests(path.resolve(io.cwd, script))
  io.signal.throwIfAborted()
  try {
    writeFileSync(path.resolve(io.cwd, shown), text, { flag: 'wx' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? 'it is there already, and is left as it is' : `it can't be written (${code})`
    io.stderr.write(`${shown}: ${why}\n`)
    return 1
  }
  io.stdout.write(`${shown}\n`)
  return 0
}
