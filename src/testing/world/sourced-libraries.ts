import { invocationsOf, nameOf } from '../shell/shell-invocations.ts'
import { parseShell } from '../shell/shell-syntax.ts'
import type { Word } from '../shell/shell-types.ts'

/** A file that a script reads into itself. */
export interface SourcedLibrary {
  line: number
  /** As it is written, behind the folder that it starts from. */
  file: string
  /** Whether `file` starts from the script's own folder, from the working folder, along `PATH`, or from `/`. */
  from: 'script' | 'working-folder' | 'PATH' | 'root'
}

const self = String.raw`(?:\$0|\$\{0\}|\$BASH_SOURCE|\$\{BASH_SOURCE(?:\[0\])?\})`
const resolved = String.raw`(?:${self}|\$\((?:readlink-f|realpath)(?:--)?${self}\))`
const folder = String.raw`(?:\$\(dirname(?:--)?${resolved}\)|${'`'}dirname${self}${'`'}|\$\{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\})`
const entered = String.raw`(?:${folder}|\$\(cd(?:-P)?(?:--)?${folder}(?:/)?(?:>/dev/null)?(?:2>&1)?(?:&&|;)pwd(?:-P)?\))`
const ownFolder = new RegExp(`^${entered}`)
const variable = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/

/** The libraries that a script sources by a literal path, or by one that starts from its own folder. */
export function sourcedLibraries(text: string): SourcedLibrary[] {
  const { commands } = parseShell(text)
  const folders = new Map<string, string>()
  for (const { assignments } of commands) {
    for (const { text } of assignments) {
      const [, name = '', value = ''] = /^(\w+)=([\s\S]*)$/.exec(text) ?? []
      const rest = behindOwnFolder(bare(value), folders)
      if (rest !== undefined && /^[^$`]*$/.test(rest)) folders.set(name, rest)
    }
  }
  return commands.flatMap((command) =>
    invocationsOf(command).flatMap(({ program, args: [file] }) => {
      const library = /^(?:\.|source)$/.test(nameOf(program)) && file ? libraryOf(file, folders) : undefined
      return library === undefined ? [] : [{ line: command.firstLine, ...library }]
    })
  )
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

function libraryOf({ value, text }: Word, folders: ReadonlyMap<string, string>): Omit<SourcedLibrary, 'line'> | undefined {
  if (value !== undefined) {
    if (value.startsWith('/')) return value.startsWith('/dev/') ? undefined : { file: value, from: 'root' }
    return { file: value, from: value.includes('/') ? 'working-folder' : 'PATH' }
  }
  const rest = behindOwnFolder(bare(text), folders)
  if (rest === undefined || /[$`*?]/.test(rest)) return undefined
  return { file: rest.replace(/^\/+/, ''), from: 'script' }
}
