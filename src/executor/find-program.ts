import { accessSync, constants, readSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { programOf } from './env-command.ts'
import { withOpenFile } from './open-file.ts'
import { ownNode } from './own-node.ts'

/** Where programs are looked for. */
export interface Search {
  env: Readonly<Record<string, string>>
  cwd: string
}

/** What `execvp` uses where there is no `PATH` at all; an empty one means the current folder. */
const defaultPath = '/bin:/usr/bin'

/**
 * The interpreter's words, ready to be started: the first as an absolute path.
 *
 * Looked up before the spawn because a spawn fails alike for a missing interpreter and a missing working folder, and
 * because `env` would report a missing `bash` as its own exit code 127.
 *
 * @throws an `Error` with `code` `ENOENT` or `EACCES` and `path`, the word of `interpreter` that can't be started
 */
export function findInterpreter(interpreter: readonly string[], search: Search): string[] {
  const [first = '', ...rest] = interpreter
  const program = programOf(interpreter)
  const words = [program?.index === 0 ? findOrOwnNode(first, search) : findProgram(first, search), ...rest]
  if (program !== undefined && program.index > 0 && program.ownSearch) {
    const word = words[program.index] ?? ''
    const found = findOrOwnNode(word, { ...search, cwd: resolve(search.cwd, program.folder ?? '') })
    // `env` does its own search, and is told only what it would not find.
    if (word === 'node') words[program.index] = found
  }
  return words
}

/** An image with `node` as an absolute entry point need not have it on `PATH`. */
function findOrOwnNode(word: string, search: Search): string {
  try {
    return findProgram(word, search)
  } catch (error) {
    const node = word === 'node' ? ownNode() : undefined
    if (node === undefined) throw error
    return node
  }
}

/** As `execvp` looks: a word with a slash is a path, and a program that may not be run is passed over but remembered. */
function findProgram(word: string, { env, cwd }: Search): string {
  const folders = word.includes('/') ? [''] : (env['PATH'] ?? defaultPath).split(':')
  let code = 'ENOENT'
  for (const folder of word === '' ? [] : folders) {
    const candidate = resolve(cwd, folder, word)
    const problem = whyNotExecutable(candidate)
    if (problem === undefined) {
      requireProgram(candidate, word, cwd)
      return candidate
    }
    if (problem === 'EACCES') code = problem
  }
  throw refusal(code, word, code === 'EACCES' ? 'is not an executable file' : 'was not found')
}

function refusal(code: string, word: string, what: string): Error {
  return Object.assign(new Error(`${code}: '${word}' ${what}`), { code, path: word })
}

/** ELF, and Mach-O for one machine or several, in either order of bytes. */
const magicNumbers = new Set(['7f454c46', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe', 'cafebabf'])

/** Which files were found to be one, and in which version: most scripts share their interpreter, and a look costs an open. */
const binaries = new Map<string, string>()

/**
 * What the kernel can't run `execvp` gives to `/bin/sh`: an empty file, or text without `#!`, would be a silent change of
 * shell. An interpreter that is a script itself needs its own, or starting it fails as if it were not there.
 */
function requireProgram(file: string, word: string, cwd: string): void {
  const { ino, ctimeMs } = statSync(file)
  const version = `${ino} ${ctimeMs}`
  if (binaries.get(file) === version) return
  const head = headOf(file)
  if (head === undefined || magicNumbers.has(head.toString('hex', 0, 4))) {
    binaries.set(file, version)
    return
  }
  const own = /^#![ \t]*([^ \t\n\0]+)/.exec(head.toString())?.[1]
  if (own === undefined) throw refusal('EACCES', word, 'is no program: it has no #!')
  const problem = whyNotExecutable(resolve(cwd, own))
  if (problem)
    throw refusal(
      problem,
      word,
      `is a script for '${own}', which ${problem === 'ENOENT' ? 'was not found' : 'is not an executable file'}`
    )
}

/** What the kernel looks at; `undefined` where it may be run and not be read. */
function headOf(file: string): Buffer | undefined {
  try {
    return withOpenFile(file, (descriptor) => {
      const head = Buffer.alloc(256)
      return head.subarray(0, readSync(descriptor, head, 0, head.length, 0))
    })
  } catch {
    return undefined
  }
}

function whyNotExecutable(path: string): 'ENOENT' | 'EACCES' | undefined {
  try {
    if (!statSync(path).isFile()) return 'EACCES'
    accessSync(path, constants.X_OK)
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'EACCES' : 'ENOENT'
  }
}
