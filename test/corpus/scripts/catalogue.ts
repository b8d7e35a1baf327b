// One row per script: how it is run, what must be reported of it, and what resolveModules() makes of that. Data only.

export type Shell = 'bash' | 'dash' | 'busybox sh' | 'zsh' | 'ksh' | 'mksh'

export interface ScriptCase {
  /** The file's name, without `.sh`. */
  script: string
  shells: readonly Shell[]
  limits?: { timeoutMs?: number; killGraceMs?: number; settleMs?: number; maxOutputBytes?: number }
  args?: readonly string[]
  /** Abort when this line is seen on stderr. */
  abortAt?: string
  /** What a `ScriptResult` must say; a member that is absent here must be absent there. */
  exitCode?: number
  signalCode?: string
  ended?: 'timeout' | 'output-limit' | 'aborted'
  held?: true
  /** The channel's text; `null` where it is not certain. */
  stdout: string | null
  descriptor3?: string | null
  /** All of stderr, or its end; not looked at where it is absent, since shells word their messages differently. */
  stderr?: string
  stderrEnd?: string
  /** The `killed` event's reason: only where something was left to be ended. */
  killed?: 'timeout' | 'output-limit' | 'aborted' | 'failed'
  /** How many of the processes that the script wrote down are still there, as they should be. */
  left?: number
  /** A reason of `Resolution`, or the code of the `HermesError`. */
  outcome: string
}

const posix: readonly Shell[] = ['bash', 'dash', 'busybox sh']
const all: readonly Shell[] = [...posix, 'zsh', 'ksh', 'mksh']
const bash: readonly Shell[] = ['bash']
const logger = 'module=mem-logger\n'
const quick = { timeoutMs: 800, killGraceMs: 600 }
const timedOut = { limits: quick, ended: 'timeout', killed: 'timeout', outcome: 'ERR_HERMES_SCRIPT_TIMEOUT' } as const
const failed = { killed: 'failed', stdout: '', outcome: 'ERR_HERMES_SCRIPT_EXIT' } as const
const overLimit = {
  limits: { maxOutputBytes: 100_000, killGraceMs: 200 },
  ended: 'output-limit',
  killed: 'output-limit',
  stdout: null,
  outcome: 'ERR_HERMES_OUTPUT_LIMIT'
} as const
const answer = { exitCode: 0, stdout: logger, outcome: 'script-ran' } as const
const settle = { settleMs: 150 }

export const scriptCases: readonly ScriptCase[] = [
  // Answers
  { ...answer, script: 'answers', shells: all, stdout: `module=mem-profiler,config=prod-tunings\n# and a second\n${logger}` },
  { ...answer, script: 'answers-then-exits-at-once', shells: posix },
  { ...answer, script: 'exec-replaces-shell', shells: posix },
  { ...answer, script: 'here-document', shells: all },
  { ...answer, script: 'changes-folder', shells: posix },
  { ...answer, script: 'many-small-writes', shells: posix, stdout: `${'# x\n'.repeat(700)}${logger}` },
  { ...answer, script: 'large-answer-then-exit', shells: posix, stdout: `${'# twelve chars\n'.repeat(10_667).slice(0, 160_000)}\n${logger}` },
  { ...answer, script: 'fills-pipe-and-exits', shells: posix, stdout: `${'# filling up ..\n'.repeat(4_000)}${logger}` },
  { ...answer, script: 'reads-stdin', shells: posix },
  { ...answer, script: 'sources-neighbour', shells: all },
  { ...answer, script: 'shows-arguments', shells: posix, args: ['-x', 'two words'], stderr: '2 -x two words\n' },
  { ...answer, script: 'closes-stdout', shells: posix },
  { ...answer, script: 'closes-everything', shells: posix },
  { script: 'says-none', shells: posix, exitCode: 0, stdout: 'none\n', outcome: 'script-empty' },
  { script: 'says-nothing', shells: all, exitCode: 0, stdout: '', outcome: 'script-empty' },
  { script: 'empty-file-of-comments', shells: posix, exitCode: 0, stdout: '', outcome: 'script-empty' },
  { script: 'says-abstain', shells: posix, exitCode: 0, stdout: 'abstain\n', outcome: 'script-abstained' },
  {
    script: 'shows-environment',
    shells: posix,
    exitCode: 0,
    stdout: 'none\n',
    stderr: 'HERMES_PROTOCOL\nHERMES_RUN_ID\nPATH\nPIDS\n',
    outcome: 'script-empty'
  },

  // Output that is no answer
  { script: 'answers-without-newline', shells: posix, exitCode: 0, stdout: 'module=mem-logger', outcome: 'ERR_HERMES_DIRECTIVES_INVALID' },
  { script: 'prints-nul', shells: posix, exitCode: 0, stdout: 'module=mem\0logger\n', outcome: 'ERR_HERMES_DIRECTIVES_INVALID' },
  { script: 'prints-latin1', shells: posix, exitCode: 0, stdout: null, outcome: 'ERR_HERMES_DIRECTIVES_INVALID' },
  { script: 'reports-an-error', shells: posix, exitCode: 0, stdout: 'error=zone is unknown\n', outcome: 'ERR_HERMES_SCRIPT_REPORTED' },

  // Failing by itself
  { script: 'exit-77', shells: all, exitCode: 77, stdout: logger, outcome: 'ERR_HERMES_SCRIPT_EXIT' },
  { script: 'exit-1-with-a-reason', shells: posix, exitCode: 1, stdout: '', stderr: 'no such cluster\n', outcome: 'ERR_HERMES_SCRIPT_EXIT' },
  { script: 'exit-255', shells: posix, exitCode: 255, stdout: '', outcome: 'ERR_HERMES_SCRIPT_EXIT' },
  { script: 'set-e-fails', shells: all, exitCode: 1, stdout: logger, outcome: 'ERR_HERMES_SCRIPT_EXIT' },
  { script: 'unknown-command', shells: all, exitCode: 127, stdout: '', outcome: 'ERR_HERMES_SCRIPT_EXIT' },
  { script: 'syntax-error', shells: posix, exitCode: 2, stdout: logger, outcome: 'ERR_HERMES_SCRIPT_EXIT' },
  { script: 'dies-mid-line', shells: posix, signalCode: 'SIGKILL', stdout: 'module=mem-profiler,config=prod-tun', outcome: 'ERR_HERMES_SCRIPT_SIGNAL' },
  { script: 'valid-prefix-then-kill', shells: all, signalCode: 'SIGKILL', stdout: `${logger}module=mem-profiler,config=prod-tun\n`, outcome: 'ERR_HERMES_SCRIPT_SIGNAL' },
  { script: 'killed-by-signal', shells: posix, signalCode: 'SIGTERM', stdout: logger, outcome: 'ERR_HERMES_SCRIPT_SIGNAL' },
  { script: 'killed-by-segv', shells: posix, signalCode: 'SIGSEGV', stdout: '', outcome: 'ERR_HERMES_SCRIPT_SIGNAL' },
  { script: 'kills-its-group', shells: posix, signalCode: 'SIGKILL', stdout: logger, outcome: 'ERR_HERMES_SCRIPT_SIGNAL' },

  // Failing, with something left behind
  { ...failed, script: 'leaves-group', shells: posix, exitCode: 1 },
  { ...failed, script: 'setsid-escapee', shells: posix, exitCode: 1 },
  { ...failed, script: 'double-fork-daemon', shells: posix, exitCode: 3 },
  { ...failed, script: 'env-i-child', shells: posix, exitCode: 1 },
  { ...failed, script: 'nested-run-escapee', shells: posix, exitCode: 1 },
  { ...failed, script: 'nohup-child-ignores-term', shells: posix, exitCode: 1, limits: { killGraceMs: 200 } },
  { ...failed, script: 'many-escapees', shells: posix, exitCode: 1 },
  { ...failed, script: 'stopped-child', shells: posix, exitCode: 1 },

  // Too long
  { ...timedOut, script: 'sleeps', shells: all, signalCode: 'SIGTERM', stdout: 'module=mem-tracer\n' },
  { ...timedOut, script: 'loops-forever', shells: posix, signalCode: 'SIGTERM', stdout: '' },
  { ...timedOut, script: 'ignores-term', shells: posix, signalCode: 'SIGKILL', stdout: '' },
  { ...timedOut, script: 'term-then-exit-0', shells: posix, exitCode: 0, stdout: logger },
  { ...timedOut, script: 'term-then-answers', shells: posix, exitCode: 0, stdout: logger },
  { ...timedOut, script: 'respawns-on-term', shells: posix, exitCode: 0, stdout: '' },
  { ...timedOut, script: 'stopped-itself', shells: posix, signalCode: 'SIGTERM', stdout: logger },
  { ...timedOut, script: 'leaves-a-zombie', shells: posix, signalCode: 'SIGTERM', stdout: '' },
  { ...timedOut, script: 'many-children', shells: posix, signalCode: 'SIGTERM', stdout: '' },

  // Aborted
  {
    script: 'sleeps',
    shells: posix,
    abortAt: 'ready',
    ended: 'aborted',
    killed: 'aborted',
    signalCode: 'SIGTERM',
    stdout: 'module=mem-tracer\n',
    outcome: 'ERR_HERMES_ABORTED'
  },
  {
    script: 'ignores-term',
    shells: posix,
    abortAt: 'ready',
    limits: { killGraceMs: 200 },
    ended: 'aborted',
    killed: 'aborted',
    signalCode: 'SIGKILL',
    stdout: '',
    outcome: 'ERR_HERMES_ABORTED'
  },
  {
    script: 'term-then-exit-0',
    shells: posix,
    abortAt: 'ready',
    ended: 'aborted',
    killed: 'aborted',
    exitCode: 0,
    stdout: logger,
    outcome: 'ERR_HERMES_ABORTED'
  },

  // Held
  { ...answer, script: 'holds-pipe', shells: all, limits: settle, held: true, left: 1 },
  { script: 'holds-pipe-silently', shells: posix, limits: settle, exitCode: 0, stdout: '', held: true, left: 1, outcome: 'ERR_HERMES_DIRECTIVES_INVALID' },
  { ...answer, script: 'holds-pipe-briefly', shells: posix, limits: { settleMs: 20_000 }, stdout: `${logger}module=mem-tracer\n` },
  { ...answer, script: 'last-word-after-exit', shells: posix, limits: { settleMs: 20_000 }, stdout: 'module=mem-tracer\n' },
  { ...answer, script: 'dribbles-after-exit', shells: posix, limits: settle, stdout: null, held: true },
  {
    script: 'floods-after-exit',
    shells: posix,
    limits: { maxOutputBytes: 100_000, settleMs: 20_000 },
    exitCode: 0,
    ended: 'output-limit',
    stdout: null,
    held: true,
    outcome: 'ERR_HERMES_OUTPUT_LIMIT'
  },
  { ...answer, script: 'floods-stderr-after-exit', shells: posix },
  { ...answer, script: 'daemon-closes-all', shells: posix, left: 1 },
  { ...answer, script: 'daemon-holds-3', shells: posix, left: 1 },
  { ...answer, script: 'daemon-holds-stderr', shells: posix, left: 1 },
  { ...answer, script: 'daemon-writes-3-later', shells: posix },
  { ...answer, script: 'setsid-escapee-answers', shells: posix, left: 1 },
  { ...answer, script: 'answers-on-3', shells: posix, stdout: 'starting up\nmodule=not-this-one\n', descriptor3: logger },
  { ...answer, script: 'answers-on-3-held', shells: posix, limits: settle, stdout: '', descriptor3: logger, held: true, left: 1 },
  { ...answer, script: 'answers-on-3-log-held', shells: posix, stdout: '', descriptor3: logger, left: 1 },
  { ...answer, script: 'tee-process-substitution', shells: bash, limits: { settleMs: 20_000 }, stdout: `${logger}module=mem-tracer\n` },
  { ...answer, script: 'pipes-through-slow-filter', shells: bash, limits: { settleMs: 20_000 } },

  // Real pipes
  { ...answer, script: 'writes-dev-stdout', shells: all },
  { ...answer, script: 'writes-dev-stderr', shells: all, stderr: 'note\n' },
  { ...answer, script: 'writes-dev-fd-3', shells: posix, stdout: '', descriptor3: logger },
  { ...answer, script: 'helper-writes-dev-stderr', shells: posix, stderr: 'logger\n' },

  // Too much
  { ...overLimit, script: 'floods-stdout', shells: posix, signalCode: 'SIGTERM' },
  { ...overLimit, script: 'floods-stdout-ignoring-term', shells: posix, signalCode: 'SIGKILL' },
  { ...overLimit, script: 'floods-descriptor-3', shells: posix, signalCode: 'SIGTERM', descriptor3: null },
  { ...overLimit, script: 'floods-log-beside-3', shells: posix, signalCode: 'SIGTERM', descriptor3: logger },
  { ...answer, script: 'at-the-limit', shells: posix, limits: { maxOutputBytes: 18 } },
  { ...answer, script: 'at-the-limit-on-both', shells: posix, limits: { maxOutputBytes: 18 }, stdout: 'module=mem-tracer\n', descriptor3: logger },

  // stderr
  { ...answer, script: 'floods-stderr', shells: posix, stderrEnd: 'progress\nthe end\n' },
  { ...answer, script: 'endless-stderr-line', shells: posix, stderrEnd: 'x'.repeat(65_536) },
  { ...answer, script: 'splits-utf8', shells: posix, stdout: `# café\n${logger}`, stderr: 'café\n' },
  { ...answer, script: 'stderr-line-not-ended', shells: posix, stderr: 'first\r\nlast words' },
  { ...answer, script: 'stderr-ends-in-half-a-character', shells: posix, stderr: 'caf\ufffd' }
]
