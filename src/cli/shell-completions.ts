import { type Command, commands, flagsOf } from './command-table.ts'
import type { Flag } from './flags.ts'
import { programFlags } from './program-table.ts'
import { shellWord } from './shell-word.ts'

/** Completions for bash 4 and later; they need no package of completions. */
export function bashCompletions(): string {
  return `# Completions of hermes-modules for bash: source <(hermes-modules help --format bash)
_hermes_modules() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words=
  # bash takes --flag=value for three words.
  [ "$word" = = ] && word=
  [ "$before" = = ] && before=\${COMP_WORDS[COMP_CWORD - 2]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${[...names(commands), ...programFlags.map(({ name }) => `--${name}`)].join(' ')}'
  else
    case \${COMP_WORDS[1]} in
${commands.map(bashCommand).join('\n')}
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _hermes_modules hermes-modules
`
}

function bashCommand(command: Command): string {
  const flags = flagsOf(command)
  const valued = flags.filter(({ value }) => value !== undefined)
  return `    ${command.name})
      case $before in
${valued.map((flag) => `      --${flag.name}) ${bashValues(flag)} ;;`).join('\n')}
      *)
        ${bashOperands(command)}
        words='${[...flags.map(({ name }) => `--${name}`), ...operandChoices(command)].join(' ')}'
        ;;
      esac
      ;;`
}

function bashValues({ choices, completes }: Flag): string {
  if (choices) return `words='${choices.join(' ')}'`
  return completes ? `compopt -o ${completes === 'file' ? 'default' : 'dirnames'} 2>/dev/null` : ':'
}

function bashOperands(command: Command): string {
  return takesFiles(command) ? '[[ $word == -* ]] || compopt -o default 2>/dev/null' : ':'
}

/** Completions for zsh: a file \`_hermes-modules\` in a folder of \`$fpath\`, or to be sourced. */
export function zshCompletions(): string {
  return `#compdef hermes-modules
_hermes-modules() {
  if (( CURRENT == 2 )); then
    local -a commands
    commands=(${commands.map(({ name, summary }) => shellWord(`${name}:${summary.replaceAll(':', '\\:')}`)).join(' ')})
    _describe command commands
    _arguments ${programFlags.map(zshFlag).join(' ')}
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(zshCommand).join('\n')}
  esac
}
if [[ $funcstack[1] == _hermes-modules ]]; then
  _hermes-modules "$@"
else
  compdef _hermes-modules hermes-modules
fi
`
}

function zshCommand(command: Command): string {
  const { name, operand } = command
  const action = takesFiles(command) ? '_files' : `(${operandChoices(command).join(' ')})`
  const operands = operand ? [shellWord(`${operand.repeats ? '*' : '1'}:${operand.name}:${action}`)] : []
  return `  ${name})
    _arguments ${[...flagsOf(command).map(zshFlag), ...operands].join(' \\\n      ')}
    ;;`
}

function zshFlag({ name, value, summary, repeats, choices, completes }: Flag): string {
  const what = `[${summary.replace(/[[\]\\:]/g, '\\$&')}]`
  if (value === undefined) return shellWord(`--${name}${what}`)
  const action = choices ? `(${choices.join(' ')})` : completes === 'file' ? '_files' : completes === 'folder' ? '_files -/' : ''
  return shellWord(`${repeats ? '*' : ''}--${name}=${what}:${value}:${action}`)
}

/** Completions for fish. */
export function fishCompletions(): string {
  const lines = [
    '# Completions of hermes-modules for fish.',
    'complete -c hermes-modules -f',
    ...commands.map(
      ({ name, summary }) => `complete -c hermes-modules -n __fish_use_subcommand -a ${name} -d ${fishQuoted(summary)}`
    ),
    ...programFlags.map((flag) => fishFlag(flag, '__fish_use_subcommand')),
    ...commands.flatMap(fishCommand)
  ]
  return `${lines.join('\n')}\n`
}

function fishCommand(command: Command): string[] {
  const seen = `'__fish_seen_subcommand_from ${command.name}'`
  const choices = operandChoices(command)
  return [
    ...(takesFiles(command) ? [`complete -c hermes-modules -n ${seen} -F`] : []),
    ...(choices.length > 0 ? [`complete -c hermes-modules -n ${seen} -a '${choices.join(' ')}'`] : []),
    ...flagsOf(command).map((flag) => fishFlag(flag, seen))
  ]
}

function fishFlag({ name, value, summary, choices, completes }: Flag, condition: string): string {
  const values = choices
    ? ` -x -a '${choices.join(' ')}'`
    : completes === 'file'
      ? ' -r -F'
      : completes === 'folder'
        ? " -x -a '(__fish_complete_directories)'"
        : ' -x'
  return `complete -c hermes-modules -n ${condition} -l ${name}${value === undefined ? '' : values} -d ${fishQuoted(summary)}`
}

function takesFiles({ operand }: Command): boolean {
  return operand !== undefined && operand.choices === undefined
}

function operandChoices({ operand }: Command): readonly string[] {
  return operand?.choices ?? []
}

function names(all: readonly Command[]): string[] {
  return all.map(({ name }) => name)
}

function fishQuoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}
