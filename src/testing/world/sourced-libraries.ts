import path from 'node:path'
import { afterOptions, invocationsOf, nameOf } from '../shell/shell-invocations.ts'
import { enclosing, parseShell } from '../shell/shell-syntax.ts'
import type { Command, Word } from '../shell/shell-types.ts'

/** A file that a script reads into itself. */
export interface SourcedLibrary {
  line: number
  /** As it is written, behind the folder that it starts from. */
  file: string
  /** Whether `file` starts from the script's own folder, from the working folder, along `PATH`, or from `/`. */
  from: 'script' | 'working-folder' | 'PATH' | 'root'
  /** The folder that the script is in by then, behind its own; absent for the working folder. */
  entered?: string | undefined
}

const self = String.raw`(?:\$0|\$\{0\}|\$BASH_SOURCE|\$\{BASH_SOURCE(?:\[0\])?\})`
const resolved = String.raw`(?:${self}|\$\((?:readlink-f|realpath)(?:--)?${self}\))`
const folder = String.raw`(?:\$\(dirname(?:--)?${resolved}\)|${'`'}dirname${self}${'`'}|\$\{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\})`
const entered = String.raw`(?:${folder}|\$\(cd(?:-P)?(?:--)?${folder}(?:/)?(?:>/dev/null)?(?:2>&1)?(?:&&|;)pwd(?:-P)?\))`
const ownFolder = new RegExp(`^${entered}`)
const variable = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/

/**
 * The libraries that a script sources by a literal path, or by one that starts from its own folder.
 *
 * @param entered the folder in which the text begins to run, behind the script's own; `undefined` for the working folder
 */
export function sourcedLibraries(text: string, entered?: string): SourcedLibrary[] {
  const { commands } = parseShell(text)
  const folders = new Map<string, string>()
  for (const { assignments } of commands) {
    for (const { text } of assignments) {
      const [, name = '', value = ''] = /^(\w+)=([\s\S]*)$/.exec(text) ?? []
      const rest = behindOwnFolder(bare(value), folders)
      if (rest !== undefined && /^[^$`]*$/.test(rest)) folders.set(name, rest)
    }
  }
  const current = new Map<Command | undefined, string | undefined>([[undefined, entered]])
  return commands.flatMap((command) => {
    const shell = subshells(command).find((each) => current.has(each))
    const at = current.get(shell)
    return invocationsOf(command).flatMap(({ program, args }) => {
      const name = nameOf(program)
      if (/^(?:cd|pushd|popd)$/.test(name)) current.set(subshells(command)[0], folderAfter(args, at, folders))
      const library = /^(?:\.|source)$/.test(name) && args[0] ? libraryOf(args[0], folders, at) : undefined
      return library === undefined ? [] : [{ line: command.firstLine, ...library, entered: at }]
    })
  })
}

/** The subshells that a command runs in, from the nearest outwards; `undefined` stands for the script's own shell. */
function subshells(command: Command): (Command | undefined)[] {
  const found: (Command | undefined)[] = []
  for (const { inside, via } of enclosing(command)) if (inside && (inside.kind === '(' || via !== 'list')) found.push(inside)
  return [...found, undefined]
}

/** Where a `cd` with these words leads, behind the script's own folder; nothing where it leads elsewhere. */
function folderAfter(args: readonly Word[], at: string | undefined, folders: ReadonlyMap<string, string>): string | undefined {
  const [target] = afterOptions(args, '')
  if (target === undefined || target.value === '-') return undefined
  if (target.value === undefined) {
    const rest = behindOwnFolder(bare(target.text), folders)
    return rest === undefined || !isLiteral(rest) ? undefined : relative(rest)
  }
  return at === undefined || target.value.startsWith('/') ? undefined : path.posix.join(at, target.value)
}

/** As it is behind a folder. */
function relative(rest: string): string {
  return rest.replace(/^\/+/, '')
}

function isLiteral(rest: string): boolean {
  return !/[$`*?]/.test(rest)
}

/** Without quotes and white space. */
function bare(text: string): string {
  return text.replace(/["'\s]/g, '')
}

/** What follows the script's own folder in a path that starts with it. */
function behindOwnFolder(text: string, folders: ReadonlyMap<string, string>): string | undefined {
  const own = ownFolder.exec(text)?.[0]
  if (own !== undefined) return text.slice(own.length)
  const [found = '', plain, braced] = variable.exec(text) ?? []
  const known = folders.get(plain ?? braced ?? '')
  return known === undefined ? undefined : known + text.slice(found.length)
}

function libraryOf(
  { value, text }: Word,
  folders: ReadonlyMap<string, string>,
  at: string | undefined
): Pick<SourcedLibrary, 'file' | 'from'> | undefined {
  if (value !== undefined) {
    if (value.startsWith('/')) return value.startsWith('/dev/') ? undefined : { file: value, from: 'root' }
    if (at !== undefined) return { file: path.posix.join(at, value), from: 'script' }
    return { file: value, from: value.includes('/') ? 'working-folder' : 'PATH' }
  }
  const rest = behindOwnFolder(bare(text), folders)
  return rest === undefined || !isLiteral(rest) ? undefined : { file: relative(rest), from: 'script' }
}
