import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { resolveModules } from 'hermes-memory-installer'
import { ratioOf } from './interleaved.js'

/** A recorded answer over a bare spawn of the script. */
export async function benchRecord() {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
  try {
    const script = path.join(folder, 'load.sh')
    writeFileSync(script, '#!/bin/sh\necho module=mem-logger\n')
    const options = { script, record: path.join(folder, 'record'), staticConfig: false, env: {} }
    await resolveModules(options)
    const recorded = async () => {
      if ((await resolveModules(options)).reason !== 'recorded') throw new Error('it was run')
    }
    return [
      {
        name: 'a recorded answer over a bare spawn of the script',
        ratio: await ratioOf(recorded, () => bareSpawn(script), 201),
        goal: 0.25
      }
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function bareSpawn(script) {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', [script], { stdio: ['ignore', 'pipe', 'pipe'], env: {} })
    child.stdout.resume()
    child.stderr.resume()
    child.once('error', reject)
    child.once('close', resolve)
  })
}
