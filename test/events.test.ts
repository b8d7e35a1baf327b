import { execFileSync, spawnSync } from 'node:child_process'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ResolveEvent, resolveModules } from '../src/index.ts'
import { tempFile } from './temp-folder.ts'

const env = { PATH: process.env['PATH'] }
const root = path.resolve(import.meta.dirname, '..')

async function eventsOf(text: string, options = {}): Promise<ResolveEvent[]> {
  const events: ResolveEvent[] = []
  const onEvent = (event: ResolveEvent) => events.push(event)
  await resolveModules({ script: { path: tempFile('load.sh', text), ...options }, env, staticConfig: false, onEvent }).catch(
    () => {}
  )
  return events
}

test('a run tells that the script was found, started, what it wrote to stderr, and how it ended', async () => {
  const events = await eventsOf('#!/bin/sh\necho one >&2; printf two >&2; echo none\n')
  expect(events).toEqual([
    { type: 'script-found', path: expect.stringMatching(/load\.sh$/) },
    { type: 'script-started', pid: expect.any(Number), interpreter: ['/bin/sh'], filtered: [] },
    { type: 'script-stderr', line: 'one' },
    { type: 'script-stderr', line: 'two' },
    { type: 'script-ended', exitCode: 0, durationMs: expect.any(Number) }
  ])
})

test('a script that is ended by us tells why, and whom it hit', async () => {
  const events = await eventsOf('exec sleep 60', { limits: { timeoutMs: 100, killGraceMs: 100 } })
  const started = events.find((event) => event.type === 'script-started')
  expect(events.filter(({ type }) => type === 'script-killed' || type === 'script-ended')).toEqual([
    { type: 'script-killed', why: 'timeout', pids: [started?.pid] },
    { type: 'script-ended', signalCode: 'SIGTERM', durationMs: expect.any(Number) }
  ])
})

describe('a listener changes nothing', () => {
  test.each([
    [
      'throws',
      () => {
        throw new Error('mine')
      }
    ],
    ['rejects', () => Promise.reject(new Error('mine'))]
  ])('that %s', async (_, onEvent) => {
    const script = tempFile('load.sh', 'echo module=a')
    const { modules } = await resolveModules({ script, env, staticConfig: false, onEvent })
    expect(modules.map(({ name }) => name)).toEqual(['a'])
  })
})

test('NODE_DEBUG=hermes tells the story on stderr, without values', () => {
  const script = tempFile('load.sh', 'echo module=a')
  const code = `import { resolveModules } from 'hermes-memory-installer'; await resolveModules({ staticConfig: { modules: [] } })`
  const variables = { PATH: process.env['PATH'], HERMES_SCRIPT: script, SECRET: 's3cr3t', NODE_DEBUG: 'hermes' }
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: root,
    env: variables,
    encoding: 'utf8'
  })
  expect(stderr).toContain(`script ${script} (named by HERMES_SCRIPT): present`)
  expect(stderr).toContain('script-started')
  expect(stderr).toContain('script-ran: ["a"] from the script')
  expect(stderr).not.toContain('s3cr3t')
  expect(
    execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: root,
      env: { ...variables, NODE_DEBUG: '' }
    }).toString()
  ).toBe('')
})
