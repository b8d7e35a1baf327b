import { type Flag, helpFlag } from './flags.ts'

/** Flags that may stand without a command. */
export const programFlags: readonly Flag[] = [helpFlag, { name: 'version', summary: 'Print the version.' }]

/** What an exit code says; the same for every command. */
export const exitCodes = [
  { code: 0, meaning: 'done' },
  { code: 1, meaning: 'refused or failed; the error and its code are on stderr' },
  { code: 2, meaning: 'wrong usage' },
  { code: 130, meaning: 'interrupted; nothing is left running' }
] as const

/** Environment variables that the command reads. */
export const variables = [
  { name: 'HERMES_SCRIPT', summary: 'The loader script; set to nothing: run none.' },
  { name: 'HERMES_STATIC_CONFIG', summary: 'The static configuration; set to nothing: no file.' },
  { name: 'HERMES_MODULES', summary: 'Directives, separated by ";", in place of the modules of the static configuration.' },
  { name: 'HERMES_RECORD', summary: 'The folder of the record.' },
  { name: 'HERMES_RECORD_MODE', summary: 'reuse, begin or verify.' },
  { name: 'HERMES_STEP', summary: 'What this init step is called.' },
  { name: 'NO_COLOR', summary: 'Set to anything: no colour.' },
  { name: 'NODE_DEBUG', summary: 'Set to hermes: the story of a resolution on stderr.' }
] as const
