import { realpathSync } from 'node:fs'
import { basename, isAbsolute } from 'node:path'
import { decode } from '../core/source-text.ts'
import { programOf } from './env-command.ts'

const shells = new Set(['sh', 'bash', 'rbash', 'dash', 'ash', 'ksh', 'mksh', 'lksh', 'oksh', 'pdksh', 'zsh', 'yash', 'posh'])
/** Programs that are a shell when their first argument names one. */
const multicall = new Set(['busybox', 'toybox'])
/** The kernel's `MAX_ARG_STRLEN`, the terminating NUL included. */
const longestArgument = 128 * 1024

/** Whether the interpreter is a POSIX shell, so that a pinned script is given to it as `-c` text and not as a file. */
export function isPosixShell(interpreter: readonly string[]): boolean {
  const index = programOf(interpreter)?.index ?? interpreter.length
  const word = interpreter[index] ?? ''
  return namesShell(multicall.has(basename(word)) ? (interpreter[index + 1] ?? '') : word)
}

/** `zsh-5.9` and a link to `bash` under whatever name are shells too. */
function namesShell(word: string): boolean {
  return [word, realPathOf(word)].some((path) => shells.has(basename(path).replace(/(?:-static)?[-.]?(?:\d[\d.]*)?$/, '')))
}

function realPathOf(word: string): string {
  try {
    return isAbsolute(word) ? realpathSync(word) : word
  } catch {
    return word
  }
}

/**
 * Why it can't be told what reads the script: behind `nice` or `timeout` a shell would read the file, and it reads it bit
 * by bit, so that other bytes can run and the file be as it was afterwards.
 */
function whyNotTold(interpreter: readonly string[]): string | undefined {
  const program = programOf(interpreter)
  if (program === undefined) return `is run by what ${interpreter.join(' ')} starts, which can't be told`
  const shell = interpreter.slice(program.index + 1).find((word) => word.split(/[\s=]|^-[a-zA-Z]*S/).some(namesShell))
  return shell && `is run by a shell that something else starts (${interpreter.join(' ')})`
}

/**
 * Why these bytes can't be run exactly as they are, said so that it can follow "it "; `undefined` where they can.
 *
 * `-c` text is an argument: it ends at the first NUL, Node encodes it as UTF-8, the kernel limits its length, and bash has
 * no `BASH_SOURCE` for it. An interpreter that reads the file itself has none of these limits.
 */
export function whyNotPinnable(interpreter: readonly string[], bytes: Uint8Array): string | undefined {
  if (!isPosixShell(interpreter)) return whyNotTold(interpreter)
  if (bytes.length >= longestArgument)
    return `has ${bytes.length} bytes, and at most ${longestArgument - 1} can be given to a shell`
  if (bytes.includes(0)) return 'holds a NUL character'
  const text = decode(bytes)
  if (text === undefined) return 'is not valid UTF-8'
  if (text.includes('BASH_SOURCE')) return 'mentions BASH_SOURCE, which is empty in a pinned script'
  return undefined
}

/**
 * The words that run exactly `bytes`: `sh -c -- TEXT PATH ARG…`, where `$0` is the path as ever. Not a `. /dev/fd/4`,
 * which would make a top-level `return` legal and so accept half an answer.
 */
export function pinnedCommand(
  interpreter: readonly string[],
  bytes: Uint8Array,
  path: string,
  args: readonly string[]
): string[] {
  const words = [...interpreter]
  // `#!/bin/sh -` ends the options, after which `-c` would be taken for a script's name.
  if (/^--?$/.test(words.at(-1) ?? '')) words.pop()
  return [...words, '-c', '--', decode(bytes) ?? '', path, ...args]
}
