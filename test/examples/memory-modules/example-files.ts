import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { examples } from './processes.ts'

/** A file of the examples, which are JavaScript: what it exports, as the test says it is. */
export async function load<Exports>(file: string): Promise<Exports> {
  const loaded: Exports = await import(pathToFileURL(path.join(examples, file)).href)
  return loaded
}
