import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'

/** How files of tests end. */
export const testEnding = '.loader.yaml'

/** What is named, and of folders the tests below them; without any name those below `cwd`. As they are to be shown. */
export function foundFiles(named: readonly string[], cwd: string): string[] {
  if (named.length === 0) return testsBelow(cwd, '')
  return named.flatMap((name) => (isFolder(path.resolve(cwd, name)) ? testsBelow(path.resolve(cwd, name), name) : [name]))
}

/** Sorted by their path. `node_modules` and folders that begin with a dot are left out, links to folders are not followed. */
function testsBelow(folder: string, shown: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const name = path.join(shown, entry.name)
    if (entry.isDirectory()) {
      return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : testsBelow(path.join(folder, entry.name), name)
    }
    return entry.name.endsWith(testEnding) ? [name] : []
  })
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return [] // Nobody asked for a folder that this user can't read.
  }
}

function isFolder(file: string): boolean {
  try {
    return statSync(file).isDirectory()
  } catch {
    return false
  }
}
