import { expect, it } from 'vitest'
import { programOf } from '../../src/executor/env-command.ts'

it.each([
  [['/bin/sh', '-e'], 0, true],
  [['bash'], 0, true],
  [['/usr/bin/env', 'bash', '-e'], 1, true],
  [['env', '--', 'bash'], 2, true],
  [['env', 'A=1', 'B==', 'bash'], 3, true],
  [['env', 'PATH=/opt/bin', 'bash'], 2, false],
  [['env', '-i', 'bash'], 2, false],
  [['env', '-', 'bash'], 2, false],
  [['env', '--ignore-environment', 'bash'], 2, false],
  [['env', '-v', 'bash'], 2, true],
  [['env', '-u', 'HOME', 'bash'], 3, true],
  [['env', '-u', 'PATH', 'bash'], 3, false]
])('finds the program of %j at %i, looked for as the script would: %s', (words, index, ownSearch) => {
  expect(programOf(words)).toEqual({ index, ownSearch })
})

it.each([[['env', '-S', 'bash -e']], [['env', '-C', '/', 'bash']], [['env']], [['env', 'A=1']], [['env', '-u']]])(
  'says nothing about %j',
  (words) => {
    expect(programOf(words)).toBeUndefined()
  }
)
