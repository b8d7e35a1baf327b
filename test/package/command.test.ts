import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tempFile, tempFolder } from '../temp-folder.ts'
import { type PackedProject, packProject, root } from './packed.ts'

let project: PackedProject
let bin: string
beforeAll(() => {
  project = packProject()
  const manifest = JSON.parse(
    readFileSync(path.join(project.folder, 'node_modules/hermes-memory-installer/package.json'), 'utf8')
  )
  bin = path.join(project.folder, 'node_modules/hermes-memory-installer', manifest.bin['hermes-modules'])
  // As npm links it.
  mkdirSync(path.join(project.folder, 'node_modules/.bin'))
  symlinkSync(bin, path.join(project.folder, 'node_modules/.bin/hermes-modules'))
})
afterAll(() => project.remove())

const script = path.join(root, 'test/corpus/configmap/load-sidecars.sh')
const env = () => ({ PATH: `${project.folder}/node_modules/.bin:${process.env['PATH']}` })

function run(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync('hermes-modules', argv, {
    encoding: 'utf8',
    env: { ...env(), CLUSTER_ENV: 'production' }
  })
  return { status, stdout, stderr }
}

describe('the installed command', () => {
  test('resolves the ConfigMap script', () => {
    expect(run('resolve', script, '--format', 'env')).toEqual({
      status: 0,
      stdout: "HERMES_MODULES='module=mem-profiler,config=prod-tunings'\n",
      stderr: ''
    })
  })

  test('answers from a record', () => {
    const record = path.join(tempFolder(), 'record')
    run('resolve', script, '--record', record)
    expect(run('resolve', script, '--record', record, '--format', 'directives')).toEqual({
      status: 0,
      stdout: 'module=mem-profiler,config=prod-tunings\n',
      stderr: ''
    })
  })

  test('reads a YAML configuration', () => {
    const config = tempFile('modules.yaml', 'modules: [mem-logger]\nconfigs: { nightly: {} }\n')
    expect(run('resolve', '--no-script', '--static-config', config, '--format', 'directives').stdout).toBe('module=mem-logger\n')
    expect(run('explain', '--no-script', '--static-config', config).stdout).toContain('Configs: nightly')
  })

  test('fails with 1, and with 2 for wrong usage, also from a file of the command that is loaded on demand', () => {
    expect(run('resolve', tempFile('load.sh', 'exit 3\n'))).toMatchObject({ status: 1, stdout: '' })
    expect(run('help', 'nothing')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'there is no command "nothing": there is resolve, check, explain, render, test, help\nhermes-modules help says more\n'
    })
    expect(run('explain', '--interpreter', 'sh $X').status).toBe(2)
  })

  test('has its manual in the package', () => {
    const manual = path.join(project.folder, 'node_modules/hermes-memory-installer/dist/hermes-modules.1')
    expect(readFileSync(manual, 'utf8')).toBe(run('help', '--format', 'man').stdout)
  })
})

describe('streams', () => {
  // No pipe for stdin: bash would take itself for a remote shell, and read ~/.bashrc.
  const shell = (program: string) =>
    spawnSync('bash', ['-c', program], { encoding: 'utf8', env: env(), stdio: ['ignore', 'pipe', 'pipe'] })

  test('a reader that goes away is no error', () => {
    const { stdout, stderr } = shell('hermes-modules help resolve | :; echo "${PIPESTATUS[0]}"')
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' })
  })

  test('results that can not be written are a failure', () => {
    const { status, stderr } = shell('hermes-modules help >/dev/full')
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "the results can't be written: ENOSPC: no space left on device, write\n"
    })
  })

  test('a slow reader of a pipe that does not block gets everything', () => {
    const filler = Array.from({ length: 900 }, (_, index) => `echo module=m${index}`).join('\n')
    const file = tempFile('load.sh', `${filler}\n`)
    // perl makes the pipe non-blocking, as a program that shares it may.
    const nonBlocking = `perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_NONBLOCK | O_WRONLY); exec @ARGV'`
    const { stdout } = shell(`${nonBlocking} hermes-modules resolve ${file} --format json | { sleep 0.3; wc -c; }`)
    expect(Number(stdout)).toBeGreaterThan(65_536)
  })

  test('closed streams are no crash', () => {
    expect(shell('hermes-modules help <&- 2>&-').status).toBe(0)
    expect(shell('hermes-modules resolve --no-script 1>&- 2>&-').status).toBe(0)
  })

  test('in a terminal it shows colours, and progress of a slow script', () => {
    const file = tempFile('load.sh', 'echo asking >&2; sleep 1.5; echo warning=slow; echo module=mem-logger\n')
    const { stdout } = spawnSync('script', ['-qec', `hermes-modules resolve ${file}`, '/dev/null'], {
      encoding: 'utf8',
      env: { ...env(), TERM: 'xterm' }
    })
    expect(stdout).toContain('\r\u001b[2Kthe script runs: 1 s of 30 s: asking')
    expect(stdout).toMatch(/\u001b\[\d+mwarning/)
  })
})

describe('signals', () => {
  const misbehaving = (trap: string) => {
    const started = path.join(tempFolder(), 'pid')
    return {
      started,
      file: tempFile('load.sh', `${trap}\necho $$ >${started}.new; mv ${started}.new ${started}\nwhile :; do sleep 0.05; done\n`)
    }
  }

  async function startedPid(started: string): Promise<number> {
    while (!existsSync(started)) await new Promise(setImmediate)
    return Number(readFileSync(started, 'utf8'))
  }

  const ended = async (child: ChildProcess) => (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]

  const isThere = (pid: number) => {
    const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
    return stdout !== '' && !stdout.startsWith('Z')
  }

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)('%s ends the script, and gives 130', async (signal) => {
    const { started, file } = misbehaving(':')
    const child = spawn('hermes-modules', ['resolve', file], { env: env(), stdio: ['ignore', 'pipe', 'pipe'] })
    const stderr = text(child.stderr)
    const pid = await startedPid(started)
    const end = ended(child)
    child.kill(signal)
    expect(await end).toEqual([130, null])
    expect(await stderr).toBe('ERR_HERMES_ABORTED: resolving was aborted by its signal\n')
    expect(isThere(pid)).toBe(false)
  })

  test('the second one does not wait for a script that ignores the first', async () => {
    const { started, file } = misbehaving("trap '' TERM")
    const child = spawn('hermes-modules', ['resolve', file, '--kill-grace-ms', '600000'], { env: env(), stdio: 'ignore' })
    const pid = await startedPid(started)
    const end = ended(child)
    child.kill('SIGINT')
    // Until it was told to end, a second signal is the first.
    while (isThere(child.pid as number)) {
      child.kill('SIGINT')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(await end).toEqual([130, null])
    while (isThere(pid)) await new Promise(setImmediate)
  })
})

test('the example of an init container runs', () => {
  const folder = path.join(tempFolder(), 'init-container')
  cpSync(path.join(root, 'examples/init-container'), folder, { recursive: true })
  const printed = execFileSync('sh', ['init.sh'], { cwd: folder, encoding: 'utf8', env: { ...env(), CLUSTER_ENV: 'production' } })
  expect(printed).toBe(`choose-modules:
HERMES_MODULES='module=mem-profiler,config=prod-tunings'
shop:
starts with module=mem-profiler,config=prod-tunings
any other step, whatever has changed by now:
module=mem-profiler,config=prod-tunings
`)
})
