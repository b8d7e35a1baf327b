import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PackedProject, packProject } from './packed.ts'

let project: PackedProject
beforeAll(() => {
  project = packProject()
})
afterAll(() => project.remove())

test('a recorded answer loads nothing that running a script or reading YAML needs', () => {
  const script = path.join(project.folder, 'load.sh')
  const config = path.join(project.folder, 'modules.yaml')
  writeFileSync(script, 'echo module=a\n')
  writeFileSync(config, 'modules: [b]\n')
  const step = path.join(project.folder, 'step.mjs')
  writeFileSync(
    step,
    `import { resolveModules } from 'hermes-memory-installer'
const { reason } = await resolveModules()
const loaded = process.moduleLoadList.some((name) => name === 'NativeModule child_process')
console.log(JSON.stringify([reason, loaded]))
`
  )
  const env = { HERMES_SCRIPT: script, HERMES_STATIC_CONFIG: config, HERMES_RECORD: path.join(project.folder, 'record') }
  expect(JSON.parse(project.run(step, env))).toEqual(['script-ran', true])
  writeFileSync(config, 'modules: [')
  expect(JSON.parse(project.run(step, env))).toEqual(['recorded', false])
})
