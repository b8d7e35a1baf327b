import { accessSync, closeSync, constants, openSync, readFileSync } from 'node:fs'
import { errorCodeOf } from '../errors.ts'
import { pathOnly } from './open-file.ts'

/**
 * Whether what is open as `descriptor` lies on a mount that nobody can write to.
 *
 * The mount itself is asked. access(2) tells EACCES before EROFS where the mode denies this user the write, and Deno answers
 * it for `/proc/self/fd` with EACCES on any mount. It is asked, for the path, only where the mount can't be told: no /proc.
 */
export function isOnReadOnlyMount(descriptor: number, path: string): boolean {
  return isMountReadOnly(descriptor) ?? isRefusedAsReadOnly(path)
}

/** As {@link isOnReadOnlyMount}, of a folder that need not be readable. */
export function isFolderOnReadOnlyMount(path: string): boolean {
  if (process.platform !== 'linux') return isRefusedAsReadOnly(path)
  try {
    const descriptor = openSync(path, pathOnly | constants.O_DIRECTORY)
    try {
      return isOnReadOnlyMount(descriptor, path)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return false
  }
}

/** `undefined` where the system doesn't tell. */
function isMountReadOnly(descriptor: number): boolean | undefined {
  try {
    const id = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1]
    // ID PARENT MAJOR:MINOR ROOT POINT OPTIONS TAG… - TYPE SOURCE SUPEROPTIONS, blanks in them written as \040: proc(5).
    const mount = readFileSync('/proc/self/mountinfo', 'latin1')
      .split('\n')
      .map((line) => line.split(' '))
      .find(([first]) => first === id)
    return mount && [mount[5], mount.at(-1)].some((options) => options?.split(',').includes('ro'))
  } catch {
    return undefined
  }
}

function isRefusedAsReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return false
  } catch (error) {
    return errorCodeOf(error) === 'EROFS'
  }
}
