import { existsSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { defineCatalog, HermesError } from '../../src/index.ts'
import { type LoaderRunOptions, loaderScript } from '../../src/testing/index.ts'
import { defaultTools, findSystemTool, networkTools } from '../../src/testing/world/tools.ts'
import { tempFile, tempFolder } from '../temp-folder.ts'
import { rejection, runText, shells } from './kit.ts'

const production = `#!/bin/bash
if [ "$CLUSTER_ENV" == production ]; then echo module=mem-profiler,config=prod-tunings; else echo module=mem-logger; fi
`

describe('a run', () => {
  test('gives what the script said, and what resolveModules() made of it', async () => {
    const text = '#!/bin/sh\necho "module=mem-profiler,config=prod,tier=1"\necho note=hi there\necho oops >&2\n'
    const run = await loaderScript(tempFile('load.sh', text)).run({ keys: ['tier'] })
    expect(run).toMatchObject({
      modules: [
        { name: 'mem-profiler', config: 'prod', settings: {}, options: { tier: '1' }, origin: { kind: 'script', line: 1 } }
      ],
      directives: [{ module: 'mem-profiler', config: 'prod', options: { tier: '1' }, line: 1, column: 1 }],
      reason: 'script-ran',
      messages: [{ severity: 'note', text: 'hi there', line: 2 }],
      diagnostics: [{ code: 'script-message' }],
      stderr: 'oops\n',
      exitCode: 0,
      calls: [],
      refused: [],
      notFound: []
    })
    expect(run.stdout).toBe('module=mem-profiler,config=prod,tier=1\nnote=hi there\n')
    expect([run.trace, run.blame, run.error]).toEqual([undefined, undefined, undefined])
  })

  test('has an answer on descriptor 3, and the log beside it', async () => {
    const run = await loaderScript(tempFile('load.sh', 'echo log; echo module=a >&3\n')).run()
    expect(run).toMatchObject({
      stdout: 'log\n',
      descriptor3: 'module=a\n',
      directives: [{ module: 'a' }],
      modules: [{ name: 'a' }]
    })
  })

  test('takes a URL, and a relative path from where it was called', async () => {
    const file = tempFile('load.sh', production)
    const script = loaderScript(path.relative(process.cwd(), file))
    const before = process.cwd()
    process.chdir('/')
    try {
      expect((await script.run({ env: { CLUSTER_ENV: 'production' } })).modules).toMatchObject([{ name: 'mem-profiler' }])
    } finally {
      process.chdir(before)
    }
    expect((await loaderScript(pathToFileURL(file)).run()).modules).toMatchObject([{ name: 'mem-logger' }])
  })

  test('lays its options over those of the script: env, commands and files by key, the rest whole', async () => {
    const script = loaderScript(tempFile('load.sh', 'a >&2; b >&2; echo "$A $B $*" >&2; ls >&2; echo none\n'), {
      env: { A: '1', B: '1' },
      commands: { a: { stdout: 'a1 ' }, b: { stdout: 'b1 ' } },
      files: { x: '', y: '' },
      args: ['p', 'q']
    })
    const run = await script.run({
      env: { B: '2', A: undefined },
      commands: { b: { stdout: 'b2 ' } },
      files: { z: '', y: undefined },
      args: ['r']
    })
    expect(run.stderr).toBe('a1 b2  2 r\nx\nz\n')
  })

  test('says of a command what the run says, and not what the defaults say', async () => {
    const script = loaderScript(
      tempFile('load.sh', 'command -v k >/dev/null && echo module=k; command -v g >/dev/null && echo module=g; echo note=x\n'),
      {
        commands: { k: {} },
        absent: ['g']
      }
    )
    expect((await script.run()).directives.map(({ module }) => module)).toEqual(['k'])
    expect((await script.run({ absent: ['k'], commands: { g: {} } })).directives.map(({ module }) => module)).toEqual(['g'])
    const lacking = loaderScript(tempFile('load.sh', 'command -v sed >/dev/null && echo module=sed; echo note=x\n'), {
      absent: ['sed']
    })
    expect((await lacking.run({ tools: ['sed'] })).modules).toMatchObject([{ name: 'sed' }])
  })

  test('resolves with the catalog and the static configuration that it is given, and with none that lies about', async () => {
    const script = loaderScript(tempFile('load.sh', 'echo abstain\n'))
    expect((await script.run({ env: { HERMES_MODULES: 'module=a' } })).modules).toEqual([])
    const run = await script.run({ staticConfig: { modules: ['mem-logger'] }, catalog: defineCatalog({ 'mem-logger': {} }) })
    expect(run).toMatchObject({ modules: [{ name: 'mem-logger' }], reason: 'script-abstained' })
    const error = await rejection(
      loaderScript(tempFile('l.sh', 'echo module=mem-loger\n')).run({ catalog: defineCatalog({ 'mem-logger': {} }) })
    )
    expect(error.code).toBe('ERR_HERMES_CATALOG_MISMATCH')
  })
})

describe('what resolveModules() rejects', () => {
  test.each<[string, string, LoaderRunOptions?]>([
    ['ERR_HERMES_SCRIPT_EXIT', 'exit 3'],
    ['ERR_HERMES_SCRIPT_SIGNAL', 'kill -9 $$'],
    ['ERR_HERMES_SCRIPT_TIMEOUT', 'sleep 60', { limits: { timeoutMs: 200 } }],
    ['ERR_HERMES_OUTPUT_LIMIT', 'yes', { limits: { maxOutputBytes: 100 } }],
    ['ERR_HERMES_SCRIPT_REPORTED', 'echo error=no'],
    ['ERR_HERMES_DIRECTIVES_INVALID', 'echo modul=a'],
    ['ERR_HERMES_INTERPRETER_NOT_FOUND', ':', { interpreter: 'no-such-shell' }],
    ['ERR_HERMES_OPTIONS_INVALID', ':', { limits: { timeoutMs: 0 } }]
  ])('%s', async (code, text, options = {}) => {
    const error = await rejection(
      runText(`echo out; echo err >&2; ${text}`.replace('echo out; ', code.endsWith('EXIT') ? 'echo module=a; ' : ''), options)
    )
    expect(error.code).toBe(code)
    expect(error.run.modules).toEqual([])
    expect(error.run.reason).toBe(undefined)
    expect(Object.keys(error)).not.toContain('run')
    if (code.endsWith('EXIT'))
      expect(error.run).toMatchObject({ exitCode: 3, stdout: 'module=a\n', stderr: 'err\n', directives: [{ module: 'a' }] })
    if (!code.endsWith('OPTIONS_INVALID')) expect((await runText(text, { ...options, reject: false })).error?.code).toBe(code)
  })

  test('a script that is absent, masked or empty is unreadable, unless masked: true says so of the last two', async () => {
    const absent = path.join(tempFolder(), 'load.sh')
    const missing = await rejection(loaderScript(absent).run({ masked: true }))
    expect(missing.code).toBe('ERR_HERMES_SCRIPT_UNREADABLE')
    expect(missing.message).toBe(`the loader script ${absent} can't be read: there is no file. Correct the path`)
    const masked = path.join(tempFolder(), 'load.sh')
    symlinkSync('/dev/null', masked)
    for (const file of [masked, tempFile('load.sh', '')]) {
      const error = await rejection(loaderScript(file).run())
      expect(error.code).toBe('ERR_HERMES_SCRIPT_UNREADABLE')
      expect(error.message).toContain('masked: true says that this is meant')
      expect(await loaderScript(file).run({ masked: true })).toMatchObject({ modules: [], reason: 'script-masked' })
    }
  })

  test('trust is off', async () => {
    expect((await loaderScript(tempFile('load.sh', 'echo none\n', 0o666)).run()).reason).toBe('script-empty')
  })
})

describe('options', () => {
  test.each<[string, object | null, string]>([
    ['unknown', { comands: {} }, 'unknown option "comands": did you mean "commands"?'],
    ['world', { world: 'opne' }, 'world takes "path", "namespace" or "open": did you mean "open"?'],
    ['PATH', { env: { PATH: '/usr/bin' } }, 'env.PATH is made by the kit'],
    ['env', { env: { A: 1 } }, 'env takes an object of strings'],
    ['a builtin', { commands: { echo: {} } }, 'commands.echo has no effect: a shell answers "echo" itself'],
    ['a keyword', { commands: { if: {} } }, 'commands.if has no effect'],
    [
      'a path',
      { commands: { '/usr/bin/kubectl': {} } },
      'commands./usr/bin/kubectl has no effect: a command that is called by a path'
    ],
    ['no name', { commands: { '': {} } }, 'commands. is no name of a command'],
    ['a member of a stub', { commands: { k: { stdot: '' } } }, 'unknown option "commands.k.stdot": did you mean "stdout"?'],
    [
      'a value of a stub',
      { commands: { k: { exitCode: 256 } } },
      'commands.k.exitCode takes an integer from 0 to 255, and was given 256'
    ],
    ['a stub', { commands: { k: 'text' } }, "commands.k takes an object such as { stdout: 'text' }"],
    ['an entry', { commands: { k: [{ args: 'get' }] } }, 'commands.k[0].args takes a list of strings and of `any`'],
    ['an entry without args', { commands: { k: [{ stdout: '' }] } }, 'commands.k[0].args is missing'],
    ['an entry that is none', { commands: { k: [null] } }, 'commands.k[0] take an object, not null'],
    ['both', { commands: { k: {} }, absent: ['k'] }, 'k stands in commands and in absent'],
    ['a builtin that is absent', { absent: ['echo'] }, 'absent: echo is never missing: a shell answers it itself'],
    ['a tool that is absent', { absent: ['sed'], tools: ['sed'] }, 'sed stands in tools and in absent'],
    ['absent', { absent: ['a/b'] }, 'absent takes a list of names of commands'],
    ['a tool', { tools: ['no-such-tool'] }, 'tools: there is no no-such-tool on this machine'],
    ['a file above', { files: { '../x': '' } }, 'files.../x leaves the working folder'],
    ['a file above by way of another', { files: { 'a/../../x': '' } }, 'files.a/../../x leaves the working folder'],
    ['an absolute file', { files: { '/etc/x': '' } }, 'files./etc/x leaves the working folder'],
    ['a folder as file', { files: { 'a/': '' } }, 'files.a/ is no path of a file'],
    ['a file in a file', { files: { a: '', 'a/b': '' } }, 'files.a/b lies in files.a, which is a file'],
    ['masked', { masked: 1 }, 'masked takes true or false'],
    ['args', { args: [1] }, 'script.args takes a list of strings'],
    ['no object', null, 'the options take an object, not null']
  ])('%s', async (_, options, message) => {
    const file = tempFile('load.sh', 'echo none\n')
    const given = options as LoaderRunOptions
    for (const run of [() => loaderScript(file).run(given), () => loaderScript(file, given).run()]) {
      const error = await rejection(run())
      expect(error.code).toBe('ERR_HERMES_OPTIONS_INVALID')
      expect(error.message).toContain(message)
      expect(error.run.modules).toEqual([])
    }
    if (options !== null) await expect(loaderScript(file).run({ ...given, reject: false })).rejects.toBeInstanceOf(HermesError)
  })

  test('the script itself', async () => {
    for (const wrong of [undefined, '', 'a\0b', new URL('https://example.org/')] as string[]) {
      const error = await rejection(loaderScript(wrong).run())
      expect(error.message).toContain('the script takes a path or a file: URL')
    }
  })
})

describe.each(shells)('the closed world under %s', (interpreter) => {
  test('has the given environment, and what a shell and the kit add', async () => {
    process.env['HERMES_TEST_LEAK'] = 'leaked'
    try {
      const run = await runText('env >&2', { interpreter, env: { A: '1', HOME: '/given' } })
      const names = run.stderr.split('\n').map((line) => line.split('=')[0])
      const ours = ['A', 'HOME', 'TMPDIR', 'PATH', 'HERMES_PROTOCOL', 'HERMES_RUN_ID', 'PWD', 'OLDPWD', 'SHLVL', '_', '']
      expect(names.filter((name) => !ours.includes(name ?? ''))).toEqual([])
      expect(run.stderr).toContain('HOME=/given\n')
    } finally {
      delete process.env['HERMES_TEST_LEAK']
    }
  })

  test('has an empty working folder with the given files, an empty HOME, and mktemp leaves nothing', async () => {
    const run = await runText('ls -A . ~ >&2; cat etc/labels >&2; f=$(mktemp); echo "$f" >&2; mktemp -d >&2', {
      interpreter,
      files: { 'etc/labels': 'zone="a"\n', './b/../c': '' }
    })
    const [, , , , ...rest] = run.stderr.split('\n')
    expect(run.stderr).toContain('zone="a"\n')
    expect(run.stderr).toMatch(/^\.:\nc\netc\n/)
    for (const file of rest.filter((line) => line.startsWith('/'))) expect(existsSync(file.replace(/:$/, ''))).toBe(false)
  })

  test('leaves the script in its folder, so that it finds its libraries', async () => {
    const folder = tempFolder()
    writeFileSync(path.join(folder, 'lib.sh'), 'answer() { echo module=from-lib; }\n')
    writeFileSync(path.join(folder, 'load.sh'), '. "$(dirname "$0")/lib.sh"\nanswer\n')
    expect((await loaderScript(path.join(folder, 'load.sh')).run({ interpreter })).modules).toMatchObject([{ name: 'from-lib' }])
  })

  test('has tools that are one program with many names, and links to links', async () => {
    const run = await runText(
      "echo a b | awk '{ print $2 }' >&2; printf 'x\\ny\\n' | sed -n 2p >&2; echo z | egrep z >&2; seq 2 | xargs echo >&2",
      { interpreter }
    )
    expect(run.stderr.replace(/^.*warning: egrep.*\n/m, '')).toBe('b\ny\nz\n1 2\n')
  })

  test('lacks all else: what is absent, what nobody named', async () => {
    const text = 'for c in curl git jq strace perl; do command -v $c >&2; done; jq; curl -s; no-such 2>/dev/null; true'
    const run = await runText(text, { interpreter, absent: ['curl', 'git'] })
    expect(run.notFound).toEqual(['jq', 'curl'])
    expect(run.stderr.split('\n').filter((line) => line.startsWith('/tmp/hermes-run'))).toEqual([])
  })

  test('does not stub what its #! line names, also where a stub has that name', async () => {
    for (const [line, name] of [
      ['#!/bin/sh', 'sh'],
      ['#!/bin/bash', 'bash'],
      ['#!/bin/busybox sh', 'sh'],
      ['#!/bin/busybox sh', 'busybox'],
      ['#!/usr/bin/env bash', 'bash']
    ] as const) {
      const file = tempFile('load.sh', `${line}\n${name} -c x >&2\necho module=a\n`)
      const run = await loaderScript(file).run({ commands: { [name]: { stdout: 'stub\n' } } })
      expect([line, name, run.stderr, run.calls.length, run.modules.length]).toEqual([line, name, 'stub\n', 1, 1])
    }
  })

  test('names the command that a builtin looked for', async () => {
    const text = 'hash no-hq; type no-tq >&2; command no-cq; (exec no-eq); true'
    const run = await runText(text, { interpreter })
    expect(run.notFound).toEqual(['no-hq', 'no-tq', 'no-cq', 'no-eq'])
  })

  test('refuses the network, whatever the script makes of it, and says how to stub it', async () => {
    const error = await rejection(
      runText('x=$(curl -fs https://example.org/zone 2>/dev/null || true); kubectl get node | cat; echo "$x"', { interpreter })
    )
    expect(error.code).toBe('ERR_HERMES_COMMAND_REFUSED')
    expect(error.message).toContain(
      'curl -fs https://example.org/zone  (a tool of the network: stub it in commands, or name it in absent)'
    )
    expect(error.run.refused).toEqual([
      { command: 'curl', args: ['-fs', 'https://example.org/zone'], stdin: '', exitCode: 125 },
      { command: 'kubectl', args: ['get', 'node'], stdin: '', exitCode: 125 }
    ])
    expect(error.run.calls).toEqual([])
    expect(error.run.stderr).toContain(
      "Stub it (commands: { 'kubectl': { stdout: '' } }) or say that it is not installed (absent: ['kubectl'])"
    )
  })

  test('and where the script fails for it, that is the failure, with what was refused', async () => {
    const error = await rejection(runText('set -e; zone=$(curl -fs x)', { interpreter }))
    expect(error).toMatchObject({ code: 'ERR_HERMES_SCRIPT_EXIT', exitCode: 125 })
    expect(error.message).toMatch(/refused calls:\n {2}curl -fs x$/)
  })

  test('open: the PATH of the test behind the commands, less what is absent; the network is refused there too', async () => {
    const text =
      'command -v node strace >/dev/null || command -v node >/dev/null && echo found >&2; k; command -v sed >/dev/null || echo no sed >&2; command -v awk >&2'
    const run = await runText(text, { interpreter, world: 'open', commands: { k: { stderr: 'k\n' } }, absent: ['sed'] })
    expect(run.stderr).toMatch(/^found\nk\nno sed\n\/.*awk\n$/)
    expect((await rejection(runText('curl x', { interpreter, world: 'open' }))).code).toBe('ERR_HERMES_COMMAND_REFUSED')
    expect((await runText('command -v ls >&2', { interpreter, world: 'open', env: { PATH: '/usr/bin' } })).stderr).toBe(
      '/usr/bin/ls\n'
    )
  })
})

test('the interpreter is on PATH, also where #! names env, and where its name is a stub', async () => {
  const text = '#!/usr/bin/env bash\ncommand -v bash >&2\nbash -c "echo inner" >&2\necho "module=v${BASH_VERSION%%.*}"\n'
  const script = loaderScript(tempFile('load.sh', text))
  expect((await script.run()).stderr).toMatch(/\/bin\/bash\ninner\n$/)
  const run = await script.run({ commands: { bash: { stdout: 'stub\n' } } })
  expect(run.stderr).toMatch(/\/bin\/bash\nstub\n$/)
  expect(run.modules[0]?.name).toMatch(/^v\d$/)
})

test('tools adds programs of this machine, one of the network among them', async () => {
  const run = await runText('jq -n 1 >&2; command -v git >&2', {
    tools: ['jq', 'git'].filter((name) => findSystemTool(name) !== undefined),
    absent: [],
    reject: false
  })
  expect(run.refused).toEqual([])
})

test.each([
  ['zsh', 'zsh'],
  ['ksh', 'ksh'],
  ['mksh', 'mksh'],
  ['yash', 'yash']
])('a command that is missing is told, as %s reports it', async (_, interpreter) => {
  expect((await runText('no-such-tool -x', { interpreter })).notFound).toEqual(['no-such-tool'])
})

test('the lists hold each name once, and no tool of the network is a default', () => {
  expect(new Set(defaultTools).size).toBe(defaultTools.length)
  expect(new Set(networkTools).size).toBe(networkTools.length)
  expect(networkTools.filter((name) => defaultTools.includes(name))).toEqual([])
})

test('a folder that the script made read-only is removed as well', async () => {
  let work = ''
  await runText('mkdir -p a/b; touch a/b/c; chmod 500 a/b a; tell "$PWD"', {
    commands: {
      tell: ({ args }) => {
        work = args[0] ?? ''
      }
    }
  })
  expect(path.basename(path.dirname(work))).toMatch(/^hermes-run-/)
  expect(existsSync(path.dirname(work))).toBe(false)
})
