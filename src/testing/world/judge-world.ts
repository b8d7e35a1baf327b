import path from 'node:path'
import type { ScriptRequest } from '../../index.ts'
import { type OpenPlace, worldOpen } from '../../kit-errors.ts'
import { readText } from '../read-text.ts'
import type { RunSettings } from '../run-options.ts'
import { quoted } from '../shell/quoted.ts'
import { isShellName } from '../shell/shell-invocations.ts'
import { findOpenings } from './open-world.ts'
import { sourcedLibraries } from './sourced-libraries.ts'
import { networkTools } from './tools.ts'

/** A text that a shell would read. */
interface ReadText {
  /** Absolute; of a text in `files` its path in the working folder. */
  file: string
  text: string
  /** The folder in which it begins to run, behind the script's own; absent for the working folder. */
  entered?: string | undefined
}

/** What the script is called in a message, and where its lines stand there. */
export interface ShownScript {
  name: string
  lineOf(line: number): number | undefined
}

/**
 * Refuses a script that would leave a world which `PATH` alone closes, and a library of it that would: as far as a parser sees.
 *
 * @throws HermesError WORLD_OPEN, with every place
 */
export function requireClosedWorld(request: ScriptRequest, settings: RunSettings, shown: ShownScript): void {
  const { interpreter, path: script, bytes } = request
  if (settings.world !== 'path' || !interpreter.some((word) => isShellName(path.basename(word)))) return
  const names = { stubs: settings.commands.map(([name]) => name), network: networkTools }
  // The interpreter is started by its path, whatever a test stubs.
  const started = findOpenings(`${interpreter.map(quoted).join(' ')} script`, { ...names, stubs: [] })
  const places: OpenPlace[] = started.map(({ what, remedy }) => ({
    source: shown.name,
    line: shown.lineOf(1) ?? 1,
    what,
    remedy
  }))
  for (const { file, text } of textsOf({ file: script, text: new TextDecoder().decode(bytes) }, settings)) {
    for (const { line, what, remedy } of findOpenings(text, names)) {
      places.push(
        file === script
          ? { source: shown.name, line: shown.lineOf(line) ?? line, what, remedy }
          : { source: file, line, what, remedy }
      )
    }
  }
  if (places.length > 0) throw worldOpen(shown.name, places)
}

/** The libraries that a script sources by a path from its own folder, and those of these. */
export function librariesOf({ path: script, bytes }: ScriptRequest): string[] {
  const texts = textsOf({ file: script, text: new TextDecoder().decode(bytes) }, { files: new Map() }, ['script'])
  return texts.slice(1).map(({ file }) => file)
}

/** The script and the libraries that it sources, each once. */
function textsOf(script: ReadText, settings: Pick<RunSettings, 'files'>, from?: readonly string[]): ReadText[] {
  const texts = [script]
  const known = new Set([script.file])
  for (const { text, entered } of texts) {
    for (const library of sourcedLibraries(text, entered)) {
      if (from?.includes(library.from) === false) continue
      const found = readLibrary(library, path.dirname(script.file), settings)
      if (found === undefined || known.has(found.file)) continue
      known.add(found.file)
      texts.push({ ...found, entered: library.entered })
    }
  }
  return texts
}

function readLibrary(
  { file, from }: { file: string; from: string },
  folder: string,
  { files }: Pick<RunSettings, 'files'>
): ReadText | undefined {
  if (from === 'working-folder') {
    const name = path.normalize(file)
    const text = files.get(name)
    return text === undefined ? undefined : { file: name, text }
  }
  if (from === 'PATH') return undefined
  const at = path.resolve(folder, file)
  const text = readText(at)
  return text === undefined ? undefined : { file: at, text }
}
