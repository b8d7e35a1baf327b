import { basename } from 'node:path'

/** The program that an interpreter's words start. */
export interface Program {
  /** Its place among the words. */
  index: number
  /** Whether it is looked for along the script's own `PATH`, from the script's own folder. */
  ownSearch: boolean
}

const assignment = /^[^=]+=/
/** Options of `env` that stand alone; the value says whether the search stays the script's own. */
const flags: Readonly<Record<string, boolean>> = {
  '-i': false,
  '-': false,
  '--ignore-environment': false,
  '-v': true,
  '--debug': true
}

/**
 * Looks behind `/usr/bin/env`: in `['/usr/bin/env', 'A=1', 'bash', '-e']` the program is `bash`, and a missing bash would
 * otherwise show as `env` ending with 127. `undefined` where an option is used that isn't known here: then nothing can be
 * said about what `env` will start.
 */
export function programOf(interpreter: readonly string[]): Program | undefined {
  if (basename(interpreter[0] ?? '') !== 'env') return { index: 0, ownSearch: true }
  let ownSearch = true
  for (let index = 1; index < interpreter.length; index++) {
    const word = interpreter[index] ?? ''
    if (word === '--') continue
    if (assignment.test(word) && !word.startsWith('-')) {
      ownSearch &&= !word.startsWith('PATH=')
    } else if (word === '-u') {
      index++
      ownSearch &&= interpreter[index] !== 'PATH'
    } else if (word in flags) {
      ownSearch &&= flags[word] === true
    } else {
      return word.startsWith('-') ? undefined : { index, ownSearch }
    }
  }
  return undefined
}
