import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { quietly, temporaryName } from './temporary-file.ts'

/**
 * Makes a folder with its parent's mode, if its parent is there; gives whether this call made it.
 *
 * It appears with its mode at once, made under another name and renamed: between a `mkdir` and a `chmod` a kill would leave
 * a folder that no other user can write, for good. (`rename` replaces an empty folder only, so of two steps that make it at
 * once none loses what it wrote.) One level only, never recursive: below `/proc` that never returns.
 *
 * @throws the system's error
 */
export function makeFolder(folder: string): boolean {
  if (isFolder(folder)) return false
  const parent = path.dirname(folder)
  const { mode } = statSync(parent)
  const temporary = temporaryName(parent)
  mkdirSync(temporary, 0o700)
  try {
    chmodSync(temporary, mode & 0o7777)
    renameSync(temporary, folder)
  } catch (error) {
    quietly(() => rmdirSync(temporary))
    if (isFolder(folder)) return false
    throw error
  }
  syncFolder(parent)
  return true
}

/**
 * Lets what was linked into a folder survive a crash of the machine. Some file systems can't: what is published by then is
 * true for every step, so that is no failure.
 */
export function syncFolder(folder: string): void {
  quietly(() => {
    const descriptor = openSync(folder, 'r')
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  })
}

function isFolder(at: string): boolean {
  return statSync(at, { throwIfNoEntry: false })?.isDirectory() ?? false
}
