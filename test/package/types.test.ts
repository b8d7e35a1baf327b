import { spawnSync } from 'node:child_process'
import { copyFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PackedProject, packProject, root } from './packed.ts'

let project: PackedProject
beforeAll(() => {
  project = packProject()
})
afterAll(() => project.remove())

test('a strict consumer compiles against the packed types, as ESM and as CommonJS', () => {
  for (const name of ['esm.mts', 'cjs.cts'])
    copyFileSync(path.join(root, 'test/package/consumer', name), path.join(project.folder, name))
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    skipLibCheck: false,
    module: 'nodenext',
    target: 'es2022',
    types: ['node'],
    noEmit: true
  }
  writeFileSync(path.join(project.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.mts', '*.cts'] }))
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', project.folder], { encoding: 'utf8' })
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
})
