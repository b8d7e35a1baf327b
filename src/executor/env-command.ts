import { basename } from 'node:path'

/** The program that an interpreter's words start. */
export interface Program {
  /** Its place among the words. */
  index: number
  /** Whether it is looked for along the script's own `PATH`. */
  ownSearch: boolean
  /** The folder that it is looked for from, where it is not the script's own. */
  folder: string | undefined
}

const assignment = /^[^=]+=/
/** Options of GNU's and busybox's `env`, the short ones by their letter. */
const flags = new Set(['i', 'v', '0', '--ignore-environment', '--debug', '--null', '--list-signal-handling'])
const withValue = new Set(['u', 'C', 'a', '--unset', '--chdir', '--argv0'])
/** Their value is optional, and never a word of its own. */
const signals = /^--(?:block|default|ignore)-signal(?:=|$)/

/**
 * Looks behind `/usr/bin/env`: in `['/usr/bin/env', 'A=1', 'bash', '-e']` the program is `bash`, and a missing bash would
 * otherwise show as `env` ending with 127. `undefined` where an option is used that isn't known here, `-S` among them: then
 * nothing can be said about what `env` will start.
 */
export function programOf(interpreter: readonly string[]): Program | undefined {
  const found: Program = { index: 0, ownSearch: true, folder: undefined }
  if (basename(interpreter[0] ?? '') !== 'env') return found
  let index = 1
  const apply = (option: string, value = '') => {
    if (option === 'i' || option === '--ignore-environment' || (/^(?:u|--unset)$/.test(option) && value === 'PATH'))
      found.ownSearch = false
    if (option === 'C' || option === '--chdir') found.folder = value
  }
  for (; interpreter[index]?.startsWith('-'); index++) {
    const word = interpreter[index] ?? ''
    if (word === '--') {
      index++
      break
    }
    if (signals.test(word)) continue
    const options = optionsOf(word)
    if (options === undefined) return undefined
    for (const { option, value } of options)
      apply(option, value === undefined && withValue.has(option) ? interpreter[++index] : value)
  }
  for (; assignment.test(interpreter[index] ?? ''); index++) {
    if (interpreter[index]?.startsWith('PATH=')) found.ownSearch = false
  }
  return index < interpreter.length ? { ...found, index } : undefined
}

interface Option {
  option: string
  /** In the same word: `-uHOME`, `--unset=HOME`. */
  value?: string | undefined
}

/** The options in one word, `-iv` being two; `undefined` where one is unknown. */
function optionsOf(word: string): Option[] | undefined {
  if (word === '-') return [{ option: 'i' }]
  const [, long, value] = /^(--[^=]+)(?:=(.*))?$/s.exec(word) ?? []
  if (long !== undefined) {
    return withValue.has(long) || (flags.has(long) && value === undefined) ? [{ option: long, value }] : undefined
  }
  const options: Option[] = []
  for (let at = 1; at < word.length; at++) {
    const option = word.charAt(at)
    if (withValue.has(option)) return [...options, { option, value: word.slice(at + 1) || undefined }]
    if (!flags.has(option)) return undefined
    options.push({ option })
  }
  return options
}
