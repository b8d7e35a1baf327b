import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { commands, flagsOf } from '../../src/cli/command-table.ts'
import { tempFile, tempFolder } from '../temp-folder.ts'
import { runCli } from './run-cli.ts'

describe('help', () => {
  test('of the program lists commands, variables and exit codes', async () => {
    const { code, stdout, stderr } = await runCli(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('Usage: hermes-modules COMMAND [FLAG…]')
    for (const { name, summary } of commands) expect(stdout).toContain(`  ${name.padEnd(24)}${summary.slice(0, 20)}`)
    expect(stdout).toContain('HERMES_RECORD_MODE      reuse, begin or verify.')
    expect(stdout).toContain('  130                     interrupted; nothing is left running')
    expect((await runCli(['help'])).stdout).toBe(stdout)
  })

  test.each(commands)('of $name shows its usage, every flag and examples', async (command) => {
    const { code, stdout } = await runCli(['help', command.name])
    expect(code).toBe(0)
    expect(stdout).toContain(`Usage: hermes-modules ${command.name}`)
    for (const { name } of flagsOf(command)) expect(stdout).toContain(`--${name}`)
    for (const { command: line } of command.examples) expect(stdout).toContain(`\n  ${line}\n`)
    expect((await runCli([command.name, '--help'])).stdout).toBe(stdout)
  })

  test('no line but an example is wider than 80 columns', async () => {
    const helps = await Promise.all([['help'], ...commands.map(({ name }) => ['help', name])].map((argv) => runCli(argv)))
    const examples = new Set(commands.flatMap((command) => command.examples.map(({ command: line }) => `  ${line}`)))
    const wide = helps.flatMap(({ stdout }) => stdout.split('\n')).filter((line) => line.length > 80 && !examples.has(line))
    expect(wide).toEqual([])
  })

  test('--version is the one of the package', async () => {
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
  })
})

test('the manual is good roff, and has every command and flag', async () => {
  const { stdout } = await runCli(['help', '--format', 'man'])
  const page = tempFile('hermes-modules.1', stdout)
  const {
    status,
    stdout: text,
    stderr
  } = spawnSync('man', ['--warnings=all', '-l', page], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], MANWIDTH: '120', MAN_KEEP_FORMATTING: '', LC_ALL: 'C.UTF-8' }
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  for (const command of commands) {
    for (const { name } of flagsOf(command)) expect(text).toContain(`--${name}`)
    expect(text).toContain(`hermes-modules ${command.name}`)
  }
  expect(text).toContain('hermes-modules resolve ./load.sh -- --zone a')
})

describe('completions', () => {
  const completions = async (shell: string) => (await runCli(['help', '--format', shell])).stdout

  const cases: [string, string[], string[]][] = [
    ['commands', ['re'], ['render', 'resolve']],
    ['flags', ['resolve', '--record-'], ['--record-mode', '--record-name']],
    ['flags of another command', ['check', '--a'], ['--as']],
    ['choices', ['resolve', '--format', ''], ['directives', 'env', 'json', 'text']],
    ['choices of another command', ['check', '--format', 's'], ['sarif']],
    ['commands to explain', ['help', 'ex'], ['explain']]
  ]

  test.each(cases)('in bash: %s', async (_, words, expected) => {
    const file = tempFile('completions.bash', await completions('bash'))
    const line = ['hermes-modules', ...words].map((word) => `'${word}'`).join(' ')
    const program = `. ${file}; COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _hermes_modules; printf '%s\\n' "\${COMPREPLY[@]}"`
    const offered = execFileSync('bash', ['--norc', '-euc', program], { encoding: 'utf8' })
    expect(offered.trim().split('\n').sort()).toEqual(expected)
  })

  test('in bash: --flag=value', async () => {
    const file = tempFile('completions.bash', await completions('bash'))
    const program = `. ${file}; COMP_WORDS=(hermes-modules resolve --format = j); COMP_CWORD=4; _hermes_modules; echo "\${COMPREPLY[@]}"`
    expect(execFileSync('bash', ['--norc', '-euc', program], { encoding: 'utf8' })).toBe('json\n')
  })

  test.each(cases)('in fish: %s', async (_, words, expected) => {
    const file = tempFile('completions.fish', await completions('fish'))
    const home = tempFolder()
    const offered = execFileSync(
      'fish',
      ['--no-config', '-c', `source ${file}; complete -C 'hermes-modules ${words.join(' ')}'`],
      {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], HOME: home }
      }
    )
    const names = offered
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0])
    expect(names.sort()).toEqual(expected)
  })

  test.each(cases)('in zsh: %s', async (_, words, expected) => {
    const file = tempFile('_hermes-modules', await completions('zsh'))
    expect(offeredByZsh(file, ['hermes-modules', ...words])).toEqual(expected)
  })
})

/** What zsh's completion system offers, which draws to a terminal only: its `compadd` is made to write to a file as well. */
function offeredByZsh(file: string, words: readonly string[]): string[] {
  const folder = tempFolder()
  const offered = path.join(folder, 'offered')
  writeFileSync(
    path.join(folder, '.zshrc'),
    `autoload -Uz compinit && compinit -u -d ${folder}/dump
source ${file}
bindkey '^I' complete-word
zstyle ':completion:*' insert-tab false
compadd() {
  # With one of these it only sorts matches for its caller.
  if [[ \${(j: :)@[1,(i)(-|--)]} == *-(O|A|D)* ]]; then builtin compadd "$@"; return; fi
  local -a hits
  builtin compadd -A hits "$@"
  (( $#hits )) && print -rl -- $hits >>${offered}
  builtin compadd "$@"
}
finish() { exit }
comppostfuncs=(finish)
`
  )
  const program = `zmodload zsh/zpty; zpty shell ZDOTDIR=${folder} TERM=dumb zsh -i; zpty -w -n shell "$1"$'\t'; while zpty -r shell line; do :; done; zpty -d shell`
  spawnSync('zsh', ['-f', '-c', program, 'zsh', words.join(' ')], { encoding: 'utf8', timeout: 20_000 })
  return readFileSync(offered, 'utf8').trim().split('\n').sort()
}
