import { expect, test } from 'vitest'
import { commands, flagsOf } from '../../src/cli/command-table.ts'
import { inFlags } from '../../src/cli/flag-words.ts'

test.each([
  ['script.limits.timeoutMs is 5', '--timeout-ms is 5'],
  ['set script.onAbsent to "static"', 'set --on-absent to "static"'],
  ['(record.mode "begin"); record.onInputsChanged "keep"', '(--record-mode "begin"); --on-inputs-changed "keep"'],
  ['script: false says that none is meant', '--no-script says that none is meant'],
  [
    '/etc/script.sh and script.js, record.json and script.argsx stay',
    '/etc/script.sh and script.js, record.json and script.argsx stay'
  ]
])('%s', (message, shown) => {
  expect(inFlags(message)).toBe(shown)
})

test('every flag that it names exists', () => {
  const names = commands.flatMap(flagsOf).map(({ name }) => `--${name}`)
  const options = ['limits.timeoutMs', 'limits.killGraceMs', 'limits.settleMs', 'limits.maxOutputBytes', 'limits.maxDirectives']
  const members = ['args', 'interpreter', 'sha256', 'trust', 'onFailure', 'onAbsent', 'onEmpty', ...options].map(
    (name) => `script.${name}`
  )
  const ofRecord = ['dir', 'name', 'mode', 'inputs', 'onInputsChanged', 'onUnusable'].map((name) => `record.${name}`)
  for (const option of [...members, ...ofRecord, 'script: false']) expect(names).toContain(inFlags(option))
})
