import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import type { ScriptRequest } from '../../index.ts'
import { librariesOf } from './judge-world.ts'
import { findTool, nameOnPath, searchFolders } from './tools.ts'
import { refusedTools, shimFile, type World, type WorldPlan } from './world.ts'

/** What a run in a namespace finds below `/`. */
export interface NamespaceTree {
  /** A folder that has what is given, and a place for all that is mounted. */
  tree: string
  /** Folders of this machine that are shown below it; none lies in another. */
  shown: readonly string[]
  /** Files of those that are not to be there. */
  hidden: readonly string[]
  /** Where a program of this machine is for the script, also where something else has its place. */
  programAt(file: string): string
}

/** Where programs are kept whose place another has. */
const keptFolder = '/.hermes'
/** What programs of a system are made of, and nothing that one machine has and another has not. */
const systemTops = /^(?:bin|gnu|lib\w*|nix|opt|sbin|usr)$/
/** Empty where nothing is given; scripts take them for granted. */
const emptyFolders = ['/dev', '/etc', '/proc', '/run', '/sys', '/tmp', '/var/tmp']

/** Writes the tree. `words` are the interpreter's, the first an absolute path. */
export function makeTree(plan: WorldPlan, { root, bin }: World, request: ScriptRequest, words: readonly string[]): NamespaceTree {
  const tree = path.join(root, 'tree')
  const at = (file: string) => path.join(tree, file)
  for (const folder of [...emptyFolders, root]) mkdirSync(at(folder), { recursive: true })
  symlinkSync('../run', at('/var/run'))
  const tops = systemFolders(tree)
  const given = new Map(plan.commands.map(([name]) => [name, shimFile(bin, name)]))
  const put = (file: string, write: (file: string) => void) => {
    mkdirSync(at(path.dirname(file)), { recursive: true })
    if (lstatSync(at(file), { throwIfNoEntry: false }) === undefined) write(at(file))
  }
  for (const [file, text] of plan.files) if (path.isAbsolute(file)) put(file, (there) => writeFileSync(there, text))
  for (const [name, shim] of given) if (path.isAbsolute(name)) put(name, (there) => symlinkSync(shim, there))
  const covers = new Map(refusedTools(plan).map((name) => [name, shimFile(bin, name)]))
  for (const [command, shim] of [...given].reverse()) {
    const name = nameOnPath(command)
    // A plain name goes before a path.
    if (name !== undefined && !(given.has(name) && name !== command)) covers.set(name, shim)
  }
  for (const [name, shim] of covers)
    for (const folder of placesOf(name)) put(path.join(folder, name), (there) => symlinkSync(shim, there))
  const hidden = plan.absent.flatMap((name) => placesOf(name, false).map((folder) => path.join(folder, name)))
  const hiddenHere = hidden.filter((file) => lstatSync(at(file), { throwIfNoEntry: false }) === undefined)
  for (const file of hiddenHere) mkdirSync(at(path.dirname(file)), { recursive: true })

  const programs = programsOf(plan, words)
  for (const [name, file] of programs)
    if (!covers.has(name) && !plan.absent.includes(name) && !isFoundIn(file, tops)) {
      put(path.join('/usr/local/bin', name), (there) => symlinkSync(realpathSync(file), there))
    }
  const isHidden = new Set(hiddenHere)
  for (const [file, target] of alternatives()) if (!isHidden.has(file)) put(file, (there) => symlinkSync(target, there))

  const script = path.dirname(request.path)
  if (script === '/') put(request.path, (there) => writeFileSync(there, request.bytes))
  const outside = [...programs.values(), ...words.filter((word) => path.isAbsolute(word))].flatMap(foldersOf)
  const libraries = librariesOf(request).map((file) => path.dirname(file))
  const shown = outermost([...tops, script, ...libraries, ...outside])
  for (const folder of shown) mkdirSync(at(folder), { recursive: true })
  return {
    tree,
    shown,
    hidden: hiddenHere,
    programAt(file) {
      const place = realFolder(file)
      const other = lstatSync(at(place), { throwIfNoEntry: false })
      const isSame = other === undefined || (other.isSymbolicLink() && readlinkSync(at(place)) === alternatives().get(place))
      if (isSame && !isHidden.has(place)) return file
      const kept = path.join(keptFolder, path.basename(file))
      put(kept, (copy) => copyFileSync(file, copy))
      return kept
    }
  }
}

/** Folders that are links on this machine (`/bin`) are such links in the tree; gives those that are none. */
function systemFolders(tree: string): string[] {
  const folders: string[] = []
  for (const name of readdirSync('/').filter((entry) => systemTops.test(entry))) {
    const folder = `/${name}`
    if (lstatSync(folder).isDirectory()) folders.push(folder)
    else if (lstatSync(folder).isSymbolicLink()) symlinkSync(path.relative('/', realpathSync(folder)), path.join(tree, name))
  }
  return folders
}

/** Where a name is to be covered: everywhere it is, and where whoever has no `PATH` looks. Links to folders are no places. */
function placesOf(name: string, everywhere = true): string[] {
  const folders = searchFolders.filter((folder) => realFolder(path.join(folder, name)) === path.join(folder, name))
  return folders.filter((folder) => isThere(path.join(folder, name)) || (everywhere && folder === '/usr/bin'))
}

/** A path whose folder is written without links. */
function realFolder(file: string): string {
  try {
    return path.join(realpathSync(path.dirname(file)), path.basename(file))
  } catch {
    return file
  }
}

function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined
}

/** Programs that the test names, by their names: `tools`, and the interpreter. */
function programsOf({ tools, interpreter }: WorldPlan, words: readonly string[]): Map<string, string> {
  const programs = new Map(tools)
  for (const word of [...interpreter, ...words]) {
    const name = path.basename(word)
    const file = path.isAbsolute(word) ? word : /^-|[/=\0]/.test(word) || word === '' ? undefined : findTool(word)
    if (file !== undefined && existsSync(file) && !programs.has(name)) programs.set(name, file)
  }
  return programs
}

function isFoundIn(file: string, tops: readonly string[]): boolean {
  const real = realFolder(file)
  return searchFolders.some((folder) => path.dirname(real) === folder) && tops.some((top) => real.startsWith(`${top}/`))
}

/** What has to be shown of a program: its folder, and beside a `bin` what it may need. */
function foldersOf(file: string): string[] {
  const real = realpathSync(file)
  return [file, real].map((each) => {
    const folder = path.dirname(each)
    const prefix = path.dirname(folder)
    return path.basename(folder) === 'bin' && prefix !== '/' && prefix !== homedir() ? prefix : folder
  })
}

function outermost(folders: readonly string[]): string[] {
  // A folder along a link of the tree (`/bin`) is shown where that leads.
  const all = [...new Set(folders.map((folder) => (systemTops.test(folder.split('/')[1] ?? '') ? realpathSync(folder) : folder)))]
  return all.filter((folder) => folder !== '/' && !all.some((other) => other !== '/' && folder.startsWith(`${other}/`)))
}

let known: ReadonlyMap<string, string> | undefined

/** Programs that are links through `/etc` (Debian's `awk`), which is empty for the script, and where these lead. */
function alternatives(): ReadonlyMap<string, string> {
  known ??= new Map(
    searchFolders.flatMap((folder) => {
      if (!isThere(folder) || lstatSync(folder).isSymbolicLink()) return []
      const links = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink())
      return links.flatMap(({ name }): [string, string][] => {
        const file = path.join(folder, name)
        return readlinkSync(file).startsWith('/etc/') && existsSync(file) ? [[file, realpathSync(file)]] : []
      })
    })
  )
  return known
}
