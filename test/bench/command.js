import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ratioOf } from './interleaved.js'

const bin = path.join(import.meta.dirname, '../../dist/bin.cjs')
const node = (...args) => execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })

/** Whole processes of the command: over an empty Node, and where the script runs the script alone after it. */
export async function benchCommand() {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
  try {
    const script = path.join(folder, 'load.sh')
    writeFileSync(script, '#!/bin/sh\necho module=mem-logger\n')
    const record = path.join(folder, 'record')
    const empty = () => node('-e', '0')
    const emptyThenScript = () => {
      empty()
      execFileSync('/bin/sh', [script])
    }
    const resolve = () => node(bin, 'resolve', script, '--no-static-config', '--format', 'env')
    const recorded = () => node(bin, 'resolve', script, '--record', record, '--format', 'env')
    recorded()
    return [
      {
        name: 'hermes-modules resolve over `node -e 0` and the script',
        ratio: await ratioOf(resolve, emptyThenScript, 41),
        goal: 1.3
      },
      { name: 'hermes-modules resolve with a record over `node -e 0`', ratio: await ratioOf(recorded, empty, 41), goal: 1.2 }
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
