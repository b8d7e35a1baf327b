import { closeSync, fchmodSync, fsyncSync, openSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** A name that nobody else has. Random, since process ids repeat across containers; no `*.json`, so that nobody takes it for a record. */
export function temporaryName(folder: string): string {
  return path.join(folder, `.hermes-record-${Math.random().toString(36).slice(2)}.tmp`)
}

/**
 * Writes bytes to a new file of mode 0644, hands its path over for publishing, and removes it whatever comes of that.
 *
 * Only a kill in between leaves it. It then blocks nobody, and nobody else removes it: it can't be told from one in use.
 *
 * @throws the system's error
 */
export function withTemporaryFile(folder: string, bytes: Uint8Array, publish: (temporary: string) => void): void {
  const temporary = temporaryName(folder)
  const descriptor = openSync(temporary, 'wx', 0o600)
  try {
    writeThrough(descriptor, bytes)
    publish(temporary)
  } finally {
    quietly(() => unlinkSync(temporary))
  }
}

/** Writes and closes a file; when this returns, its bytes survive a crash of the machine. */
function writeThrough(descriptor: number, bytes: Uint8Array): void {
  try {
    writeFileSync(descriptor, bytes)
    // A step of another user reads it: whatever the umask and the folder's default ACL say.
    fchmodSync(descriptor, 0o644)
    fsyncSync(descriptor)
  } catch (error) {
    quietly(() => closeSync(descriptor))
    throw error
  }
  // Network file systems and quotas report here what a write only promised.
  closeSync(descriptor)
}

/** For what is tidied on the way out: the failure that counts is another one. */
export function quietly(action: () => void): void {
  try {
    action()
  } catch {
    // Nothing is left to do.
  }
}
