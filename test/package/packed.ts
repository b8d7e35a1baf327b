import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A project into which the packed tarball is installed, its dependencies linked: what a consumer has, without a network. */
export interface PackedProject {
  folder: string
  files: readonly { path: string; size: number }[]
  unpackedSize: number
  run(file: string, env?: Readonly<Record<string, string>>): string
  remove(): void
}

export function packProject(): PackedProject {
  const folder = mkdtempSync(path.join(tmpdir(), 'hermes-packed-'))
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: root, encoding: 'utf8' })
  )
  const installed = path.join(folder, 'node_modules', 'hermes-memory-installer')
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['xzf', path.join(folder, packed.filename), '--strip-components=1', '-C', installed])
  for (const name of ['shell-quote', 'yaml', 'zod', 'prom-client', '@types', 'undici-types']) {
    symlinkSync(path.join(root, 'node_modules', name), path.join(folder, 'node_modules', name))
  }
  return {
    folder,
    files: packed.files,
    unpackedSize: packed.unpackedSize,
    run: (file, env = {}) =>
      execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', ...env } }),
    remove: () => rmSync(folder, { recursive: true })
  }
}
