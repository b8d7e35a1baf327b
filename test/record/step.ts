// One step of an init sequence, as a process: what it says is a line of JSON. Bundled and started by steps.ts.
import fs from 'node:fs'
import path from 'node:path'
import { HermesError } from '../../src/errors.ts'
import { createFolderRecordStore } from '../../src/record/folder-store.ts'
import { publishRecord, recordKey, replaceRecord } from '../../src/record/record-chain.ts'
import { answer } from './answers.ts'

const { UMASK, GO, KILL_AT, KILL_WHEN = 'before' } = process.env
const [command, folder = '', step = ''] = process.argv.slice(2)
const key = recordKey(answer().name, [])
const say = (value: unknown) => fs.writeSync(1, `${JSON.stringify(value)}\n`)

const modules = (padding: number) => answer().modules.map((module) => ({ ...module, settings: { text: 'x'.repeat(padding) } }))

const commands: Record<string, () => Promise<unknown>> = {
  publish: async () => {
    const { won, answer: counts } = await publishRecord(createFolderRecordStore(folder), key, answer({ step }))
    return { won, step: counts.step }
  },
  begin: async () => {
    await replaceRecord(createFolderRecordStore(folder), key, answer({ step }))
    return { step }
  },
  /** Publishes and begins in one folder after the other that it has to make, until it is killed. */
  endless: async () => {
    for (let number = 0; ; number++) {
      const store = createFolderRecordStore(path.join(folder, `sequence-${number}`))
      await publishRecord(store, key, answer({ step: 'published' }))
      await replaceRecord(store, key, answer({ step: 'begun' }))
    }
  },
  /** Begins again and again, with two answers of different size. */
  'begin-again': async () => {
    const store = createFolderRecordStore(folder)
    for (let number = 0; ; number++)
      await replaceRecord(store, key, answer({ step: `begun-${number % 2}`, modules: modules(number % 2 ? 200_000 : 50_000) }))
  }
}

if (UMASK !== undefined) process.umask(Number.parseInt(UMASK, 8))
if (KILL_AT !== undefined) killAt(Number(KILL_AT), KILL_WHEN)
say('ready')
while (GO !== undefined && !fs.existsSync(GO)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
commands[command as string]?.().then(say, (failure: unknown) => {
  const { code, message, cause } = failure as HermesError
  say({ code, message, cause: (cause as NodeJS.ErrnoException | undefined)?.code, ours: failure instanceof HermesError })
})

/** Kills this process at one call of the file system: before it, after it, or in the middle of writing. */
function killAt(number: number, when: string): void {
  let count = 0
  const die = () => process.kill(process.pid, 'SIGKILL')
  const calls = fs as unknown as Record<string, (...args: unknown[]) => unknown>
  for (const name of Object.keys(fs).filter((name) => name.endsWith('Sync') && !name.startsWith('exists'))) {
    const real = calls[name] as (...args: unknown[]) => unknown
    calls[name] = (...args) => {
      if (++count !== number) return real(...args)
      if (when === 'before') die()
      const half = when === 'halfway' && name === 'writeFileSync' ? (args[1] as Uint8Array).subarray(0, 100) : args[1]
      try {
        return real(args[0], half, ...args.slice(2))
      } finally {
        die()
      }
    }
  }
}
