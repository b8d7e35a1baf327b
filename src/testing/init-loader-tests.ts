import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { errorCodeOf, optionsInvalid } from '../errors.ts'
import { scriptUnreadable } from '../script-errors.ts'
import { loaderScript } from './loader-script.ts'
import { firstTests } from './tests/first-tests.ts'

/**
 * The text of a first `*.loader.yaml` for a script, to be written beside it: cases that pass, since they are what the script
 * does with an empty environment and with each literal value that it compares a variable with.
 *
 * @throws HermesError what the script fails with whatever it is given, such as SCRIPT_UNREADABLE and WORLD_OPEN
 */
export async function initLoaderTests(script: string | URL): Promise<string> {
  const named = script instanceof URL && script.protocol === 'file:' ? fileURLToPath(script) : script
  if (typeof named !== 'string' || named === '' || named.includes('\0'))
    throw optionsInvalid('initLoaderTests()', ['the script takes a path or a file: URL'])
  const file = path.resolve(named)
  return firstTests(loaderScript(file), readScript(file), { folder: path.dirname(file), name: path.basename(file) })
}

function readScript(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = errorCodeOf(error)
    const why = code === 'ENOENT' ? 'there is no such file' : (code ?? 'unknown')
    throw scriptUnreadable(file, why, 'Correct the path', error)
  }
}
