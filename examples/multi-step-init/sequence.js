// The three containers of pod.yaml as three processes, twice. The loader's answer is random; its ConfigMap is updated after the
// first step, and not mounted in the third.
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = await mkdtemp(path.join(tmpdir(), 'hermes-sequence-'))
const script = path.join(folder, 'etc/load-sidecars.sh')
const random = '#!/bin/sh\necho "module=mem-$(od -An -N4 -tx4 /dev/urandom | tr -d " ")"\n'

try {
  for (const title of ['the Pod starts', 'all its containers are restarted in place: the emptyDir is the same']) {
    console.log(title)
    await mkdir(path.dirname(script), { recursive: true })
    await writeFile(script, random)
    step('init-1', { HERMES_RECORD_MODE: 'begin' })
    await writeFile(script, `${random}# updated\n`)
    step('init-2')
    await rm(path.dirname(script), { recursive: true })
    step('app')
    console.log()
  }
} finally {
  await rm(folder, { recursive: true })
}

function step(name, more = {}) {
  const env = {
    PATH: process.env.PATH,
    HERMES_SCRIPT: script,
    HERMES_RECORD: path.join(folder, 'record'),
    HERMES_STEP: name,
    ...more
  }
  const file = fileURLToPath(new URL('step.js', import.meta.url))
  process.stdout.write(execFileSync(process.execPath, [file], { env, encoding: 'utf8' }).replaceAll(folder, '/run'))
}
