import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))

/** Makes one file of a program that imports TypeScript from here, for a process of its own; gives the folder it is in. */
export async function bundle(program: string, format: 'esm' | 'cjs' = 'esm'): Promise<{ folder: string; file: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
  chmodSync(folder, 0o755)
  const file = join(folder, format === 'esm' ? 'program.mjs' : 'program.cjs')
  await build({
    stdin: { contents: program, resolveDir: here, loader: 'ts' },
    outfile: file,
    bundle: true,
    platform: 'node',
    format,
    logLevel: 'error'
  })
  return { folder, file }
}
