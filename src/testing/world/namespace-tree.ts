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
export function makeTree(plan: WorldPlan, world: World, request: ScriptRequest, words: readonly string[]): NamespaceTree {
  const tree = new Tree(path.join(world.root, 'tree'))
  for (const folder of [...emptyFolders, world.root]) tree.makeFolder(folder)
  tree.link('/var/run', '../run')
  const tops = systemFolders(tree)
  const covers = putGiven(tree, plan, world)
  const hidden = hiddenFiles(tree, plan)
  const programs = programsOf(plan, words)
  for (const [name, file] of programs) {
    const isTaken = covers.has(name) || plan.absent.includes(name)
    if (!isTaken && !isFoundIn(file, tops)) tree.link(path.join('/usr/local/bin', name), realpathSync(file))
  }
  for (const [file, target] of alternatives()) if (!hidden.includes(file)) tree.link(file, target)
  const shown = shownFolders(request, [...tops, ...[...programs.values(), ...words.filter(path.isAbsolute)].flatMap(foldersOf)])
  for (const folder of shown) tree.makeFolder(folder)
  if (path.dirname(request.path) === '/') tree.write(request.path, request.bytes)
  return { tree: tree.root, shown, hidden, programAt: (file) => placeOf(file, tree, hidden) }
}

/** What is given goes before what is found: nothing is written over what is there. */
class Tree {
  readonly root: string

  constructor(root: string) {
    this.root = root
  }

  makeFolder(folder: string): void {
    mkdirSync(this.at(folder), { recursive: true })
  }

  write(file: string, text: string | Uint8Array): void {
    if (this.isFree(file)) writeFileSync(this.at(file), text)
  }

  link(file: string, target: string): void {
    if (this.isFree(file)) symlinkSync(target, this.at(file))
  }

  copy(file: string, from: string): void {
    if (this.isFree(file)) copyFileSync(from, this.at(file))
  }

  has(file: string): boolean {
    return isThere(this.at(file))
  }

  /** Where a link leads; `undefined` of what is none. */
  targetOf(file: string): string | undefined {
    return lstatSync(this.at(file)).isSymbolicLink() ? readlinkSync(this.at(file)) : undefined
  }

  private isFree(file: string): boolean {
    this.makeFolder(path.dirname(file))
    return !this.has(file)
  }

  private at(file: string): string {
    return path.join(this.root, file)
  }
}

/** Files, and commands where they are looked for; gives the names that are covered. */
function putGiven(tree: Tree, plan: WorldPlan, { bin }: World): ReadonlyMap<string, string> {
  for (const [file, text] of plan.files) if (path.isAbsolute(file)) tree.write(file, text)
  const covers = new Map(refusedTools(plan).map((name) => [name, name]))
  const commands = plan.commands.map(([name]) => name)
  for (const command of commands) {
    if (path.isAbsolute(command)) tree.link(command, shimFile(bin, command))
    const name = nameOnPath(command)
    // A plain name goes before a path, but at that path.
    if (name !== undefined && (name === command || !commands.includes(name))) covers.set(name, command)
  }
  for (const [name, command] of covers)
    for (const file of [...placesOf(name), path.join('/usr/bin', name)]) tree.link(file, shimFile(bin, command))
  return covers
}

function hiddenFiles(tree: Tree, { absent }: WorldPlan): string[] {
  const hidden = absent.flatMap(placesOf).filter((file) => !tree.has(file))
  for (const file of hidden) tree.makeFolder(path.dirname(file))
  return hidden
}

/** The folders of the script and of what it sources, beside `others`. */
function shownFolders(request: ScriptRequest, others: readonly string[]): string[] {
  const libraries = librariesOf(request).map((file) => path.dirname(file))
  return outermost([...others, path.dirname(request.path), ...libraries])
}

/** Keeps a copy of a program whose own place has something else, or nothing. */
function placeOf(file: string, tree: Tree, hidden: readonly string[]): string {
  const place = realFolder(file)
  const isAsItIs = !tree.has(place) || (alternatives().has(place) && tree.targetOf(place) === alternatives().get(place))
  if (isAsItIs && !hidden.includes(place)) return file
  const kept = path.join(keptFolder, path.basename(file))
  tree.copy(kept, file)
  return kept
}

/** Folders that are links on this machine (`/bin`) are such links in the tree; gives those that are none. */
function systemFolders(tree: Tree): string[] {
  const folders: string[] = []
  for (const name of readdirSync('/').filter((entry) => systemTops.test(entry))) {
    const folder = `/${name}`
    if (lstatSync(folder).isDirectory()) folders.push(folder)
    else if (lstatSync(folder).isSymbolicLink()) tree.link(folder, path.relative('/', realpathSync(folder)))
  }
  return folders
}

/** Where this machine has a program of that name. Folders that are links are no places of their own. */
function placesOf(name: string): string[] {
  const files = searchFolders.map((folder) => path.join(folder, name))
  return files.filter((file) => realFolder(file) === file && isThere(file))
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
