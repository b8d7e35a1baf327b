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
  [['env', '-u', 'PATH', 'bash'], 3, false],
  [['env', '-uHOME', 'bash'], 2, true],
  [['env', '--unset=HOME', 'bash'], 2, true],
  [['env', '--unset=PATH', 'bash'], 2, false],
  [['env', '--unset', 'HOME', 'bash'], 3, true],
  [['env', '-iv', 'bash'], 2, false],
  [['env', '-vu', 'HOME', 'bash'], 3, true],
  [['env', '-a', 'sh', 'bash'], 3, true],
  [['env', '--block-signal', '--ignore-signal=PIPE', 'bash'], 3, true],
  [['env', '--', 'A=1', 'bash'], 3, true]
])('finds the program of %j at %i, looked for as the script would: %s', (words, index, ownSearch) => {
  expect(programOf(words)).toEqual({ index, ownSearch })
})

it.each([
  [['env', '-C', '/opt', 'bash'], 3],
  [['env', '-C/opt', 'bash'], 2],
  [['env', '--chdir=/opt', 'bash'], 2],
  [['env', '--chdir', '/opt', 'bash'], 3]
])('finds the program of %j at %i, looked for from /opt', (words, index) => {
  expect(programOf(words)).toEqual({ index, ownSearch: true, folder: '/opt' })
})

it.each([
  [['env', '-S', 'bash -e']],
  [['env', '-iS', 'bash -e']],
  [['env', '--ignore-env', 'bash']],
  [['env', '-P', '/', 'bash']],
  [['env']],
  [['env', 'A=1']],
  [['env', '-u']]
])('says nothing about %j', (words) => {
  expect(programOf(words)).toBeUndefined()
})
