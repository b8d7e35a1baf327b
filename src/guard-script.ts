import { aborted } from './errors.ts'
import { isPosixShell, whyNotPinnable } from './executor/pinned-command.ts'
import { digestOf, readScriptFile } from './executor/script-file.ts'
import type { ScriptSettings } from './options.ts'
import { scriptHashMismatch, scriptUntrusted } from './script-errors.ts'

/** Refuses that a pinned script is none at all. @throws HermesError SCRIPT_HASH_MISMATCH */
export function requireUnpinned({ path, sha256 }: ScriptSettings, why: string): void {
  if (sha256 !== undefined) throw scriptHashMismatch(path, why)
}

/** Refuses other bytes than those that were pinned. @throws HermesError SCRIPT_HASH_MISMATCH */
export async function requirePinnedBytes({ path, sha256 }: ScriptSettings, bytes: Uint8Array): Promise<void> {
  if (sha256 === undefined) return
  const found = await digestOf(bytes)
  if (found !== sha256) throw scriptHashMismatch(path, `its SHA-256 is ${found}, and ${sha256} was asked for`)
}

/** Refuses pinned bytes that this interpreter can't be given exactly. @throws HermesError SCRIPT_HASH_MISMATCH */
export function requirePinnable({ path, sha256 }: ScriptSettings, interpreter: readonly string[], bytes: Uint8Array): void {
  const why = sha256 === undefined ? undefined : whyNotPinnable(interpreter, bytes)
  if (why !== undefined) throw scriptHashMismatch(path, `it ${why}, so exactly these bytes can't be run`)
}

/**
 * An interpreter that is no POSIX shell reads the file itself: what it read is known only if the file is still the same.
 *
 * @throws HermesError SCRIPT_HASH_MISMATCH
 */
export async function requireUnchanged({ path, sha256 }: ScriptSettings, interpreter: readonly string[]): Promise<void> {
  if (sha256 === undefined || isPosixShell(interpreter)) return
  const now = readScriptFile(path, 'off')
  if (now.state !== 'present') throw scriptHashMismatch(path, `it was ${now.state} after the run`)
  const found = await digestOf(now.bytes)
  if (found !== sha256) throw scriptHashMismatch(path, `it was changed while it ran: its SHA-256 is ${found} now`)
}

/** Refuses a script that anybody can write. @throws HermesError SCRIPT_UNTRUSTED */
export async function requireTrusted({ path }: ScriptSettings, writable: string | undefined): Promise<void> {
  if (writable === undefined) return
  const { quote } = await import('shell-quote')
  throw scriptUntrusted(path, writable, quote(['chmod', 'o-w', writable]))
}

/** @throws HermesError ABORTED */
export function requireNotAborted({ signal }: { signal: AbortSignal | undefined }): void {
  if (signal?.aborted) throw aborted('resolving', signal.reason)
}
