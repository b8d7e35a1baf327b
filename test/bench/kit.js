import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { assertResolves, loaderScript } from 'hermes-memory-installer/testing'
import { ratioOf } from './interleaved.js'

const script = path.join(import.meta.dirname, '../corpus/configmap/load-sidecars.sh')
const calls = 100

/** The kit: a test of the script beside one of bats, and what a call of a stub costs. */
export async function benchKit() {
  return [...(await besideBats()), ...(await stubCalls())]
}

/** A run in a process that is there already, as a runner's worker is, and as a whole process as bats is one. */
async function besideBats() {
  if (spawnSync('bats', ['--version']).error) {
    console.log('        bats is not installed: the kit is not measured beside it')
    return []
  }
  const tested = loaderScript(script, { env: { CLUSTER_ENV: 'production' } })
  const inProcess = async () => assertResolves(await tested.run(), [{ module: 'mem-profiler', config: 'prod-tunings' }])
  const program = `
    import { assertResolves, loaderScript } from 'hermes-memory-installer/testing'
    const run = await loaderScript(${JSON.stringify(script)}, { env: { CLUSTER_ENV: 'production' } }).run()
    await assertResolves(run, [{ module: 'mem-profiler', config: 'prod-tunings' }])`
  const wholeProcess = () => run(process.execPath, ['--input-type=module', '-e', program])
  const bats = () => run('bats', [path.join(import.meta.dirname, 'kit.bats')], { SCRIPT: script })
  return [
    { name: 'a run of the ConfigMap script in the kit over bats', ratio: await ratioOf(inProcess, bats, 41) },
    { name: 'the same as a process of its own, node and all, over bats', ratio: await ratioOf(wholeProcess, bats, 41) }
  ]
}

function run(file, args, env = {}) {
  execFileSync(file, args, { cwd: import.meta.dirname, stdio: 'pipe', env: { PATH: process.env.PATH, ...env } })
}

/** What calls add to a run without any, over what as many `sh -c :` add. */
async function stubCalls() {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
  try {
    const withCalls = (name, command) => {
      const file = path.join(folder, name)
      const loop = `i=0; while [ "$i" -lt ${calls} ]; do ${command}; i=$((i + 1)); done`
      writeFileSync(file, `#!/bin/sh\n${loop}\necho none\n`)
      return loaderScript(file)
    }
    const none = withCalls('none.sh', ':')
    const shell = withCalls('shell.sh', 'sh -c : </dev/null >/dev/null')
    const stubbed = withCalls('stub.sh', 'kubectl get node </dev/null >/dev/null')
    const fixed = { commands: { kubectl: { stdout: 'zone-a\n' } } }
    const asked = { commands: { kubectl: () => ({ stdout: 'zone-a\n' }) } }
    const empty = () => none.run()
    return [
      {
        name: 'a call of a fixed stub over `sh -c :`',
        ratio: await added(
          () => stubbed.run(fixed),
          () => shell.run(),
          empty
        ),
        goal: 1.3
      },
      {
        name: 'a call of a function stub over `sh -c :`',
        ratio: await added(
          () => stubbed.run(asked),
          () => shell.run(),
          empty
        ),
        goal: 3
      }
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The median of rounds of what `ours` takes longer than `empty` over what `peer` does, in turns. */
async function added(ours, peer, empty, rounds = 21) {
  const runs = [ours, peer, empty]
  for (const each of runs) await each()
  const ratios = []
  for (let round = 0; round < rounds; round++) {
    const times = new Map()
    for (let turn = 0; turn < runs.length; turn++) {
      const each = runs[(round + turn) % runs.length]
      const start = performance.now()
      await each()
      times.set(each, performance.now() - start)
    }
    ratios.push((times.get(ours) - times.get(empty)) / (times.get(peer) - times.get(empty)))
  }
  return ratios.sort((a, b) => a - b)[Math.floor(rounds / 2)]
}
