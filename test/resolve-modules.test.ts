import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  type Diagnostic,
  defineCatalog,
  HermesError,
  type Resolution,
  type ResolveModulesOptions,
  resolveModules
} from '../src/index.ts'
import { tempFile, tempFolder } from './temp-folder.ts'

const PATH = process.env['PATH'] ?? ''
const env = { PATH }
const staticConfig = { modules: ['from-static'] }

const script = (text: string) => tempFile('load-sidecars.sh', text)
const namesOf = ({ modules }: Resolution) => modules.map(({ name }) => name)
const codesOf = (diagnostics: readonly Diagnostic[]) => diagnostics.map(({ code, severity }) => `${severity}: ${code}`)

async function failureOf(options: ResolveModulesOptions): Promise<HermesError> {
  try {
    await resolveModules(options)
  } catch (error) {
    if (error instanceof HermesError) return error
    throw error
  }
  throw new Error('it resolved')
}

/** What a resolution says, without what differs from run to run. */
const summary = (resolution: Resolution) => ({
  modules: namesOf(resolution),
  source: resolution.source,
  reason: resolution.reason,
  diagnostics: codesOf(resolution.diagnostics)
})

describe('outcomes', () => {
  const rows: { what: string; options: () => ResolveModulesOptions; gives: ReturnType<typeof summary> }[] = [
    {
      what: 'a script that prints directives',
      options: () => ({ script: script('echo module=a; echo module=b,config=c') }),
      gives: { modules: ['a', 'b'], source: 'script', reason: 'script-ran', diagnostics: [] }
    },
    {
      what: 'a script that says none',
      options: () => ({ script: script('echo none') }),
      gives: { modules: [], source: 'script', reason: 'script-empty', diagnostics: [] }
    },
    {
      what: 'a script that says nothing',
      options: () => ({ script: script('echo "# nothing"; echo note=hello') }),
      gives: {
        modules: [],
        source: 'script',
        reason: 'script-empty',
        diagnostics: ['note: script-message', 'warning: empty-output']
      }
    },
    {
      what: '/dev/null as the script',
      options: () => ({ script: '/dev/null' }),
      gives: { modules: [], source: 'script', reason: 'script-masked', diagnostics: [] }
    },
    {
      what: 'a link to /dev/null',
      options: () => {
        const link = path.join(tempFolder(), 'load.sh')
        symlinkSync('/dev/null', link)
        return { script: link }
      },
      gives: { modules: [], source: 'script', reason: 'script-masked', diagnostics: [] }
    },
    {
      what: 'a file of no bytes',
      options: () => ({ script: script('') }),
      gives: { modules: [], source: 'script', reason: 'script-masked', diagnostics: ['warning: empty-script'] }
    },
    {
      what: 'no file at the path that an option names',
      options: () => ({ script: path.join(tempFolder(), 'no.sh') }),
      gives: { modules: ['from-static'], source: 'static', reason: 'script-absent', diagnostics: ['note: script-absent'] }
    },
    {
      what: 'no file at the path that HERMES_SCRIPT names',
      options: () => ({ env: { PATH, HERMES_SCRIPT: path.join(tempFolder(), 'deep/no.sh') } }),
      gives: { modules: ['from-static'], source: 'static', reason: 'script-absent', diagnostics: ['note: script-absent'] }
    },
    {
      what: 'no file at the default path',
      options: () => ({}),
      gives: { modules: ['from-static'], source: 'static', reason: 'script-absent', diagnostics: [] }
    },
    {
      what: 'script: false',
      options: () => ({ script: false, env: { HERMES_SCRIPT: '/etc/passwd' } }),
      gives: { modules: ['from-static'], source: 'static', reason: 'script-disabled', diagnostics: [] }
    },
    {
      what: 'HERMES_SCRIPT set to nothing',
      options: () => ({ env: { HERMES_SCRIPT: '' } }),
      gives: { modules: ['from-static'], source: 'static', reason: 'script-disabled', diagnostics: [] }
    },
    {
      what: 'an option beside HERMES_SCRIPT set to nothing',
      options: () => ({ script: script('echo none'), env: { PATH, HERMES_SCRIPT: '' } }),
      gives: { modules: [], source: 'script', reason: 'script-empty', diagnostics: [] }
    },
    {
      what: 'a script that abstains',
      options: () => ({ script: script('echo warning=no opinion; echo abstain') }),
      gives: { modules: ['from-static'], source: 'static', reason: 'script-abstained', diagnostics: ['warning: script-message'] }
    },
    {
      what: "a failure with onFailure: 'static'",
      options: () => ({ script: { path: script('echo module=a; exit 3'), onFailure: 'static' } }),
      gives: { modules: ['from-static'], source: 'static', reason: 'script-failed', diagnostics: ['warning: script-failed'] }
    }
  ]

  test.each(rows)('$what: $gives.reason', async ({ options, gives }) => {
    expect(summary(await resolveModules({ env, staticConfig, ...options() }))).toEqual(gives)
  })

  test('the ConfigMap script decides by its environment, with the settings of the static configuration', async () => {
    const loader = script(readFileSync(new URL('corpus/configmap/load-sidecars.sh', import.meta.url), 'utf8'))
    const configs = { 'prod-tunings': { sampleIntervalBytes: 524288 } }
    const { modules } = await resolveModules({
      script: loader,
      staticConfig: { configs },
      env: { PATH, CLUSTER_ENV: 'production' }
    })
    const origin = { kind: 'script', source: loader, line: 1, column: 1 }
    expect(modules).toEqual([
      { name: 'mem-profiler', config: 'prod-tunings', settings: { sampleIntervalBytes: 524288 }, options: {}, origin }
    ])
  })

  test('a run is described: path, digest, interpreter, stderr and messages', async () => {
    const text = '#!/bin/sh\necho module=a\necho note=hi there\necho oops >&2\n'
    const loader = script(text)
    const resolution = await resolveModules({ script: pathToFileURL(loader), env, staticConfig: false })
    expect(resolution).toMatchObject({
      script: {
        path: loader,
        sha256: createHash('sha256').update(text).digest('hex'),
        interpreter: ['/bin/sh'],
        stderr: 'oops\n',
        messages: [{ severity: 'note', text: 'hi there', line: 2 }]
      }
    })
  })
})

describe('failures', () => {
  test.each([
    ['ERR_HERMES_SCRIPT_EXIT', 'exit 77'],
    ['ERR_HERMES_SCRIPT_SIGNAL', "printf 'module=mem-profiler,config=prod-tun'; kill -9 $$"],
    ['ERR_HERMES_DIRECTIVES_INVALID', 'printf module=a'],
    ['ERR_HERMES_SCRIPT_REPORTED', 'echo error=no zone; echo module=a'],
    ['ERR_HERMES_INTERPRETER_NOT_FOUND', '#!/no/such/shell\necho module=a'],
    ['ERR_HERMES_CATALOG_MISMATCH', 'echo module=unknown']
  ])('%s is covered by onFailure, and its warning carries the whole message', async (code, text) => {
    const catalog = defineCatalog({ 'from-static': {} })
    const resolution = await resolveModules({ script: { path: script(text), onFailure: 'static' }, env, staticConfig, catalog })
    if (resolution.reason !== 'script-failed') throw new Error(resolution.reason)
    expect(resolution.failure.code).toBe(code)
    expect(resolution.diagnostics.at(-1)).toMatchObject({
      code: 'script-failed',
      severity: 'warning',
      message: resolution.failure.message
    })
    expect(namesOf(resolution)).toEqual(['from-static'])
  })

  test("a file that is absent is a failure with onAbsent: 'fail', and covered as any other", async () => {
    const script = { path: '/no/such/script.sh', onAbsent: 'fail' } as const
    expect((await failureOf({ script, env, staticConfig })).code).toBe('ERR_HERMES_SCRIPT_UNREADABLE')
    const answer = await resolveModules({ script: { ...script, onFailure: 'static' }, env, staticConfig })
    expect(answer).toMatchObject({ source: 'static', reason: 'script-failed', failure: { code: 'ERR_HERMES_SCRIPT_UNREADABLE' } })
  })

  test("what the catalog refuses of a script's answer comes with all that is known of the run", async () => {
    const failure = await failureOf({
      script: script('echo err >&2; echo note=hi; echo module=zz'),
      env,
      staticConfig: false,
      catalog: defineCatalog({ a: {} })
    })
    expect(failure).toMatchObject({ code: 'ERR_HERMES_CATALOG_MISMATCH', exitCode: 0, stderr: 'err\n' })
    expect(codesOf(failure.diagnostics)).toEqual(['note: script-message', 'error: unknown-module'])
    expect(failure.message).toContain('  | err')
  })

  test('settings of MODULE/CONFIG are held against the schema of the module before they are needed', async () => {
    const catalog = defineCatalog({ a: { settings: z.object({ rate: z.number() }) } })
    const failure = await failureOf({
      script: false,
      env,
      staticConfig: { configs: { 'a/prod': { rate: 'x' }, prod: { rate: 'x' } } },
      catalog
    })
    expect(failure.diagnostics).toMatchObject([{ code: 'invalid-settings', path: '/configs/a~1prod' }])
  })

  test.each([
    ['says nothing', 'true', 'empty-output'],
    ['is a file of no bytes', '', 'empty-script']
  ])("a script that %s is an error with onEmpty: 'fail'", async (_, text, code) => {
    const failure = await failureOf({ script: { path: script(text), onEmpty: 'fail' }, env, staticConfig })
    expect(failure.code).toBe('ERR_HERMES_DIRECTIVES_INVALID')
    expect(codesOf(failure.diagnostics)).toEqual([`error: ${code}`])
  })

  test('an error= line beside a failing exit is shown with it', async () => {
    const failure = await failureOf({ script: script('echo "error=API is down"; exit 1'), env, staticConfig })
    expect(failure.code).toBe('ERR_HERMES_SCRIPT_EXIT')
    expect(failure.message).toContain('error: API is down [script-message]')
  })

  test('an error= line beside wrong directives is what is reported, with both', async () => {
    const failure = await failureOf({ script: script('echo wrong; echo "error=no zone"'), env, staticConfig })
    expect(failure.code).toBe('ERR_HERMES_SCRIPT_REPORTED')
    expect(codesOf(failure.diagnostics)).toEqual(['error: syntax', 'error: script-message'])
  })

  test('every exit code but 0 is a failure, with all that is known of it', async () => {
    const failure = await failureOf({ script: script('echo module=a; echo no network >&2; exit 77'), env, staticConfig })
    expect(failure).toMatchObject({ code: 'ERR_HERMES_SCRIPT_EXIT', exitCode: 77, stderr: 'no network\n' })
  })

  test('the static configuration is held against the catalog before the script runs, whatever onFailure says', async () => {
    const witness = path.join(tempFolder(), 'ran')
    const loader = script(`touch ${witness}; echo none`)
    const catalog = defineCatalog({ 'mem-logger': {} })
    const options = { script: { path: loader, onFailure: 'static' as const }, env, catalog }
    const failure = await failureOf({ ...options, staticConfig: { modules: ['mem-loger'], configs: { 'mem-loger/x': {} } } })
    expect(failure.code).toBe('ERR_HERMES_CATALOG_MISMATCH')
    expect(codesOf(failure.diagnostics)).toEqual(['error: unknown-module', 'error: unknown-module'])
    expect(() => readFileSync(witness)).toThrow('ENOENT')
  })

  test('HERMES_MODULES is validated before the script runs', async () => {
    const failure = await failureOf({ script: script('echo none'), env: { PATH, HERMES_MODULES: 'module=a;modul=b' } })
    expect(failure.code).toBe('ERR_HERMES_CONFIG_INVALID')
    expect(failure.diagnostics).toMatchObject([
      { code: 'unknown-key', source: 'HERMES_MODULES', line: 1, column: 10, hint: 'did you mean "module"?' }
    ])
  })

  test('more directives than the limit are an error that states both numbers', async () => {
    const lines = 'echo module=a; echo module=a; echo note=x; echo wrong'
    const limits = { maxDirectives: 3 }
    const failure = await failureOf({ script: { path: script(lines), limits }, env, staticConfig })
    expect(failure.code).toBe('ERR_HERMES_OUTPUT_LIMIT')
    expect(failure.message).toContain('printed 4 directives and messages; script.limits.maxDirectives is 3')
    const enough = { maxDirectives: 4 }
    expect((await failureOf({ script: { path: script(lines), limits: enough }, env, staticConfig })).code).toBe(
      'ERR_HERMES_DIRECTIVES_INVALID'
    )
  })

  test('a message lists 20 diagnostics and counts the rest, of which none is lost', async () => {
    const failure = await failureOf({ script: script('seq 1 25'), env, staticConfig })
    expect(failure.diagnostics).toHaveLength(25)
    expect(failure.message.match(/\[syntax\]/g)).toHaveLength(20)
    expect(failure.message.endsWith('… and 5 more')).toBe(true)
  })
})

describe('abort', () => {
  test('a signal that was aborted before stops it at once', async () => {
    const failure = await failureOf({ script: script('echo none'), env, staticConfig, signal: AbortSignal.abort('enough') })
    expect(failure).toMatchObject({ code: 'ERR_HERMES_ABORTED', cause: 'enough' })
  })

  test('an abort while the script runs ends it, and onFailure does not cover it', async () => {
    const controller = new AbortController()
    let pid = 0
    const failure = await failureOf({
      script: { path: script('echo going >&2; sleep 60'), onFailure: 'static' },
      env,
      staticConfig,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'script-started') pid = event.pid
        if (event.type === 'script-stderr') controller.abort(new Error('shutdown'))
      }
    })
    expect(failure).toMatchObject({ code: 'ERR_HERMES_ABORTED', cause: new Error('shutdown') })
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  test('an abort while a schema validates is noticed before the script runs', async () => {
    const controller = new AbortController()
    const settings = z.object({}).refine(async () => {
      controller.abort('late')
      return true
    })
    const catalog = defineCatalog({ a: { settings } })
    const failure = await failureOf({
      script: script('echo none'),
      env,
      staticConfig: { modules: ['a'] },
      catalog,
      signal: controller.signal
    })
    expect(failure.cause).toBe('late')
  })
})

describe('custom executors', () => {
  const result = { exitCode: 0, stdout: new TextEncoder().encode('module=a\n'), stderr: '', durationMs: 1 }

  test('get a complete request and are judged like our own', async () => {
    const loader = script('#!/usr/bin/env -S bash -e\n')
    let seen: unknown
    const resolution = await resolveModules({
      script: { path: loader, args: ['x y'], limits: { timeoutMs: 5 } },
      env: { A: '1', HERMES_RUN_ID: 'outer' },
      step: 'init-1',
      cwd: '/',
      staticConfig,
      executor: {
        execute: async ({ env, bytes, ...request }) => {
          seen = {
            ...request,
            bytes: new TextDecoder().decode(bytes),
            env: { ...env, HERMES_RUN_ID: env['HERMES_RUN_ID']?.replace(/[0-9a-z-]+$/, 'ID') }
          }
          return result
        }
      }
    })
    expect(namesOf(resolution)).toEqual(['a'])
    expect(seen).toEqual({
      path: loader,
      bytes: '#!/usr/bin/env -S bash -e\n',
      pinned: false,
      interpreter: ['/usr/bin/env', 'bash', '-e'],
      args: ['x y'],
      env: { A: '1', HERMES_PROTOCOL: '1', HERMES_STEP: 'init-1', HERMES_RUN_ID: 'outer/ID' },
      cwd: '/',
      limits: { timeoutMs: 5, killGraceMs: 2000, settleMs: 500, maxOutputBytes: 1048576 },
      onEvent: expect.any(Function)
    })
  })

  const missing = Object.assign(new Error('spawn'), { code: 'ENOENT', path: '/bin/nosh' })
  const refused = Object.assign(new Error('spawn'), { code: 'EACCES', path: '/bin/nosh' })
  const elsewhere = Object.assign(new Error('spawn'), { code: 'ENOENT', path: '/elsewhere' })
  test.each([
    ['an error', new Error('no node'), 'ERR_HERMES_SCRIPT_START', 'no node'],
    ['something that is no error', 'no node', 'ERR_HERMES_SCRIPT_START', 'no error'],
    ['that it is too large', Object.assign(new Error('spawn E2BIG'), { code: 'E2BIG' }), 'ERR_HERMES_SCRIPT_START', 'too large'],
    ['that the interpreter is missing', missing, 'ERR_HERMES_INTERPRETER_NOT_FOUND', 'there is no /bin/nosh'],
    ['that the interpreter is refused', refused, 'ERR_HERMES_INTERPRETER_NOT_FOUND', "/bin/nosh can't be executed"],
    ['that something else is missing', elsewhere, 'ERR_HERMES_SCRIPT_START', 'spawn']
  ])('may throw %s', async (_, thrown, code, words) => {
    const executor = { execute: () => Promise.reject(thrown) }
    const failure = await failureOf({ script: script('#!/bin/nosh\n'), env, staticConfig, executor })
    expect(failure.code).toBe(code)
    expect(failure.cause).toBe(thrown)
    expect(failure.message).toContain(words)
  })

  test('may throw a HermesError, which stays itself', async () => {
    const own = await failureOf({ step: '' })
    const failure = await failureOf({ script: script('x'), env, staticConfig, executor: { execute: () => Promise.reject(own) } })
    expect(failure).toBe(own)
  })

  test('that throw because of the abort are aborted', async () => {
    const controller = new AbortController()
    const executor = {
      execute: async () => {
        controller.abort('stop')
        throw new Error('AbortError')
      }
    }
    const failure = await failureOf({ script: script('x'), env, staticConfig, executor, signal: controller.signal })
    expect(failure).toMatchObject({ code: 'ERR_HERMES_ABORTED', cause: 'stop' })
  })

  test('that give no bytes are refused', async () => {
    const executor = { execute: async () => ({ ...result, stdout: 'module=a\n' as unknown as Uint8Array }) }
    const failure = await failureOf({ script: script('x'), env, staticConfig, executor })
    expect(failure.code).toBe('ERR_HERMES_SCRIPT_START')
    expect(failure.message).toContain('stdout takes bytes')
  })

  test('that give an empty descriptor 3 have answered on stdout', async () => {
    const execute = async () => ({ ...result, descriptor3: new Uint8Array() })
    expect(namesOf(await resolveModules({ script: script('x'), env, staticConfig, executor: { execute } }))).toEqual(['a'])
  })

  test('that tell an event which nobody knows change nothing', async () => {
    const execute = async (request: { onEvent(event: never): void }) => {
      request.onEvent({ type: 'novel' } as never)
      return result
    }
    expect(namesOf(await resolveModules({ script: script('x'), env, staticConfig, executor: { execute } }))).toEqual(['a'])
  })

  test('that give more than the limit are refused, whatever they say of the end', async () => {
    const failure = await failureOf({
      script: { path: script('x'), limits: { maxOutputBytes: 8 } },
      env,
      staticConfig,
      executor: { execute: async () => result }
    })
    expect(failure.code).toBe('ERR_HERMES_OUTPUT_LIMIT')
    expect(failure.message).toContain('printed 9 bytes on one channel; script.limits.maxOutputBytes is 8')
  })
})

describe('descriptor 3', () => {
  test('is the answer where something arrived there; a directive on stdout is then pointed out', async () => {
    const resolution = await resolveModules({
      script: script('echo starting; echo module=log; echo module=a >&3'),
      env,
      staticConfig
    })
    expect(namesOf(resolution)).toEqual(['a'])
    expect(resolution.diagnostics).toMatchObject([{ code: 'stdout-ignored', severity: 'warning', line: 2, column: 1 }])
  })
})

describe('what the script gets', () => {
  test('only what env says, and three variables about the run', async () => {
    const loader = script(
      '#!/bin/sh\nexec >&2; env | cut -d= -f1 | sort | grep -v -e ^PWD$ -e ^SHLVL$ -e ^_$ -e ^OLDPWD$; echo none >&3'
    )
    const resolution = await resolveModules({ script: loader, env: { PATH, A: '1', B: undefined }, step: 's', staticConfig })
    expect(resolution).toMatchObject({ script: { stderr: 'A\nHERMES_PROTOCOL\nHERMES_RUN_ID\nHERMES_STEP\nPATH\n' } })
  })

  test('its path as $0, its arguments, and its working folder', async () => {
    const folder = tempFolder()
    mkdirSync(path.join(folder, 'sub'))
    writeFileSync(path.join(folder, 'sub/lib.sh'), 'say() { echo "module=$1"; }\n')
    writeFileSync(path.join(folder, 'sub/load.sh'), '. "$(dirname "$0")/lib.sh"; say "$1"; [ "$PWD" = "$2" ] || exit 9\n')
    const resolution = await resolveModules({
      script: { path: 'sub/load.sh', args: ['a', folder] },
      cwd: folder,
      env,
      staticConfig
    })
    expect(namesOf(resolution)).toEqual(['a'])
  })
})

describe('secrets', () => {
  const secret = 's3cr3t-value'
  const rows: [string, () => ResolveModulesOptions][] = [
    ['a failing script', () => ({ script: script('exit 1') })],
    ['a script that times out', () => ({ script: { path: script('sleep 9'), limits: { timeoutMs: 50, killGraceMs: 50 } } })],
    ['an interpreter that is missing', () => ({ script: script('#!/usr/bin/env nosuch\n') })],
    ['a wrong option', () => ({ script: { trust: secret as 'off' }, env: { TOKEN: `${secret}\0` } })],
    ['too large an environment', () => ({ script: script('exit 1'), env: { PATH, BIG: secret.repeat(200_000) } })]
  ]
  test.each(rows)('no value of a variable reaches an error or event: %s', async (_, options) => {
    const events: unknown[] = []
    const failure = await failureOf({
      env: { PATH, TOKEN: secret },
      staticConfig,
      onEvent: (event) => events.push(event),
      ...options()
    })
    const told = JSON.stringify([events, failure, failure.message, String(failure.stack)])
    expect(told).not.toContain(secret)
  })
})
