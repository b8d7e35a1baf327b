import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { recordChanged, recordUnusable } from '../src/errors.ts'
import {
  type Diagnostic,
  defineCatalog,
  HermesError,
  loadStaticConfig,
  type ResolveModulesOptions,
  resolveModules
} from '../src/index.ts'
import { directivesInvalid } from '../src/script-errors.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'hermes-errors-'))
afterAll(() => rmSync(folder, { recursive: true }))

const env = { PATH: process.env['PATH'] }
const file = (name: string, text: string) => {
  const at = path.join(folder, name)
  writeFileSync(at, text)
  return at
}
const load = (text: string) => file('load.sh', text)

async function failureOf(options: ResolveModulesOptions): Promise<HermesError> {
  const failure = await resolveModules({ env, staticConfig: false, ...options }).catch((error: unknown) => error)
  if (!(failure instanceof HermesError)) throw new Error('no HermesError')
  return failure
}

/** A message as an operator reads it, without what differs from machine to machine. */
const told = ({ message }: HermesError) => message.replaceAll(folder, '/etc/hermes').replace(/after \d+ ms/, 'after N ms')

describe('what an operator reads', () => {
  const rows: [code: string, what: string, options: () => ResolveModulesOptions, message: string][] = [
    [
      'OPTIONS_INVALID',
      'one wrong option',
      () => ({ scrpt: '/x' }) as ResolveModulesOptions,
      'resolveModules(): unknown option "scrpt": did you mean "script"?'
    ],
    [
      'OPTIONS_INVALID',
      'several',
      () => ({ script: { path: '', limits: { timeoutMs: 0 } }, keys: ['module'] }),
      `resolveModules(): 3 problems
  - keys takes a list of keys (letters, digits, "-", "_"; at most 64; none of module, config, protocol, note, warning, error), and was given another list (look at its element 1)
  - script.path takes a path (a string that is not empty) or a file: URL, and was given an empty string
  - script.limits.timeoutMs takes an integer from 1 to 2147483647, and was given 0`
    ],
    [
      'SCRIPT_UNREADABLE',
      'no file',
      () => ({ script: { path: path.join(folder, 'no.sh'), onAbsent: 'fail' } }),
      'the loader script /etc/hermes/no.sh can\'t be read: there is no file. Put it there (is the ConfigMap mounted?), or set script.onAbsent to "static"'
    ],
    [
      'SCRIPT_UNREADABLE',
      'a folder',
      () => {
        mkdirSync(path.join(folder, 'mount'), { recursive: true })
        return { script: path.join(folder, 'mount') }
      },
      "the loader script /etc/hermes/mount can't be read: it is a folder. Usual causes: a bind mount whose source is missing, or a subPath whose key is missing in the ConfigMap"
    ],
    [
      'SCRIPT_UNREADABLE',
      'a dangling link',
      () => {
        const link = path.join(folder, 'link.sh')
        symlinkSync('gone.sh', link)
        return { script: link }
      },
      "the loader script /etc/hermes/link.sh can't be read: /etc/hermes/link.sh is a link to gone.sh, which is not there. Mend the link, or remove it"
    ],
    [
      'SCRIPT_UNTRUSTED',
      'a script that anybody can write',
      () => {
        const at = file("it's.sh", 'echo none')
        chmodSync(at, 0o646)
        return { script: at }
      },
      `the loader script "/etc/hermes/it's.sh" is not trusted: anybody can write it. Run: chmod o-w "/etc/hermes/it's.sh" (or mount it read-only; script.trust sets how much is looked at)`
    ],
    [
      'SCRIPT_HASH_MISMATCH',
      'other bytes',
      () => ({ script: { path: load('echo none'), sha256: '0'.repeat(64) } }),
      `the loader script /etc/hermes/load.sh is not the one that script.sha256 names: its SHA-256 is b32f0f0c90517ec1aa7a9d634e5cd1fa0b08447c3b01a39f087dbed84821af59, and ${'0'.repeat(64)} was asked for`
    ],
    [
      'INTERPRETER_NOT_FOUND',
      'no such shell',
      () => ({ script: load('#!/bin/no-bash\n') }),
      'no interpreter for the loader script /etc/hermes/load.sh: there is no /bin/no-bash, or what it needs is not there. Install it, correct the #! line, or set script.interpreter to one that is there'
    ],
    [
      'INTERPRETER_NOT_FOUND',
      'a #! that was pushed down',
      () => ({ script: load('# (c) us\n#!/bin/bash\necho none') }),
      'no interpreter for the loader script /etc/hermes/load.sh: its #! stands in line 2, where no system looks for it. Move it to the very start of the file, or set script.interpreter'
    ],
    [
      'SCRIPT_START',
      'arguments that are too large',
      () => ({ script: { path: load('echo none'), args: ['x'.repeat(200_000)] } }),
      'the loader script /etc/hermes/load.sh could not be started: its arguments and environment are too large for the kernel: pass less in `env` and `args`'
    ],
    [
      'SCRIPT_EXIT',
      'an exit code',
      () => ({ script: load('echo error=no zone; printf "\\033[31mcurl: (77) no CA\\033[0m\\n" >&2; exit 77') }),
      `the loader script /etc/hermes/load.sh ended with exit code 77; only 0 gives an answer:
output of /etc/hermes/load.sh:1:1: error: no zone [script-message]
stderr of the script (its end):
  | ␛[31mcurl: (77) no CA␛[0m`
    ],
    [
      'SCRIPT_SIGNAL',
      'a signal',
      () => ({ script: load("printf 'module=mem-profiler,config=prod-tun'; kill -9 $$") }),
      'the loader script /etc/hermes/load.sh was ended by SIGKILL, so its output may be half an answer'
    ],
    [
      'SCRIPT_TIMEOUT',
      'a script that hangs',
      () => ({ script: { path: load('echo waiting for the API >&2; sleep 60'), limits: { timeoutMs: 200, killGraceMs: 50 } } }),
      `the loader script /etc/hermes/load.sh was still running after N ms; script.limits.timeoutMs is 200. Make it faster, or raise the limit
stderr of the script (its end):
  | waiting for the API`
    ],
    [
      'SCRIPT_REPORTED',
      'an error= line',
      () => ({ script: load('echo error=no such zone') }),
      `the loader script /etc/hermes/load.sh reports an error:
output of /etc/hermes/load.sh:1:1: error: no such zone [script-message]`
    ],
    [
      'OUTPUT_LIMIT',
      'a flood',
      () => ({ script: { path: load('printf 123456789'), limits: { maxOutputBytes: 8 } } }),
      'the loader script /etc/hermes/load.sh printed 9 bytes on one channel; script.limits.maxOutputBytes is 8'
    ],
    [
      'DIRECTIVES_INVALID',
      'a typo',
      () => ({ script: load('echo module=mem-profiler,confg=prod') }),
      `the loader script /etc/hermes/load.sh gives no answer that can be used:
output of /etc/hermes/load.sh:1:21: error: unknown key "confg" [unknown-key]
  module=mem-profiler,confg=prod
                      ^^^^^
  hint: did you mean "config"?`
    ],
    [
      'CATALOG_MISMATCH',
      'unknown module, undefined config, bad settings',
      () => ({
        script: load('echo module=mem-profilr; echo module=mem-logger,config=prd; echo module=mem-profiler,config=prod'),
        staticConfig: { configs: { prod: { rate: 'x' } } },
        catalog: defineCatalog({ 'mem-profiler': { settings: z.object({ rate: z.number() }) }, 'mem-logger': {} })
      }),
      `the loader script /etc/hermes/load.sh asks for what the catalog does not have:
output of /etc/hermes/load.sh:1:1: error: unknown module "mem-profilr" [unknown-module]
  module=mem-profilr
  ^
  hint: did you mean "mem-profiler"?
output of /etc/hermes/load.sh:2:1: error: nobody defines config "prd" for module "mem-logger" [undefined-config]
  module=mem-logger,config=prd
  ^
  hint: did you mean "prod"?
output of /etc/hermes/load.sh:3:1: error: config "prod" of module "mem-profiler": /rate: Invalid input: expected number, received string [invalid-settings]
  module=mem-profiler,config=prod
  ^`
    ],
    [
      'CONFIG_UNREADABLE',
      'no such file',
      () => ({ script: false, staticConfig: path.join(folder, 'no.yaml') }),
      "the static configuration /etc/hermes/no.yaml can't be read: there is no such file. Put it there, or name another path (an empty HERMES_STATIC_CONFIG: none)"
    ],
    [
      'CONFIG_INVALID',
      'a wrong file and a wrong variable at once',
      () => ({ script: false, staticConfig: file('modules.yaml', 'moduls: [a]\n'), env: { HERMES_MODULES: 'module=..' } }),
      `the static configuration is wrong:
/etc/hermes/modules.yaml:1:1: error: unknown key "moduls" [unknown-key]
  moduls: [a]
  ^^^^^^
  hint: did you mean "modules"?
HERMES_MODULES:1:8: error: ".." is no module name [invalid-name]
  module=..
         ^^
  hint: a name has 1 to 63 ASCII letters, digits, ".", "_", "-", and starts and ends with a letter or digit`
    ],
    ['ABORTED', 'an abort', () => ({ signal: AbortSignal.abort() }), 'resolving was aborted by its signal']
  ]

  test.each(rows)('%s: %s', async (code, _, options, message) => {
    const failure = await failureOf(options())
    expect(failure.code).toBe(`ERR_HERMES_${code}`)
    expect(told(failure)).toBe(message)
  })
})

describe('HermesError', () => {
  const diagnostics: Diagnostic[] = [{ code: 'syntax', severity: 'error', message: 'wrong' }]
  const failure = directivesInvalid({ path: '/x', stderr: 'said', exitCode: 0, diagnostics })

  test('is an Error with a name, and known by its brand alone', () => {
    expect(failure).toBeInstanceOf(Error)
    expect(failure).toBeInstanceOf(HermesError)
    expect(failure.name).toBe('HermesError')
    expect({ [Symbol.for('hermes-memory-installer.HermesError')]: true } instanceof HermesError).toBe(true)
    for (const other of [null, undefined, 'x', {}, new Error('x')]) expect((other as unknown) instanceof HermesError).toBe(false)
  })

  test('toJSON() tells all but the insides of the cause', async () => {
    expect(JSON.parse(JSON.stringify(failure))).toEqual({
      name: 'HermesError',
      code: 'ERR_HERMES_DIRECTIVES_INVALID',
      message: failure.message,
      diagnostics,
      exitCode: 0,
      stderr: 'said'
    })
    const cause = Object.assign(new TypeError('inside'), { code: 'E_INSIDE', secret: 'inside' })
    const thrown = await failureOf({ script: load('x'), executor: { execute: () => Promise.reject(cause) } })
    expect(thrown.toJSON()['cause']).toEqual({ name: 'TypeError', code: 'E_INSIDE' })
    expect((await failureOf({ signal: AbortSignal.abort('reason') })).toJSON()['cause']).toEqual({ name: 'string' })
  })
})

test('toJSON() of many problems in one long line stays as long as they are many', async () => {
  const stdout = Buffer.from(`module=a${',foo=1'.repeat(100_000)}\n`)
  const executor = { execute: async () => ({ exitCode: 0, stdout, stderr: '', durationMs: 1 }) }
  const failure = await failureOf({ script: load('x'), executor })
  expect(failure.diagnostics).toHaveLength(100_000)
  expect(failure.diagnostics[99_999]?.text).toHaveLength(600_008)
  expect(JSON.parse(JSON.stringify(failure)).diagnostics[99_999]).not.toHaveProperty('text')
})

test('loadStaticConfig() names itself in the errors of its options', async () => {
  await expect(loadStaticConfig({ key: [] } as object)).rejects.toMatchObject({
    code: 'ERR_HERMES_OPTIONS_INVALID',
    message: 'loadStaticConfig(): unknown option "key": did you mean "keys"?'
  })
})

describe('what a record tells', () => {
  const decided = { location: '/run/hermes', decidedAt: '2030-01-02T03:04:05.678Z' }

  test('RECORD_UNUSABLE: why, and the remedy', () => {
    const cause = new Error('EROFS')
    const failure = recordUnusable('/run/my records', 'it is on a read-only file system', 'Mount it writable', cause)
    expect([failure.code, failure.cause]).toEqual(['ERR_HERMES_RECORD_UNUSABLE', cause])
    expect(failure.message).toBe(
      'the record in "/run/my records" can\'t be used: it is on a read-only file system. Mount it writable'
    )
  })

  test('RECORD_CHANGED: how the answer differs, at most 20 lines of it', () => {
    const difference = '- mem-profiler,config=prod\n+ mem-profiler,config=dev'
    const failure = recordChanged({ ...decided, step: 'init-1', changed: { difference } })
    expect(failure.code).toBe('ERR_HERMES_RECORD_CHANGED')
    expect(failure.message).toBe(`the answer is not the one in /run/hermes, recorded by step "init-1" at 2030-01-02T03:04:05.678Z:
- mem-profiler,config=prod
+ mem-profiler,config=dev
The record stays. To take the new answer, start a new sequence: record.mode "begin"`)
    const long = recordChanged({ ...decided, changed: { difference: Array(25).fill('+ a').join('\n') } })
    expect(long.message.split('\n').slice(20, 22)).toEqual(['+ a', '… and 5 more'])
  })

  test('RECORD_CHANGED: which inputs', () => {
    const failure = recordChanged({ ...decided, step: undefined, changed: { inputs: ['script', 'ZONE'] } })
    expect(failure.message).toBe(
      'the answer in /run/hermes, recorded by an earlier step at 2030-01-02T03:04:05.678Z, depends on what has changed since: script, ZONE. To decide anew, start a new sequence (record.mode "begin"); record.onInputsChanged "keep" keeps the answer'
    )
  })
})
