import { quoted } from '../shell/quoted.ts'

/** What a prelude is made for. */
export interface PreludeOptions {
  /** Marks what is the trace's; letters and digits. */
  nonce: string
  /** A file that takes every record. */
  hits: string
  /** A file that exists from when descriptor 3 was first written to. */
  used: string
  /** A file that makes tracing stop once it exists. */
  stop: string
}

/** How a record begins and ends, and what is between its fields and the command. */
export const marks = { start: '\x01', fields: '\x1f', end: '\x02' } as const

const trapWord = '@(|builtin |command )trap'
const trapBody = String.raw`@(\'*([^\'])\'|\"*([^\"\\]|\\?)\"|+([^\ \'\"\$\`\\]))`
const expansion = String.raw`[\$\`]`

/**
 * What a command is that changes what tracing rests on, so that tracing ends before it: a trap of DEBUG or RETURN, which
 * `set -T` would make functions inherit, or one whose signal is not written out; options of the shell; a limit of file sizes;
 * aliases, since a command is then not what is written; an `unset` that may be of a function of the trace, or of LINENO.
 */
const stops = [
  String.raw`$BASH_COMMAND == ${trapWord}?(\ *) && ( $BASH_COMMAND != ${trapWord}\ ?(--\ )${trapBody}\ +([A-Za-z0-9\ ]) || ` +
    String.raw`${'$'}{BASH_COMMAND##*[\'\"]} == *@([dD][eE][bB][uU][gG]|[rR][eE][tT][uU][rR][nN])* )`,
  '$BASH_COMMAND == *@(functrace|extdebug|BASH_XTRACEFD|POSIXLY_CORRECT)*',
  `$BASH_COMMAND == *shopt*${expansion}*`,
  String.raw`$BASH_COMMAND == *shopt\ -*([a-z])s*([a-z])\ *expand_aliases*`,
  String.raw`$BASH_COMMAND == @(|builtin |command )unset\ * && ( $BASH_COMMAND == *@(__hermes|LINENO)* || ` +
    String.raw`( $BASH_COMMAND != *unset\ -v\ * && $BASH_COMMAND == *[\ \'\"]${expansion}* ) )`,
  String.raw`$BASH_COMMAND == ulimit\ *@(f|[0-9])*`,
  String.raw`$BASH_COMMAND == set\ * && $BASH_COMMAND != set\ --* && ` +
    String.raw`${'$'}{BASH_COMMAND%% -- *} == *@(\ [-+]*([A-Za-z])[Tv]*|verbose|posix|${expansion})*`
]
  .map((condition) => `( ${condition} )`)
  .join(' || ')

/** Descriptors through which a script may reach the answer beside its stdout. */
const others = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]

/** Where the trap's text finds what it tells; `last` keeps `$_` where the text stands in the trap itself. */
interface Known {
  line: string
  depth: string
  source: string
  job: string
  last: string
}

const inFunction: Known = { line: '$1', depth: '$2', source: '$3', job: '$4', last: '' }
// Before bash 4.3 a function in the trap changes LINENO in ERR traps, and `$!` ends a shell that has no job under `set -u`.
const inTrap: Known = { line: '$LINENO', depth: '${#BASH_SOURCE[@]}', source: '${BASH_SOURCE[0]-}', job: '?', last: ' "$_"' }

/** One line: others would count in LINENO. A and B stand for the pipes of stdout and of descriptor 3. */
function trapText({ nonce, hits, used, stop }: PreludeOptions, { line, depth, source, job, last }: Known): string {
  const keep = last === '' ? '' : '%.0s'
  const record = (kind: string, to: string, end = '') =>
    String.raw`builtin printf '\001${nonce};${kind};%s;%s;%s;%s;%s;%.500s\037%.300s\002${end}${keep}' "$BASHPID" "$BASH_SUBSHELL" ` +
    `"${job}" "${line}" "${depth}" "${source}" "\${BASH_COMMAND//[$'\\n\\002']/ }"${last}${to}`
  const touch = `builtin printf '${keep}'${last} >>${used}`
  const ending = (kind: string) => `${record(kind, ` >>${hits}`, '\\n')}; builtin trap - DEBUG; set +T`
  const toStdout = others.map((fd) => `elif [[ /dev/fd/${fd} -ef @A@ ]]; then ${record('i', ` >&${fd}`)}`)
  // A record is itself a byte on descriptor 3, which makes it the answer's: none before a command that says that it writes there.
  const mentioned = others.map((fd) => `( $BASH_COMMAND == *[12]'>&${fd}'* && /dev/fd/${fd} -ef @B@ )`).join(' || ')
  const toThird = others.map((fd) => `${fd === 3 ? 'if' : 'elif'} [[ /dev/fd/${fd} -ef @B@ ]]; then ${record('i', ` >&${fd}`)}`)
  return [
    `if [[ -e ${stop} ]]; then ${ending('x')}`,
    `elif [[ ${stops} ]]; then ${ending('s')}`,
    `else ${record('h', ` >>${hits}`, '\\n')}`,
    'fi',
    `if [[ /dev/fd/1 -ef @A@ ]]; then ${record('d', '')}`,
    ...toStdout,
    'fi',
    `if [[ /dev/fd/1 -ef @B@ ]]; then ${touch}; ${record('d', '')}`,
    `elif [[ -e ${used} || ( $BASH_COMMAND == *[12]'>&'[0-9]* && ( ${mentioned} ) ) ]]; then ${touch}`,
    ...toThird,
    'fi; fi'
  ].join('; ')
}

/**
 * The file that `BASH_ENV` names. It takes itself out of the environment, looks for the reading ends of the script's pipes in
 * the parent, and sets a DEBUG trap that writes a record before each command, into the answer and into a file. It holds no
 * descriptor, sets no variable, and keeps `$_`.
 */
export function preludeText(options: PreludeOptions): string {
  const name = `__hermes_${options.nonce}`
  const { hits, nonce } = options
  return `{ ${name}_start() {
builtin unset BASH_ENV
builtin local parent=/proc/$PPID end field value a= b= text
for end in "$parent"/fd/*; do
  if [[ $end -ef /dev/fd/1 || $end -ef /dev/fd/3 ]]; then
    while builtin read -r field value; do
      if [[ $field == flags: && $value == *0 ]]; then
        if [[ $end -ef /dev/fd/1 ]]; then a=$end; else b=$end; fi
      fi
    done <"$parent/fdinfo/\${end##*/}"
  fi
done
if [[ -z $a && $parent/fd/1 -ef /dev/fd/1 ]]; then a=$parent/fd/1; b=$parent/fd/3; fi
if [[ -z $a ]]; then builtin printf '\\001${nonce};n;0;0;;0;0;\\037\\002\\n' >>${hits}; builtin return 0; fi
if (( BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 403 )); then
  text=${quoted(trapText(options, inTrap))}
else
  text=${quoted(trapText(options, inFunction))}
fi
text=\${text//@A@/$a}
text=\${text//@B@/\${b:-/}}
set -T
if (( BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 403 )); then
  builtin trap "{ $text; } 2>/dev/null" DEBUG
else
  builtin eval "${name}() { $text; }"
  builtin trap '{ ${name} "$LINENO" "\${#BASH_SOURCE[@]}" "\${BASH_SOURCE[0]-}" "\${!-}" "$_"; } 2>/dev/null' DEBUG
fi
}
${name}_start "$_"
} 2>/dev/null
`
}
