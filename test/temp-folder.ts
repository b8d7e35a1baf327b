import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder for one test, removed after it. It is 0755, so that an unprivileged user can read what is in it. */
export function tempFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'hermes-test-'))
  chmodSync(folder, 0o755)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A file in a folder for one test: its path. */
export function tempFile(name: string, content: string | Uint8Array, mode = 0o644): string {
  const file = path.join(tempFolder(), name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, content, { mode })
  chmodSync(file, mode)
  return file
}
