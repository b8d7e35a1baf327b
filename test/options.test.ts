import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type ResolveModulesOptions, resolveModules } from '../src/index.ts'
import { readOptions } from '../src/options.ts'

const none = { execute: async () => ({ exitCode: 0, stdout: new Uint8Array(), stderr: '', durationMs: 0 }) }

describe('what an option takes', () => {
  const wrong: [string, unknown, string][] = [
    ['script', '', 'an empty string'],
    ['script', new URL('https://example.org/x'), 'another object'],
    ['script', new URL('file:///a%00b'), 'another object'],
    ['script', 'a\0b', 'another string'],
    ['script', true, 'true'],
    ['script', [], 'an empty list'],
    ['script.path', '', 'an empty string'],
    ['script.args', [1], 'another list'],
    ['script.args', ['a\0'], 'another list'],
    ['script.interpreter', '', 'an empty string'],
    ['script.interpreter', [], 'an empty list'],
    ['script.interpreter', [''], 'another list'],
    ['script.limits', 5, '5'],
    ['script.limits.timeoutMs', 1.5, '1.5'],
    ['script.limits.settleMs', 2 ** 31, '2147483648'],
    ['script.limits.maxOutputBytes', '1', 'another string'],
    ['script.sha256', 'abc', 'another string'],
    ['script.trust', 'fil', ': did you mean "file"?'],
    ['script.onFailure', 'Static', ': did you mean "static"?'],
    ['script.onAbsent', null, 'null'],
    ['script.onEmpty', 'warning', 'another string'],
    ['staticConfig', 5, '5'],
    ['staticConfig', '', 'an empty string'],
    ['catalog', {}, 'another object'],
    ['keys', ['a', 'note'], 'another list'],
    ['keys', 'version', 'another string'],
    ['record', '', 'an empty string'],
    ['record', true, 'true'],
    ['record.dir', '', 'an empty string'],
    ['record.mode', 'resue', ': did you mean "reuse"?'],
    ['record.inputs', [''], 'another list'],
    ['record.name', '', 'an empty string'],
    ['record.onInputsChanged', 'keeep', ': did you mean "keep"?'],
    ['record.onUnusable', 'no', 'another string'],
    ['record.store', {}, 'another object'],
    ['step', '', 'an empty string'],
    ['env', { A: 1 }, 'another object'],
    ['env', { 'A=B': 'x' }, 'another object'],
    ['env', { A: 'a\0b' }, 'another object'],
    ['env', [], 'an empty list'],
    ['extendEnv', 'yes', 'another string'],
    ['cwd', '/no/such/folder', 'another string'],
    ['cwd', import.meta.filename, 'another string'],
    ['executor', {}, 'another object'],
    ['signal', {}, 'another object'],
    ['onEvent', {}, 'another object']
  ]
  test.each(wrong)('%s: %j', async (name, value, given) => {
    const steps = name.split('.')
    const options = steps.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value)
    const { record } = options as { record?: object }
    if (steps[0] === 'record' && steps[1] !== 'store' && steps.length > 1)
      Object.assign(record ?? {}, { dir: '/run/hermes', ...record })
    await expect(resolveModules(options as ResolveModulesOptions)).rejects.toMatchObject({
      code: 'ERR_HERMES_OPTIONS_INVALID',
      message: expect.stringMatching(new RegExp(`^resolveModules\\(\\): ${name.replaceAll('.', '\\.')} takes? `))
    })
    await expect(resolveModules(options as ResolveModulesOptions)).rejects.toMatchObject({
      message: expect.stringContaining(given)
    })
  })

  test.each([
    [{ scipt: '/x' }, 'unknown option "scipt": did you mean "script"?'],
    [{ script: { limits: { timeout: 1 } } }, 'unknown option "script.limits.timeout": '],
    [{ script: { pth: 1 } }, 'unknown option "script.pth": did you mean "path"?'],
    [null, 'the options take an object, not null'],
    [{ script: { onFailure: 'last-good' } }, 'script.onFailure takes "last-good" only beside a record'],
    [{ script: { interpreter: 'bash $X' } }, 'script.interpreter takes plain words'],
    [{ record: {} }, 'record takes "dir" or "store", and was given neither'],
    [{ record: { dir: '/a', store: { location: 'x', read() {}, putIfAbsent() {}, replace() {} } } }, 'and was given both'],
    [
      { env: { HERMES_RECORD: '/run/hermes', HERMES_RECORD_MODE: 'beginn' } },
      'HERMES_RECORD_MODE takes "reuse", "begin" or "verify"'
    ]
  ])('%j is refused', async (options, words) => {
    await expect(resolveModules(options as ResolveModulesOptions)).rejects.toMatchObject({
      code: 'ERR_HERMES_OPTIONS_INVALID',
      message: expect.stringContaining(words)
    })
  })

  test('undefined counts as absent everywhere', async () => {
    const names = ['staticConfig', 'catalog', 'keys', 'record', 'step', 'extendEnv', 'cwd', 'executor', 'signal', 'onEvent']
    const absent = Object.fromEntries(names.map((name) => [name, undefined]))
    const script = {
      path: undefined,
      args: undefined,
      interpreter: undefined,
      limits: { timeoutMs: undefined },
      sha256: undefined,
      trust: undefined
    }
    expect(await readOptions({ ...absent, script, env: { A: undefined } })).toEqual(await readOptions({ env: {} }))
  })

  test('an interpreter is a command line or an argv', async () => {
    const interpreterOf = async (interpreter: string | string[]) =>
      (await readOptions({ env: {}, script: { interpreter } })).script.interpreter
    expect(await interpreterOf('bash -eu -o pipefail')).toEqual(['bash', '-eu', '-o', 'pipefail'])
    expect(await interpreterOf(['/opt/my sh', '$X'])).toEqual(['/opt/my sh', '$X'])
  })
})

describe('where a script is named', () => {
  const at = { staticConfig: false, executor: none } as const
  const scriptOf = async (options: ResolveModulesOptions) => {
    const { path: file, namedBy, disabledBy } = (await readOptions(options)).script
    return [file, namedBy, disabledBy]
  }
  test.each<[ResolveModulesOptions, unknown[]]>([
    [{ env: {} }, ['/etc/hermes/load-sidecars.sh', 'default', undefined]],
    [{ env: { HERMES_SCRIPT: '/a' } }, ['/a', 'HERMES_SCRIPT', undefined]],
    [{ env: { HERMES_SCRIPT: 'a.sh' }, cwd: '/tmp' }, ['/tmp/a.sh', 'HERMES_SCRIPT', undefined]],
    [{ env: { HERMES_SCRIPT: '' } }, ['/etc/hermes/load-sidecars.sh', 'default', 'HERMES_SCRIPT']],
    [{ env: { HERMES_SCRIPT: '/a' }, script: '/b' }, ['/b', 'option', undefined]],
    [{ env: { HERMES_SCRIPT: '/a' }, script: { args: ['x'] } }, ['/a', 'HERMES_SCRIPT', undefined]],
    [{ env: { HERMES_SCRIPT: '/a' }, script: false }, ['/a', 'HERMES_SCRIPT', 'option']],
    [{ env: {}, script: './x/../b', cwd: '/tmp' }, ['/tmp/b', 'option', undefined]],
    [{ env: {}, script: '/x/../b' }, ['/x/../b', 'option', undefined]],
    [{ env: {}, script: new URL('file:///a%20b') }, ['/a b', 'option', undefined]],
    [{ env: {}, script: { path: pathToFileURL('/ü') } }, ['/ü', 'option', undefined]]
  ])('%j', async (options, expected) => {
    expect(await scriptOf({ ...at, ...options })).toEqual(expected)
  })
})

describe('the environment', () => {
  test('is process.env, filtered; or what env says; or that over the filtered one', async () => {
    const before = { ...process.env }
    onTestFinished(() => {
      process.env = before
    })
    process.env = { PATH: '/bin', A: 'inherited', BASH_ENV: '/x', ENV: '/y' }
    const of = async (options: ResolveModulesOptions) => {
      const { env, filtered } = await readOptions(options)
      return { env: { ...env }, filtered }
    }
    expect(await of({})).toEqual({ env: { PATH: '/bin', A: 'inherited' }, filtered: ['BASH_ENV', 'ENV'] })
    expect(await of({ env: { BASH_ENV: '/mine' } })).toEqual({ env: { BASH_ENV: '/mine' }, filtered: [] })
    expect(await of({ env: { A: undefined, B: 'given', ENV: '/mine' }, extendEnv: true })).toEqual({
      env: { PATH: '/bin', A: 'inherited', B: 'given', ENV: '/mine' },
      filtered: ['BASH_ENV']
    })
  })

  test.each([
    [{ HERMES_STEP: 'from-env' }, undefined, 'from-env'],
    [{ HERMES_STEP: 'from-env' }, 'from-option', 'from-option'],
    [{ HERMES_STEP: '' }, undefined, undefined]
  ])('HERMES_STEP: %j, step: %s', async (env, step, expected) => {
    expect((await readOptions({ env, step })).step).toBe(expected)
  })
})

test('a working folder that is gone is an option that is missing', async () => {
  const before = process.cwd
  onTestFinished(() => {
    process.cwd = before
  })
  process.cwd = () => {
    throw Object.assign(new Error('ENOENT: uv_cwd'), { code: 'ENOENT' })
  }
  await expect(resolveModules({ env: {} })).rejects.toMatchObject({
    code: 'ERR_HERMES_OPTIONS_INVALID',
    message: expect.stringContaining('is gone')
  })
})
