import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { defaultTools, findSystemTool, findTool, nameOnPath, networkTools, ownPath, searchFolders } from './tools.ts'

/** The folders of one run. */
export interface World {
  /** All of them, and what else is to go with the run. */
  root: string
  /** Stubs, links to tools, shims that refuse; on `PATH`, but in a namespace, where these stand in the system's folders. */
  bin: string
  /** The working folder. */
  work: string
  /** What calls leave. */
  spool: string
  /** What the script gets beside what the test gives. */
  env: Readonly<Record<string, string>>
  /** Calls of stubs end with 125 from now on. */
  end(): void
  remove(): void
}

/** What stands in a world. */
export interface WorldPlan {
  kind: 'path' | 'namespace' | 'open'
  env: Readonly<Record<string, string>>
  files: ReadonlyMap<string, string>
  commands: readonly (readonly [name: string, ...unknown[]])[]
  absent: readonly string[]
  tools: ReadonlyMap<string, string>
  interpreter: readonly string[]
}

/** Makes the folders of a run, under the first folder of this process for temporary files. */
export function makeWorld(plan: WorldPlan): World {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'hermes-run-')))
  removeAtExit(root)
  const [bin = '', work = '', spool = '', home = '', temporary = ''] = ['bin', 'work', 'spool', 'home', 'tmp'].map((name) => {
    mkdirSync(path.join(root, name))
    return path.join(root, name)
  })
  try {
    for (const [name, text] of plan.files) {
      // In a namespace those have a place of their own.
      if (path.isAbsolute(name)) continue
      mkdirSync(path.dirname(path.join(work, name)), { recursive: true })
      writeFileSync(path.join(work, name), text)
    }
    if (plan.kind !== 'namespace') linkTools(bin, plan)
    const PATH = pathOf(root, bin, plan)
    const remove = () => forget(root)
    const env = { HOME: home, TMPDIR: temporary, ...plan.env, PATH }
    return { root, bin, work, spool, env, end: () => removeFolder(spool), remove }
  } catch (error) {
    forget(root)
    throw error
  }
}

/** Writes a command of the world. */
export function writeShim(bin: string, name: string, text: string): void {
  const file = shimFile(bin, name)
  writeFileSync(file, text)
  chmodSync(file, 0o755)
}

/** Where a command of the world is written; its name may be a path. */
export function shimFile(bin: string, name: string): string {
  return path.join(bin, name.replaceAll('/', '%'))
}

/** Names of tools that are there to be refused. */
export function refusedTools({ commands, absent, tools }: WorldPlan): string[] {
  const taken = new Set([...commands.map(([name]) => nameOnPath(name)), ...absent, ...tools.keys()])
  return networkTools.filter((name) => !taken.has(name))
}

/** Links to the paths of the system, not to what those lead to: a tool of many names looks at the one that it is called by. */
function linkTools(bin: string, { kind, commands, absent, tools, interpreter }: WorldPlan): void {
  const found = new Map<string, string>()
  for (const name of kind === 'path' ? defaultTools : []) {
    const file = findSystemTool(name)
    if (file !== undefined) found.set(name, file)
  }
  for (const word of interpreter) {
    const file = path.isAbsolute(word) ? word : isPlain(word) ? findTool(word) : undefined
    if (file !== undefined && existsSync(file)) found.set(path.basename(word), file)
  }
  for (const [name, file] of tools) found.set(name, file)
  for (const name of [...commands.map(([command]) => command), ...absent]) found.delete(name)
  for (const [name, file] of found) symlinkSync(file, path.join(bin, name))
}

/** A word of an interpreter that can be a program: in `/usr/bin/env -i A=1 bash` that is `bash`. */
function isPlain(word: string): boolean {
  return word !== '' && !/^-|[/=\0]/.test(word)
}

function pathOf(root: string, bin: string, plan: WorldPlan): string {
  if (plan.kind === 'namespace') return plan.env['PATH'] ?? searchFolders.join(':')
  return [bin, ...(plan.kind === 'open' ? openPath(root, plan) : [])].join(':')
}

/** The `PATH` that the test gives, else this process's, without the commands that are absent: a folder that has one is mirrored. */
function openPath(root: string, { env, absent }: WorldPlan): string[] {
  const folders = env['PATH'] === undefined ? ownPath() : env['PATH'].split(':')
  return folders.map((folder, index) => {
    if (!absent.some((name) => existsSync(path.join(folder, name)))) return folder
    const mirror = path.join(root, `path-${index}`)
    mkdirSync(mirror)
    for (const name of readdirSync(folder))
      if (!absent.includes(name)) symlinkSync(path.join(folder, name), path.join(mirror, name))
    return mirror
  })
}

const roots = new Set<string>()

/** One listener for all runs, since more than ten would be a warning. */
function removeAtExit(root: string): void {
  if (roots.size === 0) process.on('exit', removeAll)
  roots.add(root)
}

function forget(root: string): void {
  removeFolder(root)
  if (roots.delete(root) && roots.size === 0) process.off('exit', removeAll)
}

function removeAll(): void {
  for (const root of roots) removeFolder(root)
}

/** What the script made read-only can still be removed; what a process writes meanwhile is removed with the next try. */
function removeFolder(folder: string): void {
  for (let tries = 0; tries < 3 && existsSync(folder); tries++) {
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      makeWritable(folder)
    }
  }
}

function makeWritable(folder: string): void {
  try {
    chmodSync(folder, 0o700)
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) makeWritable(path.join(folder, entry.name))
  } catch {
    // Gone meanwhile, or not ours: the removal says no more than that either.
  }
}
