import { readFileSync } from 'node:fs'
import path from 'node:path'
import { sourcedLibraries } from '../world/sourced-libraries.ts'
import type { WrittenTests } from './test-file.ts'

/** The files that decide how tests end, as far as they are known without running anything. */
export function filesOf(tests: string, script: WrittenTests['script']): string[] {
  const folder = path.dirname(tests)
  if (typeof script !== 'string') return [tests, path.resolve(folder, script.configMap)]
  const file = path.resolve(folder, script)
  return [...new Set([tests, file, ...librariesOf(file)])]
}

/** Libraries that a script sources, and that those source. */
function librariesOf(script: string, known = new Set<string>()): string[] {
  for (const { file, from } of sourcedLibraries(textOf(script))) {
    if (from !== 'script' && from !== 'root') continue
    const library = path.resolve(path.dirname(script), file)
    if (known.has(library)) continue
    known.add(library)
    librariesOf(library, known)
  }
  return [...known]
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
