import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs'
import path from 'node:path'
import { errorCodeOf } from '../errors.ts'
import { fileTypeOf, isNullDevice, withOpenFile } from './open-file.ts'
import { type TrustLevel, writableByAnybody } from './trust.ts'

/** What is at a script's path. */
export type ScriptFile =
  | { state: 'present'; bytes: Uint8Array; writable: string | undefined }
  /** A file of no bytes. `writable`: the part of the path that anybody can write, as far as trust asks. */
  | { state: 'empty'; writable: string | undefined }
  | { state: 'absent' }
  /** `/dev/null`. */
  | { state: 'masked' }
  | { state: 'unreadable'; why: string; remedy: string; cause?: unknown }

/** Looks at a script once: what is judged here is what runs. */
export function readScriptFile(file: string, trust: TrustLevel): ScriptFile {
  try {
    return withOpenFile(file, (descriptor, stats) => judge(file, descriptor, stats, trust))
  } catch (error) {
    return whyNotOpened(file, error)
  }
}

/** The SHA-256 of a script, in hex. Loaded when it is wanted: node:crypto is a part of what the start of a process costs. */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  const { createHash } = await import('node:crypto')
  return createHash('sha256').update(bytes).digest('hex')
}

function judge(file: string, descriptor: number, stats: Stats, trust: TrustLevel): ScriptFile {
  if (isNullDevice(stats)) return { state: 'masked' }
  if (stats.isDirectory()) {
    const remedy = `Usual causes: a bind mount whose source is missing, or a subPath whose key is missing in the ConfigMap`
    return { state: 'unreadable', why: 'it is a folder', remedy }
  }
  if (!stats.isFile()) return { state: 'unreadable', why: `it is ${fileTypeOf(stats)}`, remedy: 'Put a regular file there' }
  const writable = writableByAnybody(file, descriptor, stats, trust)
  const bytes = readFileSync(descriptor)
  return bytes.length === 0 ? { state: 'empty', writable } : { state: 'present', bytes, writable }
}

function whyNotOpened(file: string, error: unknown): ScriptFile {
  const why = whyUnreadable(file, error)
  return why === undefined ? { state: 'absent' } : { state: 'unreadable', ...why, cause: error }
}

/** Why a file can't be opened, and what to do; nothing where simply none is there. */
export function whyUnreadable(file: string, error: unknown): { why: string; remedy: string } | undefined {
  const code = errorCodeOf(error)
  if (code === 'ENOENT') {
    const link = danglingLink(file)
    // The kubelet swaps `..data`: a key that is just leaving the ConfigMap dangles for a moment.
    if (link === undefined || link.target.startsWith('..data/')) return undefined
    return { why: `${link.path} is a link to ${link.target}, which is not there`, remedy: 'Mend the link, or remove it' }
  }
  const known: Readonly<Record<string, readonly [string, string]>> = {
    EACCES: ['permission is denied', 'Let this user read it (chmod, fsGroup, defaultMode), and search the folders above it'],
    ENOTDIR: ['something above it is no folder', 'Look at each folder of the path'],
    ELOOP: ['its links go round in a circle', 'Mend the links'],
    ENXIO: ['it is a socket, or a device that is not there', 'Put a regular file there'],
    ENAMETOOLONG: ['its name is too long', 'Shorten the path'],
    EMFILE: ['this process has too many open files', 'Raise the limit (ulimit -n)']
  }
  const [why, remedy] = (code && known[code]) || [code ?? 'it could not be opened', 'Look at the file and its folder']
  return { why, remedy }
}

/** The link because of which a path leads nowhere; nothing where simply no file is there. */
function danglingLink(file: string): { path: string; target: string } | undefined {
  const steps = file.split('/').map((name): Step => ({ name, from: undefined }))
  let at = '/'
  let links = 0
  for (let step = steps.shift(); step && links < maxLinks; step = steps.shift()) {
    if (step.name === '' || step.name === '.') continue
    const next = path.join(at, step.name)
    const target = linkTarget(next)
    if (target === missing) return step.from
    if (target === undefined) {
      at = next
    } else {
      const from = { path: next, target }
      links++
      if (target.startsWith('/')) at = '/'
      steps.unshift(...target.split('/').map((name): Step => ({ name, from })))
    }
  }
  return undefined
}

// As the kernel: path_resolution(7).
const maxLinks = 40

interface Step {
  name: string
  /** The link that led here. */
  from: { path: string; target: string } | undefined
}

const missing = Symbol('missing')

function linkTarget(at: string): string | undefined | typeof missing {
  try {
    return lstatSync(at).isSymbolicLink() ? readlinkSync(at) : undefined
  } catch {
    return missing
  }
}
