import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, type Stats } from 'node:fs'
import path from 'node:path'
import type { CommandIo } from '../io.ts'

/** A file to be checked as it was read, or why it could not be. */
export type Input =
  /** `file`: its absolute path, where it is none of stdin. */
  { source: string; bytes: Uint8Array; file: string | undefined } | { source: string; why: string; hint: string }

const mebibyte = 1024 * 1024
const maxMebibytes = 4
const maxBytes = maxMebibytes * mebibyte
const tooLarge = {
  why: `it has more than ${maxMebibytes} MiB`,
  hint: 'check the file that holds the script or configuration alone'
}

/** Reads what is named, one after the other: a file that is named in several ways, once; `-` is stdin, once. */
export async function* readInputs(files: readonly string[], io: CommandIo): AsyncGenerator<Input> {
  let stdinRead = false
  const seen = new Set<string>()
  for (const file of files) {
    if (file !== '-') {
      const absolute = path.resolve(io.cwd, file)
      const real = realPathOf(absolute)
      if (!seen.has(real)) yield readFile(file, absolute)
      seen.add(real)
    } else if (stdinRead) {
      yield { source: '<stdin>', why: 'it was read already', hint: 'name - once' }
    } else {
      stdinRead = true
      yield await readStdin(io)
    }
  }
}

function realPathOf(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

async function readStdin({ stdin, signal }: CommandIo): Promise<Input> {
  const source = '<stdin>'
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of untilAborted(stdin, signal)) {
      size += chunk.length
      if (size > maxBytes) return { source, ...tooLarge }
      chunks.push(chunk)
    }
  } catch (error) {
    signal.throwIfAborted()
    return { source, ...whyNot(error as NodeJS.ErrnoException) }
  }
  return { source, bytes: new Uint8Array(Buffer.concat(chunks)), file: undefined }
}

/** A stream that nobody ends is not waited for after an abort. */
async function* untilAborted(stdin: CommandIo['stdin'], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let onAbort = () => {}
  const aborted = new Promise<'aborted'>((resolve) => {
    onAbort = () => resolve('aborted')
    signal.addEventListener('abort', onAbort)
  })
  const chunks = stdin[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await Promise.race([chunks.next(), aborted])
      signal.throwIfAborted()
      if (next === 'aborted' || next.done === true) return
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    // Not waited for: a stream may end only with its next chunk.
    Promise.resolve(chunks.return?.()).catch(() => {})
  }
}

/** Opened without ever blocking: a FIFO that nobody writes to would hold the process for good. */
function readFile(source: string, file: string): Input {
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = fstatSync(descriptor)
    if (stats.isDirectory()) return { source, why: 'it is a folder', hint: 'name the files in it' }
    if (!stats.isFile()) return { source, why: `it is ${typeOf(stats)}`, hint: 'name a regular file, or pipe it in and name -' }
    // By reading and not by its size: what /proc and /sys have says it has none.
    const buffer = Buffer.alloc(Math.min(stats.size, maxBytes) + mebibyte)
    let size = 0
    for (let read = -1; read !== 0 && size < buffer.length; size += read) {
      read = readSync(descriptor, buffer, size, buffer.length - size, null)
    }
    if (size > maxBytes || size === buffer.length) return { source, ...tooLarge }
    return { source, bytes: new Uint8Array(buffer.subarray(0, size)), file }
  } catch (error) {
    return { source, ...whyNot(error as NodeJS.ErrnoException) }
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function typeOf(stats: Stats): string {
  if (stats.isFIFO()) return 'a FIFO'
  return stats.isBlockDevice() ? 'a block device' : 'a character device'
}

function whyNot({ code = 'it could not be opened' }: NodeJS.ErrnoException): { why: string; hint: string } {
  const known: Readonly<Record<string, readonly [string, string]>> = {
    EISDIR: ['it is a folder', 'name the files in it'],
    ENOENT: ['there is no such file', 'correct the path'],
    ENOTDIR: ['something above it is no folder', 'correct the path'],
    EACCES: ['permission is denied', 'let this user read it'],
    ELOOP: ['its links go round in a circle', 'mend the links'],
    ENAMETOOLONG: ['its name is too long', 'shorten the path'],
    ENXIO: ['it is a socket, or a device that is not there', 'name a regular file']
  }
  const [why, hint] = known[code] ?? [code, 'look at the file and its folder']
  return { why, hint }
}
