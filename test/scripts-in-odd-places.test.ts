import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HermesError, type ResolveModulesOptions, resolveModules } from '../src/index.ts'
import { tempFile, tempFolder } from './temp-folder.ts'

const PATH = process.env['PATH'] ?? ''

async function outcome(options: ResolveModulesOptions): Promise<string> {
  const answer = await resolveModules({ env: { PATH }, staticConfig: false, ...options }).catch((error: unknown) => error)
  if (answer instanceof HermesError) return answer.code.replace('ERR_HERMES_', '')
  return (answer as Awaited<ReturnType<typeof resolveModules>>).modules.map(({ name }) => name).join(' ')
}

describe('a path', () => {
  const names = [
    'with space.sh',
    "it's.sh",
    'a"b.sh',
    'new\nline.sh',
    'größe-日本.sh',
    '$HOME.sh',
    '*.sh',
    '-e.sh',
    '--',
    ' ',
    'a\\b.sh'
  ]
  test.each(names)('%j is run as it is, and is $0', async (name) => {
    const folder = tempFolder()
    writeFileSync(path.join(folder, name), '[ "$0" = "$1" ] && echo module=a\n')
    const full = path.join(folder, name)
    for (const interpreter of ['sh', 'bash', 'busybox sh']) {
      expect(await outcome({ script: { path: full, args: [full], interpreter } })).toBe('a')
      expect(await outcome({ script: { path: name, args: [full], interpreter }, cwd: folder })).toBe('a')
    }
  })
})

test('a library beside the script is found over $0, through the link of a mount too', async () => {
  const folder = tempFolder()
  mkdirSync(path.join(folder, '..data'))
  writeFileSync(path.join(folder, '..data/lib.sh'), 'say() { echo "module=$1"; }\n')
  writeFileSync(path.join(folder, '..data/load.sh'), '#!/bin/sh\n. "$(dirname "$0")/lib.sh"\nsay a\n')
  execFileSync('ln', ['-s', '..data/lib.sh', '..data/load.sh', folder])
  expect(await outcome({ script: path.join(folder, 'load.sh') })).toBe('a')
})

test.each([0o644, 0o444, 0o755, 0o600])('the exec bit does not matter: mode %o', async (mode) => {
  expect(await outcome({ script: tempFile('load.sh', '#!/bin/sh\necho module=a\n', mode) })).toBe('a')
})

test('a noexec mount does not matter', async () => {
  const mount = tempFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'noexec', 'tmpfs', mount])
  onTestFinished(() => void execFileSync('umount', [mount]))
  writeFileSync(path.join(mount, 'load.sh'), '#!/bin/sh\necho module=a\n')
  chmodSync(mount, 0o755)
  expect(await outcome({ script: path.join(mount, 'load.sh') })).toBe('a')
})

describe('an interpreter', () => {
  const text = 'echo module=a\n'
  test.each([
    ['is missing', '#!/no/such/shell\n'],
    ['is a folder', '#!/etc\n'],
    ['is not executable', '#!/etc/passwd\n'],
    ['is missing behind env', '#!/usr/bin/env no-such-shell\n'],
    ['is missing behind env -S', '#!/usr/bin/env -S no-such-shell -e\n'],
    ['is named with a CR', '#!/bin/sh\r\n'],
    ['was pushed down', '\n#!/bin/bash\n']
  ])('that %s is never replaced by another', async (_, head) => {
    expect(await outcome({ script: tempFile('load.sh', head + text) })).toBe('INTERPRETER_NOT_FOUND')
  })

  test.each([
    '#!/bin/sh',
    '#!/bin/bash -eu',
    '#!/usr/bin/env bash',
    '#!/usr/bin/env -S bash -eu',
    '#!/bin/busybox sh',
    '\ufeff#!/bin/sh',
    '# none'
  ])('is read off %j', async (head) => {
    const known = head.startsWith('\ufeff') ? '' : text
    expect(await outcome({ script: tempFile('load.sh', `${head}\n${known}echo module=b\n`) })).toBe(known === '' ? 'b' : 'a b')
  })

  test('is looked for along the PATH of the script', async () => {
    const folder = tempFolder()
    writeFileSync(path.join(folder, 'own-shell'), '#!/bin/sh\necho module=own\n', { mode: 0o755 })
    const script = tempFile('load.sh', '#!/usr/bin/env own-shell\n')
    expect(await outcome({ script, env: { PATH: `${folder}:${PATH}` } })).toBe('own')
    expect(await outcome({ script })).toBe('INTERPRETER_NOT_FOUND')
  })

  test('that is node runs on this Node where PATH has none', async () => {
    const script = tempFile('load.js', '#!/usr/bin/env node\nconsole.log("module=a")\n')
    expect(await outcome({ script, env: { PATH: tempFolder() } })).toBe('a')
  })

  test('decides how a script is understood: the one that it was written for', async () => {
    const loader = '[ "$CLUSTER_ENV" == production ] && echo module=mem-profiler || echo module=mem-logger\n'
    const env = { PATH, CLUSTER_ENV: 'production' }
    expect(await outcome({ script: tempFile('load.sh', `#!/bin/bash\n${loader}`), env })).toBe('mem-profiler')
    expect(await outcome({ script: { path: tempFile('load.sh', loader), interpreter: 'dash' }, env })).toBe('mem-logger')
  })
})
