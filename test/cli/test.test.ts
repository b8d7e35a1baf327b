import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { cli } from '../../src/cli/cli.ts'
import { tempFolder } from '../temp-folder.ts'
import { runCli } from './run-cli.ts'

const script = '#!/bin/bash\nif [ "$A" = x ]; then\n  echo module=x\nelse\n  echo none\nfi\n'
const tests = 'script: load.sh\ncases:\n  - expect: none\n'

/** A folder with files by their paths. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = tempFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return folder
}

describe('which files', () => {
  const files = {
    'load.sh': script,
    'a.loader.yaml': tests,
    'deep/er/b.loader.yaml': tests.replace('load.sh', '../../load.sh'),
    'deep/other.yaml': 'x',
    'node_modules/c.loader.yaml': 'x',
    '.cache/d.loader.yaml': 'x'
  }

  test('those below the working folder, without node_modules and dot folders', async () => {
    const { code, stdout, stderr } = await runCli(['test'], { cwd: folderWith(files) })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '2 files, 2 cases, 0 failed\n' })
    expect(stdout).toBe('a.loader.yaml\n  ✓ case 1\ndeep/er/b.loader.yaml\n  ✓ case 1\n')
  })

  test('those that are named, and those below folders that are', async () => {
    const cwd = folderWith(files)
    expect((await runCli(['test', 'deep'], { cwd })).stdout).toBe('deep/er/b.loader.yaml\n  ✓ case 1\n')
    expect((await runCli(['test', path.join(cwd, 'a.loader.yaml')], { cwd })).stdout).toBe(`${cwd}/a.loader.yaml\n  ✓ case 1\n`)
    const { code, stdout } = await runCli(['test', 'no.loader.yaml'], { cwd })
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout:
        "no.loader.yaml\n  ✗ ERR_HERMES_CONFIG_UNREADABLE: the tests in no.loader.yaml can't be read: there is no such file\n"
    })
  })

  test('none at all is a failure', async () => {
    const { code, stderr } = await runCli(['test'])
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'there are no tests here: no *.loader.yaml; hermes-modules test --init SCRIPT writes a first one\n'
    })
  })
})

describe('wrong usage', () => {
  test.each([
    [['--format', 'tab'], '--format takes pretty, tap, junit or github, and was given "tab": did you mean "tap"?'],
    [['--min', '90'], '--min is of the coverage: --coverage takes its folder'],
    [['--coverage', 'c', '--min', '101'], '--min takes a number from 0 to 100, and was given "101"'],
    [['--coverage', 'c', '--min', '-1'], '--min takes a number from 0 to 100, and was given "-1"'],
    [
      ['--init', 'a.sh', 'b', '--watch', '--update', '--format', 'tap'],
      '--init runs no tests, so it takes nothing of them: the argument "b", --watch, --update, --format'
    ],
    [['--updat'], 'there is no flag --updat: did you mean --update?']
  ])('%j', async (argv, message) => {
    const { code, stderr } = await runCli(['test', ...argv])
    expect({ code, stderr }).toEqual({ code: 2, stderr: `${message}\nhermes-modules help test says more\n` })
  })
})

describe('--update', () => {
  const before = `# Of the team.
script: load.sh   # beside this file
cases:
  # first
  - expect: none   # as it should be

  - name: "x"
    env: { A: x }
    expect: # why
      - y   # old
  - {expect: [z], name: flow}   # last
`
  const after = before.replace('- y   # old', '- x').replace('{expect: [z], name', '{expect: none, name')

  test('writes what the script does, and leaves all else', async () => {
    const cwd = folderWith({ 'load.sh': script, 'a.loader.yaml': before })
    const { code, stderr, stdout } = await runCli(['test', '--update'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '1 file, 3 cases, 0 failed, 1 file updated\n' })
    expect(stdout).toBe('a.loader.yaml\n  ✓ case 1\n  ✓ x\n  ✓ flow\n')
    expect(readFileSync(`${cwd}/a.loader.yaml`, 'utf8')).toBe(after)
    const again = await runCli(['test', '--update'], { cwd })
    expect(again).toMatchObject({ code: 0, stderr: '1 file, 3 cases, 0 failed\n' })
    expect(readFileSync(`${cwd}/a.loader.yaml`, 'utf8')).toBe(after)
  })
})

describe('--coverage', () => {
  const traced = {
    'load.sh': script,
    'a.loader.yaml': tests,
    'b.loader.yaml': 'script: load.sh\ncases: [{ env: { A: x }, expect: [x] }]\n'
  }

  test('writes what all files together reach', async () => {
    const cwd = folderWith(traced)
    const { code, stderr } = await runCli(['test', '--coverage', 'deep/cov', '--min', '100'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '2 files, 2 cases, 0 failed\n100 % of the lines were reached\n' })
    expect(readFileSync(`${cwd}/deep/cov/lcov.info`, 'utf8')).toBe(
      `TN:\nSF:${cwd}/load.sh\nDA:2,2\nDA:3,1\nDA:5,1\nLF:3\nLH:3\nend_of_record\n`
    )
  })

  test('fails below the least percentage', async () => {
    const cwd = folderWith(traced)
    const argv = ['test', 'a.loader.yaml', '--coverage', 'cov', '--min']
    expect(await runCli([...argv, '67'], { cwd })).toMatchObject({
      code: 1,
      stderr: '1 file, 1 case, 0 failed\n66.67 % of the lines were reached\nthat is less than --min 67\n'
    })
    expect((await runCli([...argv, '66.67'], { cwd })).code).toBe(0)
  })

  test('says why nothing is known of a shell that is not bash, and fails where a percentage is asked for', async () => {
    const cwd = folderWith({ ...traced, 'a.loader.yaml': `interpreter: dash\n${tests}` })
    const argv = ['test', 'a.loader.yaml', '--coverage', 'cov']
    const { code, stderr } = await runCli([...argv, '--min', '0'], { cwd })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^1 file.*\nno line is known to be reached: .*bash.*\n$/)
    })
    expect((await runCli(argv, { cwd })).code).toBe(0)
  })

  test('says where it could not be written', async () => {
    const cwd = folderWith({ ...traced, cov: 'a file' })
    expect(await runCli(['test', 'a.loader.yaml', '--coverage', 'cov'], { cwd })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("cov/lcov.info can't be written (EEXIST)")
    })
  })
})

describe('--init', () => {
  test('writes first tests beside the script of a ConfigMap, which pass', async () => {
    const cwd = folderWith({})
    mkdirSync(`${cwd}/deploy`)
    copyFileSync('test/corpus/configmap/load-sidecars.sh', `${cwd}/deploy/load-sidecars.sh`)
    expect(await runCli(['test', '--init', 'deploy/load-sidecars.sh'], { cwd })).toEqual({
      code: 0,
      stdout: 'deploy/load-sidecars.loader.yaml\n',
      stderr: ''
    })
    expect(await runCli(['test'], { cwd })).toEqual({
      code: 0,
      stdout: 'deploy/load-sidecars.loader.yaml\n  ✓ an empty environment\n  ✓ CLUSTER_ENV=production\n  ✓ CLUSTER_ENV=staging\n',
      stderr: '1 file, 3 cases, 0 failed\n'
    })
  })

  test('never overwrites', async () => {
    const cwd = folderWith({ 'load.sh': script, 'load.loader.yaml': 'mine' })
    expect(await runCli(['test', '--init', 'load.sh'], { cwd })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'load.loader.yaml: it is there already, and is left as it is\n'
    })
    expect(readFileSync(`${cwd}/load.loader.yaml`, 'utf8')).toBe('mine')
  })

  test('leaves no file of a script that it can not run', async () => {
    const cwd = folderWith({ 'load.sh': '#!/bin/bash\nPATH=/bin\necho none\n' })
    expect(await runCli(['test', '--init', 'load.sh'], { cwd })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ERR_HERMES_WORLD_OPEN')
    })
    expect(await runCli(['test', '--init', 'nothing.sh'], { cwd })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ERR_HERMES_SCRIPT_UNREADABLE')
    })
    expect(existsSync(`${cwd}/load.loader.yaml`)).toBe(false)
  })
})

/** A command that goes on, and what it has said so far. */
function started(argv: readonly string[], cwd: string) {
  const abort = new AbortController()
  let said = ''
  let tell = () => {}
  const output = {
    write(text: string) {
      said += text
      tell()
    }
  }
  const code = cli(argv, {
    stdin: (async function* () {})(),
    stdout: output,
    stderr: output,
    env: {},
    cwd,
    signal: abort.signal
  })
  return {
    code,
    abort,
    /** Until it has said something as often as that. */
    async until(text: string, times: number): Promise<string> {
      while (said.split(text).length <= times) {
        await new Promise<void>((resolve) => {
          tell = resolve
        })
      }
      return said
    }
  }
}

describe('--watch', () => {
  const waiting = 'waiting for a change; Ctrl+C ends\n'

  test('runs again when the script, a library, the tests change, or new ones appear; ends when it is interrupted', async () => {
    const cwd = folderWith({
      'load.sh': '#!/bin/bash\n. "$(dirname "$0")/lib/names.sh"\necho "module=$name"\n',
      'lib/names.sh': 'name=a\n',
      'deploy/a.loader.yaml': 'script: ../load.sh\ncases: [{ name: one, expect: [a] }]\n'
    })
    const { code, abort, until } = started(['test', '--watch'], cwd)
    expect(await until(waiting, 1)).toBe(`deploy/a.loader.yaml\n  ✓ one\n1 file, 1 case, 0 failed\n${waiting}`)
    writeFileSync(`${cwd}/lib/names.sh`, 'name=b\n')
    expect(await until(waiting, 2)).toContain('✗ one')
    // As editors do: another file takes its place.
    writeFileSync(`${cwd}/deploy/new`, 'script: ../load.sh\ncases: [{ name: two, expect: [b] }]\n')
    rmSync(`${cwd}/deploy/a.loader.yaml`)
    copyFileSync(`${cwd}/deploy/new`, `${cwd}/deploy/a.loader.yaml`)
    expect(await until('✓ two', 1)).toContain(waiting)
    await until(waiting, 3)
    appendFileSync(`${cwd}/load.sh`, 'echo module=c\n')
    await until('✗ two', 1)
    await until(waiting, 4)
    writeFileSync(`${cwd}/deploy/b.loader.yaml`, 'script: ../load.sh\ncases: [{ name: three, expect: [b, c] }]\n')
    await until('✓ three', 1)
    await until(waiting, 5)
    abort.abort(new Error('SIGINT'))
    expect(await code).toBe(130)
  })

  test('is interrupted while a script runs, which ends with it', async () => {
    const cwd = folderWith({
      'load.sh': '#!/bin/bash\necho $$ >"$OUT"\nsleep 60\n',
      'a.loader.yaml': `script: load.sh\nenv: { OUT: ${tempFolder()}/pid }\nlimits: { killGraceMs: 100 }\ncases: [{ expect: none }]\n`
    })
    const out = /OUT: (\S+) /.exec(readFileSync(`${cwd}/a.loader.yaml`, 'utf8'))?.[1] ?? ''
    const { code, abort } = started(['test'], cwd)
    while (!existsSync(out) || readFileSync(out, 'utf8') === '') await new Promise((resolve) => setImmediate(resolve))
    abort.abort(new Error('SIGINT'))
    expect(await code).toBe(130)
    expect(() => process.kill(Number(readFileSync(out, 'utf8')), 0)).toThrow('ESRCH')
  })
})
