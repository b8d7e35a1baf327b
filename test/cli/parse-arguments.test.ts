import { describe, expect, test } from 'vitest'
import { commands, flagsOf } from '../../src/cli/command-table.ts'
import { parseArguments } from '../../src/cli/parse-arguments.ts'
import { runCli } from './run-cli.ts'

describe('wrong usage ends with 2 and says what was given, what is taken, and what was probably meant', () => {
  test.each([
    [[], 'which command? There is resolve, check, explain, render, test, help', 'hermes-modules help'],
    [['reslove'], 'there is no command "reslove": did you mean "resolve"?', 'hermes-modules help'],
    [
      ['frobnicate'],
      'there is no command "frobnicate": there is resolve, check, explain, render, test, help',
      'hermes-modules help'
    ],
    [['--verion'], 'there is no flag --verion: did you mean --version?', 'hermes-modules help'],
    [['-x'], 'there is no flag -x', 'hermes-modules help'],
    [['resolve', '-path', 'x'], 'there is no flag -path', 'hermes-modules help resolve'],
    [
      ['check', '-hx.sh'],
      'there is no flag -hx.sh\ncheck takes FILE: A file to check, or - for stdin.',
      'hermes-modules help check'
    ],
    [['resolve', '--help=1'], '--help takes no value, and was given "1"', 'hermes-modules help resolve'],
    [
      ['resolve', '--keys', 'a b'],
      '--keys takes a key (a letter, then letters, digits, "-", "_"; at most 64; none of module, config, protocol, note, warning, error), and was given "a b"',
      'hermes-modules help resolve'
    ],
    [['resolve', '--recrod', 'x'], 'there is no flag --recrod: did you mean --record?', 'hermes-modules help resolve'],
    [['resolve', '--on-fail=static'], 'there is no flag --on-fail: did you mean --on-failure?', 'hermes-modules help resolve'],
    [
      ['resolve', '--format', 'jsn'],
      '--format takes text, json, directives or env, and was given "jsn": did you mean "json"?',
      'hermes-modules help resolve'
    ],
    [['resolve', '--trust=none'], '--trust takes off, file or path, and was given "none"', 'hermes-modules help resolve'],
    [
      ['resolve', '--timeout-ms', '0'],
      '--timeout-ms takes an integer from 1 to 2147483647, and was given "0"',
      'hermes-modules help resolve'
    ],
    [
      ['resolve', '--timeout-ms', '2147483648'],
      '--timeout-ms takes an integer from 1 to 2147483647, and was given "2147483648"',
      'hermes-modules help resolve'
    ],
    [
      ['resolve', '--timeout-ms'],
      '--timeout-ms takes an integer from 1 to 2147483647, and was given none',
      'hermes-modules help resolve'
    ],
    [
      ['resolve', '--record', '--format', 'json'],
      '--record takes a text that is not empty, and was given none ("--format" is a flag; --record=--format gives it as a value)',
      'hermes-modules help resolve'
    ],
    [['resolve', '--record='], '--record takes a text that is not empty, and was given ""', 'hermes-modules help resolve'],
    [['resolve', '--sha256', 'abc'], '--sha256 takes 64 hexadecimal digits, and was given "abc"', 'hermes-modules help resolve'],
    [['resolve', '--no-script=yes'], '--no-script takes no value, and was given "yes"', 'hermes-modules help resolve'],
    [['resolve', '--step', 'a', '--step', 'b'], '--step was given twice', 'hermes-modules help resolve'],
    [['resolve', 'a.sh', 'b.sh'], 'resolve takes one SCRIPT, and was given "b.sh" beside it', 'hermes-modules help resolve'],
    [
      ['resolve', 'a.sh', '--script', 'b.sh'],
      '--script and the argument "a.sh" name the script: one of them is enough',
      'hermes-modules help resolve'
    ],
    [
      ['resolve', '--no-script', 'a.sh'],
      '--no-script runs no script, so it takes nothing of it: the argument "a.sh"',
      'hermes-modules help resolve'
    ],
    [
      ['resolve', '--no-script', '--timeout-ms', '5', '--', 'x'],
      '--no-script runs no script, so it takes nothing of it: --timeout-ms, --',
      'hermes-modules help resolve'
    ],
    [
      ['resolve', '--no-static-config', '--static-config', 'x'],
      '--no-static-config and --static-config exclude each other',
      'hermes-modules help resolve'
    ],
    [
      ['resolve', '--no-record', '--record', 'x', '--inputs', 'A'],
      '--no-record keeps none, so it takes nothing of it: --record, --inputs',
      'hermes-modules help resolve'
    ],
    [
      ['resolve', '--record-mode', 'begin'],
      '--record-mode: of which record? --record takes its folder',
      'hermes-modules help resolve'
    ],
    [
      ['resolve', '--on-failure', 'last-good'],
      '--on-failure last-good takes the answer of a record: --record takes its folder',
      'hermes-modules help resolve'
    ],
    [['check'], 'check takes FILE: A file to check, or - for stdin.', 'hermes-modules help check'],
    [['help', 'chek'], 'there is no command "chek": did you mean "check"?', 'hermes-modules help'],
    [
      ['help', 'check', '--format', 'man'],
      'the manual and completions are for all commands: leave "check" out',
      'hermes-modules help help'
    ]
  ])('%j', async (argv, problem, more) => {
    expect(await runCli(argv)).toEqual({ code: 2, stdout: '', stderr: `${problem}\n${more} says more\n` })
  })

  test('all problems come at once', async () => {
    const { stderr } = await runCli(['explain', '--kyes', 'a', '--format', 'yaml', '--settle-ms', '-1', '--step='])
    expect(stderr.split('\n')).toEqual([
      'there is no flag --kyes: did you mean --keys?',
      '--format takes text or json, and was given "yaml"',
      '--settle-ms takes an integer from 1 to 2147483647, and was given "-1"',
      '--step takes a text that is not empty, and was given ""',
      'hermes-modules help explain says more',
      ''
    ])
  })
})

describe('what is taken', () => {
  const parsed = (...argv: string[]) => {
    const call = parseArguments(argv)
    if (typeof call !== 'object') return call
    return { command: call.command.name, values: Object.fromEntries(call.values), operands: call.operands, passed: call.passed }
  }

  test.each<[string[], ReturnType<typeof parsed>]>([
    [['--help'], 'help'],
    [['-h'], 'help'],
    [['--version'], 'version'],
    [
      ['resolve', '--script=a.sh', '--no-record', '--keys', 'x', '--keys=y'],
      { command: 'resolve', values: { script: ['a.sh'], 'no-record': true, keys: ['x', 'y'] }, operands: [], passed: [] }
    ],
    [
      ['resolve', 'a.sh', '--', '--zone', 'a', '--'],
      { command: 'resolve', values: {}, operands: ['a.sh'], passed: ['--zone', 'a', '--'] }
    ],
    [['resolve', '--args', '-v'], { command: 'resolve', values: { args: ['-v'] }, operands: [], passed: [] }],
    [['resolve', '--args=--all'], { command: 'resolve', values: { args: ['--all'] }, operands: [], passed: [] }],
    [['check', '-', '--', '--odd-name.yaml'], { command: 'check', values: {}, operands: ['-', '--odd-name.yaml'], passed: [] }],
    [['resolve', '--nonsense', '--help'], { command: 'resolve', values: { help: true }, operands: [], passed: [] }]
  ])('%j', (argv, expected) => {
    expect(parsed(...argv)).toEqual(expected)
  })
})

describe('the table', () => {
  test.each(commands)('$name: each flag has one name, and takes a value in words or not at all', (command) => {
    const flags = flagsOf(command)
    expect(new Set(flags.map(({ name }) => name)).size).toBe(flags.length)
    for (const { name, value, choices, takes } of flags) {
      expect({ name, valued: value !== undefined }).toEqual({ name, valued: (choices ?? takes) !== undefined })
    }
  })

  test('help knows every command', () => {
    expect(commands.find(({ name }) => name === 'help')?.operand?.choices).toEqual(commands.map(({ name }) => name))
  })
})
