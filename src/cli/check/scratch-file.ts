import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A private folder for texts that a tool takes as a file only; made when the first is written. */
export interface ScratchFolder {
  folder: string | undefined
}

/** Gives a folder to `use`, and removes it afterwards. */
export async function withScratchFolder<Result>(use: (scratch: ScratchFolder) => Promise<Result>): Promise<Result> {
  const scratch: ScratchFolder = { folder: undefined }
  try {
    return await use(scratch)
  } finally {
    if (scratch.folder !== undefined) await rm(scratch.folder, { recursive: true, force: true })
  }
}

/** Writes a script that only this user can read: its path, under which it never shows. */
export async function scratchFile(scratch: ScratchFolder, bytes: Uint8Array): Promise<string> {
  scratch.folder ??= await mkdtemp(path.join(tmpdir(), 'hermes-check-'))
  const file = path.join(scratch.folder, 'script')
  await writeFile(file, bytes, { mode: 0o600 })
  return file
}
