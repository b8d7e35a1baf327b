/** An option of a command, as help, completions, the manual and the parser see it. */
export interface Flag {
  /** In kebab-case, without its dashes. */
  name: string
  /** One letter, without its dash. */
  short?: string
  /** What help calls its value, such as FILE; a flag without one takes none. */
  value?: string
  /** The only values that it takes. */
  choices?: readonly string[]
  /** What its value must be, where that is no list of choices. */
  takes?: { what: string; accepts: (value: string) => boolean }
  /** It may be given several times. */
  repeats?: boolean
  summary: string
  /** What holds without it. */
  default?: string
  /** What a shell completes its value with. */
  completes?: 'file' | 'folder'
}

/** Flags under one heading of a command's help. */
export interface FlagGroup {
  title: string
  flags: readonly Flag[]
}

const integer = {
  what: 'an integer from 1 to 2147483647',
  accepts: (value: string) => /^[1-9]\d{0,9}$/.test(value) && Number(value) <= 2_147_483_647
}
/** What most values must be. */
export const text = { what: 'a text that is not empty', accepts: (value: string) => value !== '' }
export const percent = {
  what: 'a number from 0 to 100',
  accepts: (value: string) => /^\d{1,3}(?:\.\d{1,2})?$/.test(value) && Number(value) <= 100
}
const anyText = { what: 'a text', accepts: () => true }
const key = {
  what: 'a key (a letter, then letters, digits, "-", "_"; at most 64; none of module, config, protocol, note, warning, error)',
  accepts: (value: string) => /^(?!(?:module|config|protocol|note|warning|error)$)[a-z][\w-]{0,63}$/i.test(value)
}
const digest = { what: '64 hexadecimal digits', accepts: (value: string) => /^[0-9a-f]{64}$/i.test(value) }

/** How a resolution is made: the options of `resolveModules()`, flat. */
export const resolveFlags: readonly FlagGroup[] = [
  {
    title: 'Loader script',
    flags: [
      {
        name: 'script',
        value: 'PATH',
        takes: text,
        summary: 'The loader script. The same as an argument without a flag.',
        default: '$HERMES_SCRIPT, else /etc/hermes/load-sidecars.sh',
        completes: 'file'
      },
      { name: 'no-script', summary: 'Run no script: the static configuration decides.' },
      {
        name: 'args',
        value: 'ARG',
        takes: anyText,
        repeats: true,
        summary: 'An argument of the script. What follows -- is given to the script too.'
      },
      {
        name: 'interpreter',
        value: 'COMMAND',
        takes: text,
        summary: "What runs the script, such as 'bash -eu'.",
        default: "the script's #! line, else /bin/sh"
      },
      { name: 'sha256', value: 'DIGEST', takes: digest, summary: 'Run exactly the bytes with this digest, or fail.' },
      {
        name: 'trust',
        value: 'LEVEL',
        choices: ['off', 'file', 'path'],
        summary: 'Refuse a script that anybody can write: by its own mode, or by that of its folders too.',
        default: 'file'
      },
      {
        name: 'on-failure',
        value: 'WHAT',
        choices: ['fail', 'static', 'last-good'],
        summary: 'When the script fails: fail, take the static configuration, or the answer of the record.',
        default: 'fail'
      },
      {
        name: 'on-absent',
        value: 'WHAT',
        choices: ['static', 'fail'],
        summary: 'When there is no script: take the static configuration, or fail.',
        default: 'static'
      },
      {
        name: 'on-empty',
        value: 'WHAT',
        choices: ['warn', 'fail'],
        summary: 'When the script says nothing at all: warn, or fail.',
        default: 'warn'
      }
    ]
  },
  {
    title: 'Limits of the script',
    flags: [
      { name: 'timeout-ms', value: 'MS', takes: integer, summary: 'Milliseconds until it is ended.', default: '30000' },
      { name: 'kill-grace-ms', value: 'MS', takes: integer, summary: 'Milliseconds from SIGTERM to SIGKILL.', default: '2000' },
      {
        name: 'settle-ms',
        value: 'MS',
        takes: integer,
        summary: 'Milliseconds that its output is waited for when something still holds it.',
        default: '500'
      },
      {
        name: 'max-output-bytes',
        value: 'BYTES',
        takes: integer,
        summary: 'Bytes that it may print on one channel.',
        default: '1048576'
      },
      {
        name: 'max-directives',
        value: 'COUNT',
        takes: integer,
        summary: 'Directives and messages that it may print.',
        default: '1000'
      }
    ]
  },
  {
    title: 'Static configuration',
    flags: [
      {
        name: 'static-config',
        value: 'FILE',
        takes: text,
        summary: 'The YAML or JSON file that decides where no script does.',
        default: '$HERMES_STATIC_CONFIG, else /etc/hermes/modules.yaml, .yml, .json',
        completes: 'file'
      },
      { name: 'no-static-config', summary: 'No static configuration, and no $HERMES_MODULES either.' },
      { name: 'keys', value: 'KEY', takes: key, repeats: true, summary: 'A key of directives beside module and config.' }
    ]
  },
  {
    title: 'Record',
    flags: [
      {
        name: 'record',
        value: 'FOLDER',
        takes: text,
        summary: 'Where the steps of an init sequence keep their one answer.',
        default: '$HERMES_RECORD, else none',
        completes: 'folder'
      },
      { name: 'no-record', summary: 'No record, whatever $HERMES_RECORD says.' },
      { name: 'record-name', value: 'NAME', takes: text, summary: 'Whose answer.', default: "the script's absolute path" },
      {
        name: 'record-mode',
        value: 'MODE',
        choices: ['reuse', 'begin', 'verify'],
        summary: 'Take the answer that is there, start a new sequence, or fail where the answer would be another one.',
        default: '$HERMES_RECORD_MODE, else reuse'
      },
      {
        name: 'inputs',
        value: 'VARIABLE',
        takes: text,
        repeats: true,
        summary: 'An environment variable that the answer depends on.'
      },
      {
        name: 'on-inputs-changed',
        value: 'WHAT',
        choices: ['keep', 'fail'],
        summary: 'When what the recorded answer depends on has changed: keep it with a warning, or fail.',
        default: 'keep'
      },
      {
        name: 'on-unusable',
        value: 'WHAT',
        choices: ['fail', 'warn'],
        summary: "When the record can't be used: fail, or decide for this step alone.",
        default: 'fail'
      },
      { name: 'step', value: 'NAME', takes: text, summary: 'What this init step is called.', default: '$HERMES_STEP' }
    ]
  }
]

/** How results are printed. */
export function formatFlag(summary: string, ...choices: [string, ...string[]]): Flag {
  return { name: 'format', value: 'FORMAT', choices, summary, default: choices[0] }
}

/** Every command has it. */
export const helpFlag: Flag = { name: 'help', short: 'h', summary: 'Show this help.' }
