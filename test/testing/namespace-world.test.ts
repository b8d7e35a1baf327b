import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readProcess } from '../../src/executor/process-table.ts'
import type { ScriptRequest } from '../../src/index.ts'
import { fakeExecutor, type LoaderRunOptions, loaderScript } from '../../src/testing/index.ts'
import { openNamespace } from '../../src/testing/world/namespace-executor.ts'
import { findSystemTool } from '../../src/testing/world/tools.ts'
import { makeWorld } from '../../src/testing/world/world.ts'
import { tempFile, tempFolder } from '../temp-folder.ts'
import { rejection, runText, shells } from './kit.ts'

// None of these is skipped where the kernel refuses namespaces: they fail, with what it refused.

/** What a text printed, in a namespace; its last line is `none`. */
async function printed(text: string, options: LoaderRunOptions = {}): Promise<string> {
  const run = await runText(`{ ${text}\n} >&2`, { world: 'namespace', ...options })
  return run.stderr
}

const kubectl = { stdout: 'stub\n' }

describe.each(shells)('in a namespace, under %s,', (interpreter) => {
  test.each([
    ['env -i', 'env -i kubectl get'],
    ['command -p', 'command -p kubectl get'],
    ['a login shell', 'sh -lc "kubectl get"'],
    ['an own PATH', 'PATH=/usr/bin:$PATH kubectl get'],
    ['a PATH of the system', 'PATH=/sbin:/bin; export PATH; kubectl get'],
    ['no PATH', 'unset PATH; env kubectl get || /usr/bin/env kubectl get'],
    ['/usr/bin', '/usr/bin/kubectl get'],
    ['/bin', '/bin/kubectl get'],
    ['a path that was built', 'k=/usr/b; ${k}in/kubectl get'],
    ['another program', 'awk \'BEGIN { system("/bin/kubectl get") }\'']
  ])('%s reaches the stub', async (_, text) => {
    const run = await runText(`${text} >&2`, { world: 'namespace', interpreter, commands: { kubectl } })
    expect(run.stderr).toContain('stub\n')
    expect(run.calls).toEqual([{ command: 'kubectl', args: ['get'], stdin: '', exitCode: 0 }])
  })

  test('a tool of the network is refused wherever it is called from', async () => {
    const text = 'curl a || env -i curl b || command -p curl c || /usr/bin/curl d || /bin/curl e || true'
    const error = await rejection(runText(text, { world: 'namespace', interpreter }))
    expect(error.code).toBe('ERR_HERMES_COMMAND_REFUSED')
    expect(error.run.refused.map(({ command, args }) => [command, ...args])).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((to) => ['curl', to])
    )
  })

  test('what is absent is nowhere', async () => {
    const absent = ['curl', 'kubectl', 'sed']
    const text = absent.map(
      (name) => `command -v ${name}; [ -e /usr/bin/${name} ] || echo ${name} is absent; /bin/${name}; echo $?`
    )
    const options = { interpreter: interpreter === 'busybox sh' ? 'dash' : interpreter, absent }
    expect((await printed(text.join('\n'), options)).replace(/^.*not found.*\n|^.*No such file.*\n/gm, '')).toBe(
      absent.map((name) => `${name} is absent\n127\n`).join('')
    )
  })

  test('functions and lists answer, and stdin is read by the same rule', async () => {
    const commands = {
      asked: ({ args, stdin, env }: { args: readonly string[]; stdin: string; env: Readonly<Record<string, string>> }) => ({
        stdout: `<${args.join(' ')}|${stdin}|${env['MARK']}>\n`
      }),
      listed: [{ args: ['a'], stdout: 'A\n' }]
    }
    const text = 'MARK=m asked 1; echo in | asked 2; printf "x\\ny\\n" | while read -r n; do asked $n; done; listed a'
    const run = await runText(`{ ${text}; } >&2`, { world: 'namespace', interpreter, env: { MARK: 'n' }, commands })
    expect(run.stderr).toBe('<1||m>\n<2|in\n|n>\n<x||n>\n<y||n>\nA\n')
    expect(run.calls.map(({ stdin }) => stdin)).toEqual(['', 'in\n', '', '', ''])
  })

  test('descriptor 3 is the answer', async () => {
    const run = await runText('echo module=mem-logger >&3; echo log', { world: 'namespace', interpreter })
    expect(run.modules.map(({ name }) => name)).toEqual(['mem-logger'])
    expect(run.stdout).toBe('log\nnone\n')
  })

  test.each([
    ['exit 3', { exitCode: 3 }],
    ['exit 137', { exitCode: 137 }],
    ['kill -9 $$', { signalCode: 'SIGKILL' }],
    ['kill -TERM $$', { signalCode: 'SIGTERM' }]
  ])('%s comes through, traced and not', async (text, expected) => {
    for (const trace of [false, true])
      expect(await rejection(runText(text, { world: 'namespace', interpreter, trace }))).toMatchObject(expected)
  })
})

test.each(['bash', 'sh'])('%s can not connect to a server that listens', async (interpreter) => {
  let connections = 0
  const server = createServer((socket) => {
    connections++
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const connect = `bash -c 'echo x >/dev/tcp/127.0.0.1/${port}' && echo connected`
  try {
    const open = await runText(`${connect} >&2`, { world: 'open', interpreter })
    expect(open.stderr).toBe('connected\n')
    expect(connections).toBe(1)
    expect(await printed(connect, { interpreter })).toContain('unreachable')
    expect(connections).toBe(1)
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})

describe('files and commands with absolute paths', () => {
  test('are there, and nothing else of those folders', async () => {
    const files = {
      '/etc/podinfo/labels': 'zone="a"\n',
      '/var/run/secrets/token': 't\n',
      '/data/it\'s, "odd": $x/f': 'odd\n',
      '/usr/share/given/f': 'given\n',
      'plain/f': 'plain\n'
    }
    const commands = {
      '/opt/tool/bin/x': { stdout: 'X\n' },
      '/usr/local/bin/y': { stdout: 'Y\n' },
      '/usr/bin/git': { stdout: 'G\n' }
    }
    const text = [
      'find /etc /run /data -type f; cat /etc/podinfo/labels /run/secrets/token /data/*/f /usr/share/given/f plain/f',
      '/opt/tool/bin/x; y; git; ls /opt/tool/bin'
    ]
    expect(await printed(text.join('\n'), { files, commands })).toBe(
      '/etc/podinfo/labels\n/run/secrets/token\n/data/it\'s, "odd": $x/f\nzone="a"\nt\nodd\ngiven\nplain\nX\nY\nG\nx\n'
    )
    expect(Object.keys(files).filter((file) => existsSync(path.resolve('/', file)))).toEqual([])
  })

  test('calls carry the path, and a plain name goes before a path', async () => {
    const commands = { '/usr/bin/kubectl': { stdout: 'path\n' }, kubectl: { stdout: 'name\n' } }
    const run = await runText('{ kubectl; /usr/bin/kubectl; } >&2', { world: 'namespace', commands, env: { PATH: '/bin:/opt' } })
    expect([run.stderr, run.calls.map(({ command }) => command)]).toEqual([
      'path\npath\n',
      ['/usr/bin/kubectl', '/usr/bin/kubectl']
    ])
  })

  test.each([
    [{ files: { '/proc/x': '' } }, 'files./proc/x lies in a folder of the kernel'],
    [{ files: { '/usr/../etc': '' } }, 'files./usr/../etc is a folder'],
    [{ files: { '/.hermes/sh': '' } }, 'files./.hermes/sh lies in a folder of the kit'],
    [{ commands: { '/usr/bin': {} } }, 'commands./usr/bin is a folder'],
    [{ files: { '/etc/': '' } }, 'files./etc/ is no path of a file'],
    [{ files: { '../x': '' } }, 'files.../x leaves the working folder'],
    [{ files: { '/a': '', '/a/b': '' } }, 'files./a/b lies in files./a'],
    [{ files: { '/a/b': '' }, commands: { '/a/b': {} } }, '/a/b stands in files and in commands'],
    [{ commands: { '/dev/x': {} } }, 'commands./dev/x lies in a folder of the kernel'],
    [{ commands: { 'a/b': {} } }, 'commands.a/b is no absolute path'],
    [{ commands: { '/a/../b': {} } }, 'commands./a/../b is no absolute path'],
    [{ commands: { '/a/b/': {} } }, 'commands./a/b/ is no absolute path'],
    [{ commands: { echo: {} } }, 'commands.echo has no effect']
  ])('%j is refused', async (options, problem) => {
    const error = await rejection(runText('', { world: 'namespace', ...options }))
    expect([error.code, error.message]).toEqual(['ERR_HERMES_OPTIONS_INVALID', expect.stringContaining(problem)])
  })

  test('only in a namespace: the defaults of a script can say so for all runs', async () => {
    const file = tempFile('load.sh', 'cat /etc/f >&2; echo none\n')
    const script = loaderScript(file, { world: 'namespace', files: { '/etc/f': 'f\n' } })
    expect((await script.run()).stderr).toBe('f\n')
    expect((await rejection(script.run({ world: 'path' }))).code).toBe('ERR_HERMES_OPTIONS_INVALID')
  })
})

describe('of this machine', () => {
  test('there are programs, and neither /etc nor what users and services have', async () => {
    const home = path.relative('/', homedir()).split(path.sep)[0]
    const text = `ls -A / /etc /run /tmp; cd /; for f in ${home} home srv mnt var/lib; do [ ! -e $f ] || echo there is $f; done; awk 'BEGIN { print "awk" }'`
    const lines = (await printed(text)).split('\n')
    expect(lines).toEqual(expect.arrayContaining(['usr', 'etc', 'awk']))
    expect(lines.filter((line) => /there is|hosts|passwd|\.sock$|\.hermes/.test(line))).toEqual([])
    expect((await printed('ls -A /etc /run')).trim()).toBe('/etc:\n\n/run:')
  })

  test('nothing can be changed', async () => {
    const file = tempFile(
      'deploy/load.sh',
      'cd "$(dirname "$0")"; for f in ./new /usr/new /opt/new; do echo x >$f; done; rm -f /usr/bin/env; echo none\n'
    )
    const run = await loaderScript(file).run({ world: 'namespace', interpreter: 'bash' })
    expect(run.stderr.match(/Read-only file system/g)?.length).toBe(existsSync('/opt') ? 4 : 3)
    expect(readdirSync(path.dirname(file))).toEqual(['load.sh'])
    expect(existsSync('/usr/new') || existsSync('/opt/new')).toBe(false)
    expect(findSystemTool('env')).toBeDefined()
  })

  test('the script is who the test is, and gets what the test gives', async () => {
    const env = { ODD: `a'b"c$x\n`, 'not.a-name': '1', LC_ALL: 'C' }
    const text = `id -u; id -g; printf '%s|' "$ODD" "$0" "$@"; tr '\\0' '\\n' </proc/$$/environ | grep -c '^not.a-name=1$'; pwd; ls`
    const file = tempFile(`it's "odd", a:b/load.sh`, `{ ${text}; } >&2\necho none\n`)
    const run = await loaderScript(file).run({
      world: 'namespace',
      interpreter: 'bash',
      env,
      args: ['', 'a b', `'`],
      files: { f: '' }
    })
    const [uid, gid, ...rest] = run.stderr.split('\n')
    expect([Number(uid), Number(gid)]).toEqual([process.geteuid?.(), process.getegid?.()])
    expect(rest.join('\n')).toMatch(/^a'b"c\$x\n\|.*load\.sh\|\|a b\|'\|1\n.*\/work\nf\n$/)
    expect(rest[1]).toContain(file)
  })
})

test('a run is gone when it has ended: processes, folders, mounts', async () => {
  const folders: string[] = []
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
  const pids: number[] = []
  const tell = ({ args: [folder = '', ...rest] }: { args: readonly string[] }) => {
    folders.push(folder)
    pids.push(...rest.map(Number))
  }
  const options = { world: 'namespace', commands: { tell } } as const
  await runText('sleep 300 >/dev/null 2>&1 3>&- & tell "$PWD" $! $$', options)
  const stubborn = 'trap "" TERM; setsid sleep 300 & tell "$PWD" $! $$; while :; do sleep 300; done'
  const error = await rejection(runText(stubborn, { ...options, limits: { timeoutMs: 1_500, killGraceMs: 100 } }))
  expect(error.code).toBe('ERR_HERMES_SCRIPT_TIMEOUT')
  expect(pids.length).toBe(4)
  expect(pids.filter((pid) => !/^[ZX]$/.test(readProcess(pid)?.state ?? 'X'))).toEqual([])
  expect(folders.map((folder) => [folder.includes('hermes-run-'), existsSync(path.dirname(folder))])).toEqual([
    [true, false],
    [true, false]
  ])
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(mounts)
})

describe('the script', () => {
  test('finds the libraries in its folder, and others that it sources from there', async () => {
    const file = tempFile(
      'app/deploy/load.sh',
      '. "$(dirname "$0")/lib.sh"; . "$(dirname "$0")/../common/log.sh"; here; log; echo none\n'
    )
    const folder = path.dirname(path.dirname(file))
    mkdirSync(path.join(folder, 'common'))
    writeFileSync(path.join(folder, 'deploy/lib.sh'), 'here() { echo here >&2; }\n')
    writeFileSync(path.join(folder, 'common/log.sh'), 'log() { ls "$(dirname "$0")/.." >&2; }\n')
    writeFileSync(path.join(folder, 'other'), '')
    const run = await loaderScript(file).run({ world: 'namespace' })
    expect(run.stderr).toBe('here\ncommon\ndeploy\n')
  })

  test('may lie where the folders of runs are, and stand in a ConfigMap', async () => {
    const file = path.join(tmpdir(), `hermes-namespace-${process.pid}.sh`)
    try {
      writeFileSync(file, 'pwd >&2; echo module=mem-logger\n')
      const run = await loaderScript(file).run({ world: 'namespace' })
      expect([run.modules.length, run.stderr]).toEqual([1, expect.stringMatching(/\/work\n$/)])
    } finally {
      spawnSync('rm', ['-f', file])
    }
    const text =
      'kind: ConfigMap\napiVersion: v1\nmetadata: { name: loader }\ndata:\n  load.sh: |\n    kubectl >&2\n    echo module=mem-tracer\n'
    const script = loaderScript.fromConfigMap({ text, source: 'loader.yaml' }, 'load.sh')
    const run = await script.run({ world: 'namespace', interpreter: 'bash', commands: { kubectl }, trace: true })
    expect(run.trace).toEqual({ state: 'full' })
    expect(run.blame).toEqual([{ module: 'mem-tracer', source: expect.stringContaining('loader.yaml'), line: 7 }])
  })

  test('is traced as it is elsewhere', async () => {
    const text = [
      'list() {',
      '  echo module=mem-logger',
      '}',
      'list',
      'later=$(echo module=mem-tracer)',
      'kubectl >&2',
      'echo "$later" | sed s/x/y/'
    ]
    const file = tempFile('load.sh', `${text.join('\n')}\n`)
    const seen = async (world: 'path' | 'namespace') => {
      const run = await loaderScript(file).run({ world, interpreter: 'bash', trace: true, commands: { kubectl } })
      return { trace: run.trace, blame: run.blame, stdout: run.stdout, stderr: run.stderr }
    }
    const inside = await seen('namespace')
    expect(inside).toEqual(await seen('path'))
    expect(inside.trace).toEqual({ state: 'full' })
    expect(inside.blame?.map(({ module, line }) => [module, line])).toEqual([
      ['mem-logger', 2],
      ['mem-tracer', 7]
    ])
  })

  test('holds its answer exactly when it would elsewhere', async () => {
    for (const trace of [false, true]) {
      const limits = { settleMs: 100 }
      const held = (text: string) => runText(text, { world: 'namespace', trace, limits, reject: false })
      expect((await held('sleep 300 &')).diagnostics.map(({ code }) => code)).toEqual(
        (await runText('sleep 300 &', { trace, limits, reject: false })).diagnostics.map(({ code }) => code)
      )
      expect((await held('sleep 300 >/dev/null 2>&1 3>&- &')).diagnostics).toEqual([])
    }
  })

  test.each(['bash', '/bin/sh', '/usr/bin/env bash', 'dash'])(
    'runs by %s also where that, and all that stubs need, are stubbed',
    async (interpreter) => {
      const names = ['sh', 'bash', 'dash', 'cat', 'sleep', 'env', 'timeout', 'unshare', 'mount', 'umount']
      const asked = () => ({ stdout: 'asked\n' })
      const commands = { ...Object.fromEntries(names.map((name) => [name, { stdout: `${name}\n` }])), asked }
      const text = `{ ${names.join('; ')}; /usr/bin/env; asked; } >&2`
      const run = await runText(text, { world: 'namespace', interpreter, commands, trace: true })
      expect(run.stderr).toBe([...names, 'env', 'asked'].map((name) => `${name}\n`).join(''))
      expect(run.calls.map(({ command }) => command)).toEqual([...names, 'env', 'asked'])
    }
  )

  test('has the tools that the test names, wherever they lie', async () => {
    const folder = tempFolder()
    mkdirSync(path.join(folder, 'bin'))
    const tool = path.join(folder, 'bin/hermes-own-tool')
    writeFileSync(tool, '#!/bin/sh\necho tool\ncat "${0%/*}/../data"\n')
    chmodSync(tool, 0o755)
    writeFileSync(path.join(folder, 'data'), 'data\n')
    const before = process.env['PATH']
    process.env['PATH'] = `${before}:${path.dirname(tool)}`
    try {
      expect(await printed(`hermes-own-tool 2>/dev/null; ${tool}`, { tools: ['hermes-own-tool'] })).toBe('tool\ntool\ndata\n')
    } finally {
      process.env['PATH'] = before
    }
  })

  test('may be run by a program that is a link through /etc', async () => {
    const file = tempFile('load.awk', '#!/usr/bin/awk -f\nBEGIN { print "module=mem-logger" }\n')
    const run = await loaderScript(file).run({ world: 'namespace' })
    expect(run.modules.map(({ name }) => name)).toEqual(['mem-logger'])
  })

  test('needs its interpreter', async () => {
    const error = await rejection(runText('', { world: 'namespace', interpreter: 'no-such-shell' }))
    expect(error.code).toBe('ERR_HERMES_INTERPRETER_NOT_FOUND')
  })
})

describe('the kernel', () => {
  const request: ScriptRequest = {
    path: '/load.sh',
    bytes: new TextEncoder().encode('echo none\n'),
    pinned: false,
    interpreter: ['/bin/sh'],
    args: [],
    env: {},
    cwd: '/',
    limits: { timeoutMs: 30_000, killGraceMs: 500, settleMs: 300, maxOutputBytes: 1_024 },
    onEvent() {}
  }

  /** The way into a world of nothing. */
  function way() {
    const none = { env: {}, files: new Map(), commands: [], absent: [], tools: new Map() }
    const plan = { kind: 'namespace', ...none, interpreter: request.interpreter, trace: false } as const
    const world = makeWorld(plan)
    onTestFinished(() => world.remove())
    return openNamespace(plan, world, request)
  }

  async function program(): Promise<{ file: string; folder: string }> {
    const folder = tempFolder()
    chmodSync(folder, 0o777)
    const file = path.join(folder, 'user.cjs')
    const entryPoints = [path.join(import.meta.dirname, 'namespace-user.ts')]
    await build({ entryPoints, outfile: file, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' })
    return { file, folder }
  }

  test.each([['plain'], ['trace']])('lets users have namespaces, who stay themselves (%s)', async (trace) => {
    const { file, folder } = await program()
    const script = tempFile(
      'load.sh',
      '{ env -i kubectl; asked 1; id -u; ls -A /etc; ls -ld "$TMPDIR" | cut -c1-4; } >&2\necho module=mem-logger\n'
    )
    const user = process.geteuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    const { stdout, stderr } = spawnSync(process.execPath, [file, script, trace], {
      ...user,
      cwd: '/',
      env: { TMPDIR: folder },
      encoding: 'utf8'
    })
    expect(stderr).toBe('')
    const uid = user.uid ?? process.geteuid?.()
    expect(JSON.parse(stdout)).toMatchObject({
      stderr: `stub\nasked 1\n${uid}\ndrwx\n`,
      modules: [{ name: 'mem-logger' }],
      ...(trace === 'trace' && { traced: { state: 'full' }, blame: [{ module: 'mem-logger', line: 2 }] })
    })
    expect(readdirSync(folder)).toEqual(['user.cjs'])
  })

  test.each([
    ['what was printed', { exitCode: 1, stderr: 'unshare: no\nreally' }, 'which was refused: unshare: no; really. Containers'],
    ['nothing', { exitCode: 1 }, 'which was refused: nothing was said of it. Containers']
  ])('is told apart from a script that fails: %s', async (_, result, message) => {
    const error = await rejection(Promise.resolve(way().enter(fakeExecutor(result)).execute(request)))
    expect([error.code, error.message]).toEqual(['ERR_HERMES_PLATFORM_UNSUPPORTED', expect.stringContaining(message)])
  })

  test('says nothing of a script that was ended before it came there', async () => {
    expect(
      await way()
        .enter(fakeExecutor({ ended: 'timeout' }))
        .execute(request)
    ).toMatchObject({ ended: 'timeout' })
  })

  test('has to be Linux', () => {
    const platform = Object.getOwnPropertyDescriptor(process, 'platform') ?? {}
    Object.defineProperty(process, 'platform', { ...platform, value: 'darwin' })
    try {
      expect(way).toThrow('world: "namespace" is there on Linux only')
    } finally {
      Object.defineProperty(process, 'platform', platform)
    }
  })

  test('may refuse them, and says so', async () => {
    const { file, folder } = await program()
    const script = tempFile('load.sh', 'echo none\n')
    const none = 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"'
    const { stdout } = spawnSync('unshare', ['-r', 'sh', '-c', none, 'sh', process.execPath, file, script], {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', TMPDIR: folder },
      encoding: 'utf8'
    })
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'ERR_HERMES_PLATFORM_UNSUPPORTED',
      message: expect.stringMatching(/unshare.*No space left on device.*user\.max_user_namespaces/s)
    })
  })
})
