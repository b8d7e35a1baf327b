import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createFolderRecordStore } from '../../src/record/folder-store.ts'
import { findRecord, publishRecord, recordKey } from '../../src/record/record-chain.ts'
import { decodeRecord } from '../../src/record/record-format.ts'
import { tempFolder } from '../temp-folder.ts'
import { answer } from './answers.ts'
import { type StartStep, stepProgram } from './steps.ts'

const key = recordKey(answer().name, [])
const modeOf = (file: string) => (statSync(file).mode & 0o7777).toString(8)
const records = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.json'))

/** A folder of a mode, which the umask does not change. */
function folderOf(mode: number, at = path.join(tempFolder(), 'hermes')): string {
  mkdirSync(at)
  chmodSync(at, mode)
  return at
}

/** Starts steps, lets them go at once, and gives what they said. */
async function atOnce(start: StartStep, count: number, folder: string, uidOf: (index: number) => number | undefined) {
  const GO = path.join(tempFolder(), 'go')
  const steps = Array.from({ length: count }, (_, index) => {
    const uid = uidOf(index)
    return start('publish', [folder, `step-${index}`], { env: { GO, UMASK: '077' }, ...(uid !== undefined && { uid }) })
  })
  await Promise.all(steps.map(({ ready }) => ready))
  writeFileSync(GO, '')
  return Promise.all(steps.map(({ result }) => result))
}

describe('many processes that publish at once agree on one answer', () => {
  test.each([
    ['50, in a folder that is there', 50, () => folderOf(0o777), () => undefined],
    ['50, in a folder that they make', 50, () => path.join(tempFolder(), 'hermes'), () => undefined],
    ['of different users, in a folder of mode 0777', 16, () => folderOf(0o777), (index: number) => 65500 + (index % 4)],
    [
      'of different users, in a folder that they make',
      16,
      () => path.join(folderOf(0o777), 'hermes'),
      (index: number) => 65500 + (index % 4)
    ]
  ])('%s', async (_, count, make, uidOf) => {
    const folder = make()
    const results = await atOnce(await stepProgram(), count, folder, uidOf)
    const winners = results.filter((result) => result?.won)
    expect(winners).toHaveLength(1)
    expect(new Set(results.map((result) => result?.step))).toEqual(new Set([winners[0]?.step]))
    expect(readdirSync(folder)).toEqual([`${key}.json`])
    expect(readdirSync(path.dirname(folder))).toEqual(['hermes'])
    expect(modeOf(path.join(folder, `${key}.json`))).toBe('644')
  })
})

describe('steps of different users, whatever their umask', () => {
  const umask = { env: { UMASK: '077' } }

  test('share a folder of mode 0777', async () => {
    const start = await stepProgram()
    const folder = folderOf(0o777)
    expect(await start('publish', [folder, 'one'], umask).result).toEqual({ won: true, step: 'one' })
    expect(await start('publish', [folder, 'two'], { ...umask, uid: 65534 }).result).toEqual({ won: false, step: 'one' })
    expect(await start('begin', [folder, 'three'], { ...umask, uid: 65534 }).result).toEqual({ step: 'three' })
    expect(await start('publish', [folder, 'four'], { ...umask, uid: 65533 }).result).toEqual({ won: false, step: 'three' })
    expect(readdirSync(folder)).toEqual([`${key}.json`])
  })

  test('share a folder that one of them made, with the mode of its parent', async () => {
    const start = await stepProgram()
    for (const mode of [0o777, 0o2775, 0o1777, 0o755, 0o700]) {
      const folder = path.join(folderOf(mode), 'hermes')
      expect(await start('publish', [folder, 'one'], umask).result).toEqual({ won: true, step: 'one' })
      expect(modeOf(folder)).toBe(mode.toString(8))
    }
  })

  test('in a sticky folder, another user can read and not begin', async () => {
    const start = await stepProgram()
    const folder = folderOf(0o1777)
    await start('publish', [folder, 'one']).result
    expect(await start('begin', [folder, 'two'], { uid: 65534 }).result).toMatchObject({
      code: 'ERR_HERMES_RECORD_UNUSABLE',
      cause: 'EPERM',
      ours: true
    })
    expect(await start('publish', [folder, 'three'], { uid: 65534 }).result).toEqual({ won: false, step: 'one' })
    expect(readdirSync(folder)).toEqual([`${key}.json`])
  })

  test('a folder that another user may not write: a record in it is read, none is made', async () => {
    const start = await stepProgram()
    const folder = folderOf(0o755)
    const refused = await start('publish', [folder, 'one'], { uid: 65534 }).result
    expect(refused).toMatchObject({ code: 'ERR_HERMES_RECORD_UNUSABLE', cause: 'EACCES', ours: true })
    expect(refused?.message).toBe(
      `the record in ${folder} can't be used: permission is denied. Let this user write the folder and read what is in it (fsGroup, chmod), and search the folders above it`
    )
    expect(readdirSync(folder)).toEqual([])
    await start('publish', [folder, 'one']).result
    expect(await start('publish', [folder, 'two'], { uid: 65534 }).result).toEqual({ won: false, step: 'one' })
  })

  test('a record that another user may not read is not decided over', async () => {
    const start = await stepProgram()
    const folder = folderOf(0o777)
    await start('publish', [folder, 'one']).result
    chmodSync(path.join(folder, `${key}.json`), 0o600)
    expect(await start('publish', [folder, 'two'], { uid: 65534 }).result).toMatchObject({ cause: 'EACCES' })
    expect(readdirSync(folder)).toEqual([`${key}.json`])
  })
})

/** What a kill left is no record, or a whole one; and the next step gets one, and so does the one after it. */
async function requireUsable(folder: string): Promise<'whole' | 'none'> {
  for (const name of records(folder)) {
    expect(decodeRecord(readFileSync(path.join(folder, name))).state).toBe('whole')
    expect(modeOf(path.join(folder, name))).toBe('644')
  }
  const store = createFolderRecordStore(folder)
  const found = await findRecord(store, key)
  const next = await publishRecord(store, key, answer({ step: 'next' }))
  expect(next).toMatchObject({ won: found.found === 'none', answer: { step: found.answer?.step ?? 'next' }, skipped: [] })
  expect(await publishRecord(store, key, answer({ step: 'last' }))).toMatchObject({ won: false, answer: next.answer })
  expect(modeOf(folder)).toBe('777')
  return found.found as 'whole' | 'none'
}

describe('a process that is killed', () => {
  test('at a random instant, 300 times, leaves no record or a whole one, and blocks nobody', async () => {
    const start = await stepProgram()
    const figures = { kills: 0, sequences: 0, whole: 0, none: 0, temporary: 0 }
    const killOne = async () => {
      const parent = folderOf(0o777)
      const { child, ready, result } = start('endless', [parent], { env: { UMASK: '077' } })
      await ready
      await setTimeout(Math.random() * 20)
      child.kill('SIGKILL')
      await result
      figures.kills++
      const made = readdirSync(parent)
      figures.temporary += made.filter((name) => name.endsWith('.tmp')).length
      for (const name of made.filter((name) => !name.endsWith('.tmp'))) {
        const folder = path.join(parent, name)
        figures.temporary += readdirSync(folder).filter((file) => file.endsWith('.tmp')).length
        figures.sequences++
        figures[await requireUsable(folder)]++
      }
    }
    const worker = async () => {
      for (let round = 0; round < 100; round++) await killOne()
    }
    await Promise.all([worker(), worker(), worker()])
    console.log(`killed at random: ${JSON.stringify(figures)}`)
    expect(figures.kills).toBe(300)
  }, 300_000)

  const kinds = ['before', 'after', 'halfway'] as const
  test.each(['publish', 'begin'])('at every call of the file system, while it does %s', async (command) => {
    const start = await stepProgram()
    const figures = { kills: 0, whole: 0, none: 0, noFolder: 0 }
    for (const KILL_WHEN of kinds) {
      let ended = false
      for (let number = 1; !ended; number++) {
        const parent = folderOf(0o777)
        const folder = path.join(parent, 'hermes')
        const { child, result } = start(command, [folder, 'killed'], {
          env: { UMASK: '077', KILL_WHEN, KILL_AT: String(number) }
        })
        ended = (await result) !== undefined
        expect(ended || child.signalCode === 'SIGKILL').toBe(true)
        if (ended) continue
        figures.kills++
        if (readdirSync(parent).includes('hermes')) figures[await requireUsable(folder)]++
        else figures.noFolder++
      }
    }
    console.log(`killed at each call of ${command}: ${JSON.stringify(figures)}`)
    expect(figures.kills).toBeGreaterThan(40)
  })
})

test('while a step begins again and again, a reader always gets a whole answer', async () => {
  const start = await stepProgram()
  const folder = folderOf(0o777)
  const store = createFolderRecordStore(folder)
  await publishRecord(store, key, answer({ step: 'begun-0' }))
  const { child, ready, result } = start('begin-again', [folder])
  await ready
  const seen = new Map<string, number>()
  for (let reads = 0; reads < 3000 || seen.size < 2; reads++) {
    const { found, answer: read, skipped } = await findRecord(store, key)
    expect([found, skipped]).toEqual(['whole', []])
    seen.set(read?.step as string, (seen.get(read?.step as string) ?? 0) + 1)
  }
  child.kill('SIGKILL')
  await result
  console.log(`read while it was replaced: ${JSON.stringify([...seen])}`)
})
