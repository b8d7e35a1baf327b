import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import {
  createFolderRecordStore,
  defineCatalog,
  HermesError,
  type RecordStore,
  type ResolveEvent,
  type ResolveModulesOptions,
  resolveModules
} from '../src/index.ts'
import { tempFolder } from './temp-folder.ts'

const PATH = process.env['PATH'] ?? ''

/** A sequence of steps that share a script, a static configuration and a record. */
function sequence(text = 'echo "module=m-$(cat /proc/sys/kernel/random/uuid)"') {
  const folder = tempFolder()
  const script = path.join(folder, 'load.sh')
  const staticConfig = path.join(folder, 'modules.yaml')
  const dir = path.join(folder, 'record')
  writeFileSync(script, text)
  writeFileSync(staticConfig, 'modules: [from-static]\n')
  const events: ResolveEvent[] = []
  const step = async (record: object = {}, options: ResolveModulesOptions = {}) => {
    const resolution = await resolveModules({
      script,
      staticConfig,
      env: { PATH },
      onEvent: (event) => events.push(event),
      record: { dir, ...record } as NonNullable<ResolveModulesOptions['record']>,
      ...options
    })
    return { ...resolution, names: resolution.modules.map(({ name }) => name) }
  }
  return { folder, script, staticConfig, dir, events, step, files: () => readdirSync(dir).sort() }
}

async function failureOf(promise: Promise<unknown>): Promise<HermesError> {
  const failure = await promise.catch((error: unknown) => error)
  if (!(failure instanceof HermesError)) throw new Error('it resolved')
  return failure
}

const codes = ({ diagnostics }: { diagnostics: readonly { code: string; severity: string }[] }) =>
  diagnostics.map(({ code, severity }) => `${severity}: ${code}`)

describe('reuse', () => {
  test('the first step decides, and each later one gets the same modules without running anything', async () => {
    const { step, events, dir, files } = sequence()
    const first = await step({}, { step: 'init-1' })
    expect(first).toMatchObject({ source: 'script', reason: 'script-ran' })
    const second = await step({}, { step: 'init-2' })
    expect(second).toMatchObject({
      names: first.names,
      source: 'record',
      reason: 'recorded',
      record: { location: dir, step: 'init-1', reason: 'script-ran', changedInputs: [] },
      diagnostics: []
    })
    expect(second.modules).toEqual(first.modules)
    expect(events.filter(({ type }) => type === 'script-started')).toHaveLength(1)
    expect(events.filter(({ type }) => type.startsWith('record'))).toEqual([
      { type: 'record-written', location: dir },
      { type: 'record-read', location: dir }
    ])
    expect(files()).toHaveLength(1)
  })

  test('a script, configuration or variable that changed since is a warning, and the answer stands', async () => {
    const { step, script, staticConfig } = sequence('echo module=a')
    const env = { PATH, ZONE: 'a' }
    await step({ inputs: ['ZONE'] }, { env, step: 'init-1' })
    writeFileSync(script, 'exit 1')
    writeFileSync(staticConfig, 'modules: [from-')
    const later = await step(
      { inputs: ['ZONE', 'OTHER'] },
      { env: { PATH, ZONE: 'b', OTHER: 'x' }, step: 'init-2', keys: ['version'] }
    )
    expect(later).toMatchObject({
      names: ['a'],
      reason: 'recorded',
      record: { changedInputs: ['script', 'static', 'keys', 'ZONE', 'OTHER'] }
    })
    expect(later.diagnostics).toMatchObject([
      {
        code: 'inputs-changed',
        severity: 'warning',
        message: expect.stringMatching(/^the answer of step "init-1" at 20\S+ stands.*script, static, keys, ZONE, OTHER$/)
      }
    ])
  })

  test("with onInputsChanged: 'fail' that is an error which names what changed and who decided", async () => {
    const { step, script } = sequence('echo module=a')
    await step({}, { step: 'init-1' })
    rmSync(script)
    const failure = await failureOf(step({ onInputsChanged: 'fail' }))
    expect(failure.code).toBe('ERR_HERMES_RECORD_CHANGED')
    expect(failure.message).toMatch(/recorded by step "init-1" at .*changed since: script/)
  })

  test.each<[string, (file: string) => void]>([
    ['gone', (file) => rmSync(file)],
    ['a folder', (file) => void execFileSync('sh', ['-c', 'rm "$0" && mkdir "$0"', file])],
    ['a FIFO', (file) => void execFileSync('sh', ['-c', 'rm "$0" && mkfifo "$0"', file])],
    ['writable by anybody', (file) => chmodSync(file, 0o666)],
    ['empty', (file) => writeFileSync(file, '')]
  ])('a script that is %s by then is no failure', async (_, change) => {
    const { step, script } = sequence('echo module=a')
    await step()
    change(script)
    expect(await step({}, { script: { path: script, sha256: '0'.repeat(64), trust: 'path' } })).toMatchObject({
      names: ['a'],
      reason: 'recorded'
    })
  })

  test('an answer of the static configuration is recorded as it was decided', async () => {
    const { step, script } = sequence('exit 3')
    const first = await step({}, { script: { path: script, onFailure: 'static' } })
    expect(first).toMatchObject({ names: ['from-static'], reason: 'script-failed' })
    writeFileSync(script, 'echo module=later')
    expect(await step()).toMatchObject({ names: ['from-static'], reason: 'recorded', record: { reason: 'script-failed' } })
  })

  test('a failure that is thrown is not recorded', async () => {
    const { step, script, dir } = sequence('exit 3')
    await failureOf(step())
    expect(() => readdirSync(dir)).toThrow('ENOENT')
    writeFileSync(script, 'echo module=a')
    expect(await step()).toMatchObject({ reason: 'script-ran' })
  })

  test('settings are recorded as configured, and validated by the catalog of each step', async () => {
    const { step, staticConfig } = sequence('echo module=a,config=prod')
    writeFileSync(staticConfig, 'configs: { prod: { rate: 1 } }\n')
    const catalogOf = (schema: z.ZodType) => defineCatalog({ a: { settings: schema } })
    const first = await step({}, { catalog: catalogOf(z.object({ rate: z.number().transform((rate) => rate * 2) })) as never })
    const second = await step({}, { catalog: catalogOf(z.object({ rate: z.number().transform((rate) => rate * 3) })) as never })
    expect([first.modules[0]?.settings, second.modules[0]?.settings]).toEqual([{ rate: 2 }, { rate: 3 }])
    const failure = await failureOf(step({}, { catalog: catalogOf(z.object({ rate: z.string() })) as never }))
    expect(failure.code).toBe('ERR_HERMES_CATALOG_MISMATCH')
    expect(failure.message).toContain('recorded in')
  })

  test('an answer that the deciding catalog refuses is not recorded', async () => {
    const { step, dir } = sequence('echo module=unknown')
    await failureOf(step({}, { catalog: defineCatalog({ a: {} }) as never }))
    expect(() => readdirSync(dir)).toThrow('ENOENT')
  })

  test('the name and the arguments say whose answer it is', async () => {
    const { step, script, files } = sequence('echo "module=m${1}"')
    const of = async (name: string | undefined, args: string[]) =>
      (await step({ name }, { script: { path: script, args } })).names
    expect([await of(undefined, []), await of(undefined, ['1']), await of('other', []), await of('other', ['1'])]).toEqual([
      ['m'],
      ['m1'],
      ['m'],
      ['m1']
    ])
    expect(files()).toHaveLength(4)
  })

  test('steps that lost the race get the winner, 20 at once', async () => {
    const { step, files } = sequence()
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => step({}, { step: `step-${index}` })))
    expect(new Set(answers.map(({ names }) => names.join())).size).toBe(1)
    expect(answers.filter(({ source }) => source === 'script')).toHaveLength(1)
    expect(files()).toHaveLength(1)
  })

  test('damage is skipped with a warning, stays as it is, and has a successor', async () => {
    const { step, dir, files } = sequence()
    await step()
    const [name = ''] = files()
    writeFileSync(path.join(dir, name), '{"version":1')
    const second = await step()
    expect(second).toMatchObject({ reason: 'script-ran' })
    expect(codes(second)).toEqual(['warning: record-skipped'])
    const third = await step()
    expect(third).toMatchObject({ names: second.names, reason: 'recorded' })
    expect(readFileSync(path.join(dir, name), 'utf8')).toBe('{"version":1')
    expect(files()).toHaveLength(2)
  })
})

describe('begin', () => {
  test('decides anew, replaces, and tells what became another', async () => {
    const { step, script, files } = sequence('echo module=a; echo module=c')
    expect(codes(await step({ mode: 'begin' }, { step: 'one' }))).toEqual([])
    writeFileSync(script, 'echo module=b; echo module=c')
    const again = await step({ mode: 'begin' }, { step: 'one' })
    expect(again).toMatchObject({ names: ['b', 'c'], reason: 'script-ran' })
    expect(again.diagnostics).toMatchObject([
      { code: 'record-replaced', severity: 'note', message: expect.stringMatching(/step "one" at .* is replaced\n- a\n\+ b$/) }
    ])
    expect(await step()).toMatchObject({ names: ['b', 'c'], reason: 'recorded' })
    expect(files()).toHaveLength(1)
  })

  test('that fails leaves the record of before', async () => {
    const { step, script } = sequence('echo module=a')
    await step()
    writeFileSync(script, 'exit 1')
    expect((await failureOf(step({ mode: 'begin' }))).code).toBe('ERR_HERMES_SCRIPT_EXIT')
    expect(await step()).toMatchObject({ names: ['a'], reason: 'recorded' })
  })

  test('replaces a record of a newer version, which the other modes refuse', async () => {
    const { step, dir, files } = sequence('echo module=a')
    await step()
    writeFileSync(path.join(dir, files()[0] ?? ''), '{"version":99}')
    for (const mode of ['reuse', 'verify'])
      for (const onUnusable of ['fail', 'warn'])
        expect((await failureOf(step({ mode, onUnusable }))).code).toBe('ERR_HERMES_RECORD_UNUSABLE')
    expect(await step({ mode: 'begin' })).toMatchObject({ names: ['a'] })
    expect(await step()).toMatchObject({ reason: 'recorded' })
  })
})

describe('verify', () => {
  test('runs, and a match is recorded', async () => {
    const { step, events } = sequence('echo module=a')
    await step()
    expect(await step({ mode: 'verify' })).toMatchObject({ names: ['a'], reason: 'recorded', diagnostics: [] })
    expect(events.filter(({ type }) => type === 'script-started')).toHaveLength(2)
  })

  test('another answer is an error with the difference, module by module, and the record stays', async () => {
    const { step, script } = sequence('echo module=a; echo module=b,config=dev')
    await step({}, { step: 'one' })
    writeFileSync(script, 'echo module=b,config=prod; echo module=c')
    const failure = await failureOf(step({ mode: 'verify' }))
    expect(failure.code).toBe('ERR_HERMES_RECORD_CHANGED')
    expect(failure.message).toContain('\n- a\n- b,config=dev\n+ b,config=prod\n+ c\n')
    expect(await step()).toMatchObject({ names: ['a', 'b'] })
  })

  test('a failure is always thrown', async () => {
    const { step, script } = sequence('echo module=a')
    await step()
    writeFileSync(script, 'exit 1')
    for (const onFailure of ['static', 'last-good'] as const)
      expect((await failureOf(step({ mode: 'verify' }, { script: { path: script, onFailure } }))).code).toBe(
        'ERR_HERMES_SCRIPT_EXIT'
      )
  })

  test('without a record it decides', async () => {
    const { step } = sequence('echo module=a')
    expect(await step({ mode: 'verify' })).toMatchObject({ reason: 'script-ran' })
    expect(await step()).toMatchObject({ reason: 'recorded' })
  })
})

describe('last-good', () => {
  const lastGood = (path: string) => ({ script: { path, onFailure: 'last-good' as const } })

  test('a step that begins and fails gets the answer of before, with the failure, its age and who decided', async () => {
    const { step, script, dir } = sequence('echo module=a')
    await step({}, { step: 'one' })
    writeFileSync(script, 'echo no API >&2; exit 7')
    const answer = await step({ mode: 'begin' }, lastGood(script))
    expect(answer).toMatchObject({
      names: ['a'],
      source: 'record',
      reason: 'script-failed',
      failure: { code: 'ERR_HERMES_SCRIPT_EXIT' },
      record: { location: dir, step: 'one', changedInputs: ['script'] }
    })
    expect(answer.diagnostics).toMatchObject([
      {
        code: 'script-failed',
        severity: 'warning',
        message: expect.stringMatching(
          /exit code 7.*no API\nThe answer of step "one" at .* is used instead: it is \d+ seconds old$/s
        )
      }
    ])
    expect(await step()).toMatchObject({ names: ['a'], reason: 'recorded' })
  })

  test.each<[string, (given: ReturnType<typeof sequence>) => Promise<unknown>]>([
    ['there is none of before', async () => {}],
    ['a failure made it', ({ step, script }) => step({}, { script: { path: script, onFailure: 'static' } })],
    [
      'its variables were others',
      async ({ step, script }) => {
        writeFileSync(script, 'echo module=a')
        await step({ inputs: ['ZONE'] }, { env: { PATH, ZONE: 'other' } })
        writeFileSync(script, 'exit 1')
      }
    ]
  ])('the failure is thrown where %s', async (_, before) => {
    const given = sequence('exit 1')
    await before(given)
    const failure = await failureOf(
      given.step({ mode: 'begin', inputs: ['ZONE'] }, { ...lastGood(given.script), env: { PATH, ZONE: 'here' } })
    )
    expect(failure.code).toBe('ERR_HERMES_SCRIPT_EXIT')
  })

  test('what onFailure does not cover is thrown', async () => {
    const { step, script, staticConfig } = sequence('echo module=a')
    await step()
    writeFileSync(staticConfig, 'modules: 1')
    expect((await failureOf(step({ mode: 'begin' }, lastGood(script)))).code).toBe('ERR_HERMES_CONFIG_INVALID')
  })

  test('needs a record', async () => {
    const { script } = sequence()
    const failure = await failureOf(resolveModules({ ...lastGood(script), env: {} }))
    expect(failure).toMatchObject({ code: 'ERR_HERMES_OPTIONS_INVALID', message: expect.stringContaining('beside a record') })
  })
})

describe('a record that can not be used', () => {
  const broken = (problem: Partial<RecordStore>): RecordStore => {
    const bytes = new Map<string, Uint8Array>()
    return {
      location: 'memory',
      read: async (key) => bytes.get(key),
      putIfAbsent: async (key, value) => {
        if (!bytes.has(key)) bytes.set(key, value)
        return bytes.get(key) ?? value
      },
      replace: async (key, value) => void bytes.set(key, value),
      ...problem
    }
  }
  const fails = () => Promise.reject(new Error('disk full'))

  test.each<[string, Partial<RecordStore>, string]>([
    ['read', { read: fails }, 'reuse'],
    ['putIfAbsent', { putIfAbsent: fails }, 'reuse'],
    ['read, to begin', { read: fails }, 'begin'],
    ['replace', { replace: fails }, 'begin'],
    ['read of nothing but damage', { read: async () => new Uint8Array() }, 'reuse']
  ])('a store that fails to %s is an error, or with onUnusable: warn a warning', async (_, problem, mode) => {
    const { script } = sequence('echo module=a')
    const options = (onUnusable: 'fail' | 'warn'): ResolveModulesOptions => ({
      script,
      env: { PATH },
      staticConfig: false,
      record: { store: broken(problem), mode: mode as 'reuse', onUnusable }
    })
    expect((await failureOf(resolveModules(options('fail')))).code).toBe('ERR_HERMES_RECORD_UNUSABLE')
    const answer = await resolveModules(options('warn'))
    expect(answer.modules.map(({ name }) => name)).toEqual(['a'])
    expect(answer.diagnostics.at(0)).toMatchObject({
      code: 'record-unusable',
      severity: 'warning',
      message: expect.stringContaining('memory')
    })
  })

  test('a read-only folder gives what is there, and refuses what is not', async () => {
    const { step, dir, folder, script } = sequence('echo module=a')
    mkdirSync(dir)
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', dir])
    onTestFinished(() => void execFileSync('umount', [dir]))
    await step()
    execFileSync('mount', ['-o', 'remount,ro', dir])
    expect(await step()).toMatchObject({ reason: 'recorded' })
    writeFileSync(path.join(folder, 'other.sh'), 'echo module=b')
    const other = { script: path.join(folder, 'other.sh') }
    expect((await failureOf(step({}, other))).code).toBe('ERR_HERMES_RECORD_UNUSABLE')
    expect(codes(await step({ onUnusable: 'warn' }, other))).toEqual(['warning: record-unusable'])
    expect((await failureOf(step({ mode: 'begin' }, { script }))).code).toBe('ERR_HERMES_RECORD_UNUSABLE')
  })
})

describe('where a record is named', () => {
  test('by option, as a path, a URL or a store; by HERMES_RECORD; off', async () => {
    const { script, dir, folder } = sequence('echo module=a')
    const reasonOf = async (record: ResolveModulesOptions['record'], env = {}) =>
      (await resolveModules({ script, env: { PATH, ...env }, staticConfig: false, record, cwd: folder })).reason
    expect(await reasonOf(undefined)).toBe('script-ran')
    expect(await reasonOf(undefined, { HERMES_RECORD: '' })).toBe('script-ran')
    expect(await reasonOf('record')).toBe('script-ran')
    expect(await reasonOf(dir)).toBe('recorded')
    expect(await reasonOf(pathToFileURL(dir))).toBe('recorded')
    expect(await reasonOf({ store: createFolderRecordStore(dir) })).toBe('recorded')
    expect(await reasonOf(undefined, { HERMES_RECORD: 'record' })).toBe('recorded')
    expect(await reasonOf(false, { HERMES_RECORD: 'record' })).toBe('script-ran')
    expect(await reasonOf(undefined, { HERMES_RECORD: 'record', HERMES_RECORD_MODE: '' })).toBe('recorded')
    expect(await reasonOf(undefined, { HERMES_RECORD: 'record', HERMES_RECORD_MODE: 'begin' })).toBe('script-ran')
    expect(await reasonOf({ dir, mode: 'reuse' }, { HERMES_RECORD_MODE: 'begin' })).toBe('recorded')
  })

  test('without a script it is the answer of the default path', async () => {
    const { dir } = sequence()
    await resolveModules({ script: false, record: dir, env: { HERMES_SCRIPT: '/elsewhere' }, staticConfig: { modules: ['a'] } })
    const { reason, modules } = await resolveModules({
      record: dir,
      env: { HERMES_SCRIPT: '' },
      staticConfig: { modules: ['b'] }
    })
    expect([reason, modules.map(({ name }) => name)]).toEqual(['recorded', ['a']])
  })
})
