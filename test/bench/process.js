import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ratioOf } from './interleaved.js'

const node = (...args) => execFileSync(process.execPath, args, { cwd: import.meta.dirname })
const importing = (code) => ['--input-type=module', '-e', code]

/** Whole processes: what an import, and a first resolution without YAML, add to an empty Node. */
export async function benchProcess() {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
  try {
    const script = path.join(folder, 'load.sh')
    writeFileSync(script, '#!/bin/sh\necho module=mem-logger\n')
    const empty = () => node(...importing('0'))
    const emptyThenScript = () => {
      node('-e', '0')
      execFileSync('/bin/sh', [script])
    }
    const options = `{ script: ${JSON.stringify(script)}, staticConfig: false }`
    const asModule = `import { resolveModules } from 'hermes-memory-installer'; await resolveModules(${options})`
    const asScript = `require('hermes-memory-installer').resolveModules(${options})`
    return [
      {
        name: 'a process that imports the package over an empty one',
        ratio: await ratioOf(() => node(...importing("import 'hermes-memory-installer'")), empty, 41),
        goal: 1.1
      },
      {
        name: 'a process that imports core over an empty one',
        ratio: await ratioOf(() => node(...importing("import 'hermes-memory-installer/core'")), empty, 41)
      },
      {
        name: 'a first resolution over `node -e 0` and the script, CommonJS',
        ratio: await ratioOf(() => node('-e', asScript), emptyThenScript, 41),
        goal: 1.5
      },
      {
        name: "the same as an ES module, with the start of Node's loader",
        ratio: await ratioOf(() => node(...importing(asModule)), emptyThenScript, 41)
      }
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
