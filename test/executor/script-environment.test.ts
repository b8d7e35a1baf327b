import { expect, test } from 'vitest'
import { filterEnvironment, scriptEnvironment } from '../../src/executor/script-environment.ts'

test('what changes a shell from outside is left out of an inherited environment, and named', () => {
  const changing = ['BASHOPTS', 'BASH_ENV', 'BASH_FUNC_echo%%', 'CDPATH', 'ENV', 'LD_AUDIT', 'LD_PRELOAD', 'SHELLOPTS']
  const harmless = { PATH: '/bin', LD_LIBRARY_PATH: '/lib', BASH: '/bin/bash', ENVIRONMENT: 'x', EMPTY: '' }
  const inherited = { ...harmless, ...Object.fromEntries(changing.map((name) => [name, 'x'])), UNSET: undefined }
  expect(filterEnvironment(inherited)).toEqual({ env: harmless, filtered: changing })
})

test.each([
  [{}, 'step-1', { HERMES_PROTOCOL: '1', HERMES_RUN_ID: 'id', HERMES_STEP: 'step-1' }],
  [{ A: '1' }, undefined, { A: '1', HERMES_PROTOCOL: '1', HERMES_RUN_ID: 'id' }],
  [{ HERMES_RUN_ID: 'outer' }, undefined, { HERMES_PROTOCOL: '1', HERMES_RUN_ID: 'outer/id' }],
  [
    { HERMES_RUN_ID: '', HERMES_STEP: 'x', HERMES_PROTOCOL: '9' },
    undefined,
    { HERMES_PROTOCOL: '1', HERMES_RUN_ID: 'id', HERMES_STEP: 'x' }
  ]
])('a script gets %j and what is known of its run', (env, step, gets) => {
  expect(scriptEnvironment(env, { id: 'id', step, protocol: '1' })).toEqual(gets)
})
