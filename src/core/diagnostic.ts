/** How much a diagnostic matters: an `error` takes the result away, a `warning` is probably a mistake, a `note` is for information. */
export type Severity = 'error' | 'warning' | 'note'

/** One problem, with its place. Lines and columns start at 1; a column counts UTF-16 code units; a byte order mark does not count. */
export interface Diagnostic {
  /** What it is. Any text, so that embedders can have codes of their own. */
  code: DiagnosticCode | (string & {})
  /** How much it matters. */
  severity: Severity
  /** What is wrong, for people: the wording may change in any version. */
  message: string
  /** The remedy, such as: did you mean "config"? */
  hint?: string | undefined
  /** A file, `output of PATH`, `HERMES_MODULES` … */
  source?: string | undefined
  /** From 1. Of a script, a line of its output. */
  line?: number | undefined
  /** From 1, in UTF-16 code units. */
  column?: number | undefined
  /** How many UTF-16 code units of the line are concerned. */
  length?: number | undefined
  /** The offending line, its control characters replaced one for one so that columns stay true. */
  text?: string | undefined
  /** A JSON pointer (RFC 6901), where the subject is a document and not a text. */
  path?: string | undefined
}

/** The codes of this package's own diagnostics; the list is open, and `docs/diagnostics.md` has a heading for each. */
export type DiagnosticCode = keyof typeof diagnosticCodes

/** Every code, with the severities it can have and what it means in a sentence. */
export const diagnosticCodes = {
  syntax: { severities: ['error'], meaning: 'The line is not written as protocol 1 asks.' },
  'unknown-key': { severities: ['error'], meaning: 'A key that nobody declared.' },
  'missing-module': { severities: ['error'], meaning: 'A directive or entry without its module.' },
  'repeated-key': { severities: ['error'], meaning: 'A key that stands twice in one directive.' },
  'invalid-name': { severities: ['error'], meaning: 'A module or config name that is not well-formed.' },
  'conflicting-directive': { severities: ['error'], meaning: 'Two statements that cannot both hold.' },
  'duplicate-directive': { severities: ['warning'], meaning: 'The same directive twice; it stands once.' },
  'missing-final-newline': { severities: ['error'], meaning: 'The last line does not end: it may be half a line.' },
  'invalid-encoding': { severities: ['error'], meaning: 'Text that is not valid UTF-8.' },
  'unsupported-protocol': { severities: ['error'], meaning: 'A version of the syntax that this library does not know.' },
  'carriage-return': { severities: ['note'], meaning: 'Lines that end in CR LF; the CR is dropped.' },
  'script-message': { severities: ['error', 'warning', 'note'], meaning: 'What the script itself tells its operator.' },
  'empty-output': { severities: ['warning', 'error'], meaning: 'A script that said nothing at all.' },
  'empty-script': { severities: ['warning', 'error'], meaning: 'A script file of no bytes.' },
  'output-held': { severities: ['warning', 'error'], meaning: 'A background process kept the channel of the answer open.' },
  'stdout-ignored': { severities: ['warning'], meaning: 'A directive on stdout while descriptor 3 gave the answer.' },
  'unknown-module': { severities: ['error'], meaning: 'A module that the catalog does not have.' },
  'undefined-config': { severities: ['error'], meaning: 'A config name that nobody defines.' },
  'invalid-settings': { severities: ['error'], meaning: "Settings that the module's schema refuses." },
  'invalid-config': {
    severities: ['error'],
    meaning: 'A static configuration, manifest or file of tests that is not well-formed.'
  },
  'second-config-file': { severities: ['note'], meaning: 'A static configuration at a default path that is not looked at.' },
  'script-absent': { severities: ['note'], meaning: 'No script at the path that was named.' },
  'script-failed': { severities: ['warning'], meaning: 'The script failed and the fallback was used.' },
  'script-environment': { severities: ['warning'], meaning: 'Something that the script needed is not there where it ran.' },
  'inputs-changed': { severities: ['warning'], meaning: 'What a recorded answer depends on has changed since.' },
  'record-replaced': {
    severities: ['note'],
    meaning: 'A step began a new sequence, with another answer than the record of before.'
  },
  'record-unusable': { severities: ['warning'], meaning: 'A record that can not be used; later steps may differ.' },
  'record-skipped': { severities: ['warning'], meaning: 'Something at the name of a record that is damaged or no record.' },
  'stop-failed': { severities: ['error'], meaning: 'A module that could not be stopped.' },
  'unreadable-file': { severities: ['error'], meaning: 'A file that was to be checked and can not be read.' },
  'unknown-file-kind': { severities: ['error', 'note'], meaning: 'A text that does not tell what it is.' },
  'shell-syntax': { severities: ['error', 'warning'], meaning: "What a script's own shell says about its syntax." },
  'syntax-unchecked': { severities: ['warning', 'note'], meaning: 'A script whose syntax could not be checked.' },
  'interpreter-arguments': {
    severities: ['error', 'warning'],
    meaning: 'Words behind the name of a shell that it does not take.'
  },
  'misplaced-interpreter-line': { severities: ['warning'], meaning: 'A #! that does not count, since it is not at the start.' },
  'secret-in-config': { severities: ['warning'], meaning: 'A setting whose name says that its value is a secret.' },
  'alias-written-out': { severities: ['note'], meaning: 'A YAML alias that is no longer the same as its anchor.' },
  'document-rewritten': { severities: ['note'], meaning: 'A YAML document that could not be edited in place.' },
  'missing-resources': { severities: ['warning'], meaning: 'A sidecar container with neither requests nor limits.' },
  'invalid-workload': { severities: ['error'], meaning: 'A workload that has no Pod template, or one of a wrong shape.' },
  'foreign-annotation': { severities: ['error'], meaning: 'An annotation of our name that this version did not write.' },
  'windows-pod': { severities: ['error'], meaning: 'A Pod that runs on Windows.' },
  'unknown-container': {
    severities: ['error', 'note'],
    meaning: 'A container that an option or annotation names and the Pod has not.'
  },
  'missing-template': { severities: ['error'], meaning: 'A module without a template of its sidecar.' },
  'invalid-template': { severities: ['error'], meaning: 'A template that fails, or gives what can be no sidecar.' },
  'invalid-resolution': {
    severities: ['error'],
    meaning: 'A module that stands twice, or that its container can not be told of.'
  },
  'injection-conflict': {
    severities: ['error'],
    meaning: 'Something of the Pod and something of a template that can not both be.'
  },
  'pod-resources': { severities: ['error', 'warning'], meaning: "Requests or limits of containers above the Pod's own." },
  'image-pull-secrets': { severities: ['warning'], meaning: 'The first pull secrets of a Pod template.' },
  'shared-processes': { severities: ['warning', 'note'], meaning: 'Containers that see the processes of each other.' },
  'hidden-variable': { severities: ['warning'], meaning: 'A variable that would hide one of `envFrom`.' },
  'kept-addition': { severities: ['warning'], meaning: 'Something that was ours and stays, because others use it.' },
  'mirror-pod': { severities: ['note'], meaning: 'A mirror Pod, which is left alone.' },
  'stub-left-shared-stdin': { severities: ['note'], meaning: 'A command stub that left a shared stdin unread.' }
} as const satisfies Readonly<Record<string, { severities: readonly Severity[]; meaning: string }>>

/** The one rule of `ok`: no diagnostic is an error. */
export function isOk(diagnostics: readonly Diagnostic[]): boolean {
  return !diagnostics.some((diagnostic) => diagnostic.severity === 'error')
}

/** In the order of the text. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
}

/** What is wrong, without its place. */
export interface Problem {
  code: DiagnosticCode
  /** @default 'error' */
  severity?: Severity
  message: string
  hint?: string | undefined
}

/** Where a diagnostic points to. */
export type Place = Pick<Diagnostic, 'source' | 'line' | 'column' | 'length' | 'text' | 'path'>

/** The diagnostic of a problem at a place. */
export function diagnosticOf({ code, severity = 'error', message, hint }: Problem, place: Place): Diagnostic {
  return { code, severity, message, ...(hint !== undefined && { hint }), ...place }
}
