import { readlinkSync, realpathSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'
import { isFolderOnReadOnlyMount, isOnReadOnlyMount } from './read-only-mount.ts'

/** `file`: the script file itself; `path`: every folder above it as well. */
export type TrustLevel = 'off' | 'file' | 'path'

const otherWrite = 0o002
const sticky = 0o1000

/**
 * The part of a path that lets anybody change the script, if there is one. Ownership says nothing: the folders of a ConfigMap
 * are 0777 (kubernetes#136032). What counts is whether it can be written, and nobody writes to a read-only mount.
 */
export function writableByAnybody(file: string, descriptor: number, stats: Stats, level: TrustLevel): string | undefined {
  if (level === 'off') return undefined
  const opened = `/proc/self/fd/${descriptor}`
  if (isOtherWritable(stats) && !isOnReadOnlyMount(descriptor, file)) return file
  if (level === 'file') return undefined
  const folders = new Set([...foldersAbove(file), ...foldersAbove(realPathOf(opened, file))])
  return [...folders].find((folder) => {
    const above = statSync(folder, { throwIfNoEntry: false })
    return above && isOtherWritable(above) && (above.mode & sticky) === 0 && !isFolderOnReadOnlyMount(folder)
  })
}

function isOtherWritable({ mode }: Stats): boolean {
  return (mode & otherWrite) !== 0
}

function foldersAbove(file: string): string[] {
  const folder = path.dirname(file)
  return folder === file ? [] : [folder, ...foldersAbove(folder)]
}

// Of what was opened, as far as the system tells: the link may lead elsewhere by now.
function realPathOf(opened: string, file: string): string {
  try {
    return readlinkSync(opened)
  } catch {
    return realpathSync(file)
  }
}
