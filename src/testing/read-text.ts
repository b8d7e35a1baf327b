import { readFileSync, statSync } from 'node:fs'

/**
 * The text of a regular file; `undefined` for whatever else, or nothing, is there. A script can name anything: opening a FIFO
 * would block this process for good, and `/dev/fd/63` is the script's descriptor there and one of ours here.
 */
export function readText(file: string): string | undefined {
  try {
    return !/^\/(?:dev|proc)\//.test(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined
  } catch {
    return undefined
  }
}
