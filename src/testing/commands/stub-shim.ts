import { quoted } from '../shell/quoted.ts'
import type { CommandReply, CommandStub } from './stub.ts'

/** What the shims of one run share. */
export interface ShimPlace {
  /** Where they leave what they were called with. Gone: the run has ended. */
  spool: string
  /** The system's, since the script's may be stubs. */
  sh: string
  cat: string
  sleep: string
  /** The shell that opens no file for a command before it has forked. */
  bash: string
}

/** How many calls can wait for their answers at once; the others wait for one of these to be done. */
export const slots = 32

/** What a call ends with where the kit refuses it, and after the run has ended. */
export const refusedExit = 125

/** Names in the spool, the same for shims and for this process. */
export const requestFifo = 'requests'
export const slotFifo = (slot: number) => `${slot}.slot`
export const slotClaim = (slot: number) => `${slot}.claim`
export const callLog = 'calls'

/**
 * The texts of commands that stand on `PATH`: POSIX shell, builtins and absolute paths alone, because anything else may be
 * a stub itself. A call costs hardly more than `sh -c :` where nobody has to be asked.
 *
 * Arguments are spooled apart from the line in the log, which so is short enough to be written at once.
 */
export function fixedShim(place: ShimPlace, index: number, stub: CommandStub, file: KeepText): string {
  return [...opening(place, String(index)), reading(place, modeOf(stub.stdin)), ...printing(place, stub, file), ''].join('\n')
}

/** One for all tools of the network, told apart by the name that they are called by. */
export function refusingShim(place: ShimPlace): string {
  const tell = [
    'hermes: $n is a tool of the network and was refused. Stub it',
    "(commands: { '$n': { stdout: '' } }) or say that it is not installed (absent: ['$n'])."
  ].join(' ')
  return [...opening(place, '$n', ['n=${0##*/}']), `printf '%s\\n' "${tell}" >&2`, `exit ${refusedExit}`, ''].join('\n')
}

/** A command whose answer this process gives. A function gets the stdin; a list is chosen from before it is read. */
export function askingShim(place: ShimPlace, index: number, kind: 'function' | 'list'): string {
  const ask = [
    ...claiming(place),
    // Opened both ways first, which never blocks; then for reading alone, so that the end of the other side shows.
    `{ command exec 8<>"$d/$i.slot" 9<"$d/$i.slot" 8>&-; } 2>/dev/null || exit ${refusedExit}`,
    `{ printf '%s\\n' "ask $u $i ${index} $# $s" 1<>"$d/${requestFifo}"; } 2>/dev/null || exit ${refusedExit}`,
    `read -r r <&9 || exit ${refusedExit}`,
    `[ -e "$d/$r" ] || exit ${refusedExit}`,
    '. "$d/$r"',
    `{ printf '%s\\n' "done $i $u" 1<>"$d/${requestFifo}"; } 2>/dev/null`
  ]
  const lines = kind === 'function' ? [reading(place, 'auto'), ...ask] : [...ask, reading(place, '$m')]
  return [...opening(place, String(index)), ...lines, ...printingAsked(place), ''].join('\n')
}

/** The assignments of a reply, to be sourced by {@link askingShim}. */
export function replyText({ stdout = '', stderr = '', exitCode = 0 }: CommandReply, mode: ReadMode, file: KeepText): string {
  const out = isInline(stdout) ? `o=${quoted(stdout)} f=` : `o= f=${quoted(file(stdout))}`
  const err = isInline(stderr) ? `e=${quoted(stderr)} g=` : `e= g=${quoted(file(stderr))}`
  return `${out}\n${err}\nc=${exitCode} m=${mode}\n`
}

/** Writes a text into a file of the run, and gives its path. */
export type KeepText = (text: string) => string

/** Whether stdin is read: `auto` where nobody else could want it. */
export type ReadMode = 'auto' | 'read' | 'leave'

export function modeOf(stdin: boolean | undefined): ReadMode {
  return stdin === undefined ? 'auto' : stdin ? 'read' : 'leave'
}

/**
 * Spools the arguments under a name of its own, looks at stdin, and writes the line of the log: stub, spool name, number of
 * arguments, and of stdin `p` for a pipe or file of its own, `s` for one that the parent shares, `-` for neither.
 */
function opening({ sh, spool, bash }: ShimPlace, name: string, before: readonly string[] = []): string[] {
  return [
    `#!${sh}`,
    'set -C',
    ...before,
    `d=${quoted(spool)} u=$$ s=-`,
    `until { printf '%s\\000' "$@" >"$d/$u.args"; } 2>/dev/null; do`,
    `  [ -e "$d/$u.args" ] || exit ${refusedExit}`,
    // A number that was used before in this run; or a full disk, which no other name helps.
    `  case $u in *..........) exit ${refusedExit} ;; esac`,
    '  u=$u.',
    'done',
    ...(process.platform === 'linux'
      ? [
          'if [ -p /proc/$$/fd/0 ] || [ -f /proc/$$/fd/0 ]; then',
          '  if [ /proc/$$/fd/0 -ef /proc/$PPID/fd/0 ]; then s=s; else s=p; fi',
          // dash and busybox open `stub <file` themselves, before the fork: of a file nobody has read from, it is the stub's.
          `  if [ $s = s ] && [ -f /proc/$$/fd/0 ] && ! [ /proc/$PPID/exe -ef ${quoted(bash)} ]; then`,
          '    read -r _ p </proc/$PPID/fdinfo/0 && [ "$p" = 0 ] && s=p',
          '  fi',
          'fi'
        ]
      : ['if [ -p /dev/fd/0 ] || [ -f /dev/fd/0 ]; then s=s; fi']),
    `{ printf '%s\\n' "${name} $u $# $s" >>"$d/${callLog}"; } 2>/dev/null || exit ${refusedExit}`
  ]
}

function reading({ cat }: ShimPlace, mode: ReadMode | '$m'): string {
  const read = `{ ${quoted(cat)} >"$d/$u.stdin"; } 2>/dev/null`
  if (mode === 'leave') return ':'
  if (mode === 'read') return read
  return `case ${mode}$s in autop | read?) ${read} ;; esac`
}

/** The creation of a file is what no two processes can do both. */
function claiming({ sleep }: ShimPlace): string[] {
  return [
    `i=$(($$ % ${slots})) n=0`,
    `until { printf %s $$ >"$d/$i.claim"; } 2>/dev/null; do`,
    `  [ -e "$d/$i.claim" ] || [ -d "$d" ] || exit ${refusedExit}`,
    `  i=$(((i + 1) % ${slots})) n=$((n + 1))`,
    `  [ $n -lt ${slots} ] || { n=0; ${quoted(sleep)} 0.01; }`,
    'done'
  ]
}

function printing({ cat }: ShimPlace, { stdout = '', stderr = '', exitCode = 0 }: CommandReply, file: KeepText): string[] {
  const print = (text: string) => (isInline(text) ? `printf '%s' ${quoted(text)}` : `${quoted(cat)} ${quoted(file(text))}`)
  return [...(stdout === '' ? [] : [print(stdout)]), ...(stderr === '' ? [] : [`${print(stderr)} >&2`]), `exit ${exitCode}`]
}

function printingAsked({ cat }: ShimPlace): string[] {
  return [
    `[ -z "$o" ] || printf '%s' "$o"`,
    `[ -z "$f" ] || ${quoted(cat)} "$f"`,
    `[ -z "$e" ] || printf '%s' "$e" >&2`,
    `[ -z "$g" ] || ${quoted(cat)} "$g" >&2`,
    'exit $c'
  ]
}

/** A shell holds no NUL in a word, and takes long to read a long one. */
function isInline(text: string): boolean {
  return text.length <= 16_384 && !text.includes('\0')
}
