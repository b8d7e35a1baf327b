import type { Diagnostic } from '../index.ts'
import type { CheckOptions } from './check/check-options.ts'
import type { CheckedFile } from './check/checked-file.ts'
import { type Checked, checkConfig, checkDirectives } from './check/config.ts'
import { checkConfigMaps } from './check/config-map.ts'
import { type FileKind, type Told, tellKind } from './check/kind.ts'
import { wholeFile } from './check/passage.ts'
import { type Input, readInputs } from './check/read-input.ts'
import { report } from './check/report.ts'
import { type ScratchFolder, withScratchFolder } from './check/scratch-file.ts'
import { checkScript } from './check/script.ts'
import { findSecrets, mask, redact } from './check/secrets.ts'
import { diagnosticAt, linesOf, type SourceFile, sourceFile } from './check/source.ts'
import { templateAt } from './check/template.ts'
import type { CommandIo } from './io.ts'

/**
 * Checks files and reports what is wrong with them; runs no script.
 *
 * @returns the exit code: 0 where there is no error, else 1
 * @throws the signal's reason where it is aborted; HermesError OPTIONS_INVALID for an interpreter that is no command line
 */
export async function checkFiles(options: CheckOptions, io: CommandIo): Promise<number> {
  const files = await withScratchFolder(async (scratch) => {
    const checked: CheckedFile[] = []
    for await (const input of readInputs(options.files, io)) {
      io.signal.throwIfAborted()
      checked.push(await checkFile(input, options, scratch, io))
    }
    return checked
  })
  report(files, options.format, io)
  return files.some(({ diagnostics }) => diagnostics.some(({ severity }) => severity === 'error')) ? 1 : 0
}

async function checkFile(input: Input, options: CheckOptions, scratch: ScratchFolder, io: CommandIo): Promise<CheckedFile> {
  const { source } = input
  if ('why' in input) {
    const message = `this can't be read: ${input.why}`
    const finding = { code: 'unreadable-file', severity: 'error', message, hint: input.hint } as const
    return { file: source, kind: undefined, diagnostics: [diagnosticAt({ source, lines: [] }, finding)] }
  }
  const file = sourceFile(source, input.bytes, input.file)
  const told = options.as === undefined ? await tellKind(file.text, source) : { kind: options.as }
  if (!('kind' in told)) {
    const { hidden, written } = findSecrets(source, file.text)
    const found = untold(file, told)
    return { file: source, kind: undefined, diagnostics: redact([found], linesOf(mask(file.text, hidden)), written) }
  }
  const { diagnostics, hidden, written } = await checkAs(told.kind, file, options, scratch, io)
  const lines = linesOf(mask(file.text, hidden))
  return { file: source, kind: told.kind, diagnostics: inOrder(redact(diagnostics, lines, written)) }
}

/** A file of no kind: there is nothing in it for us, or nobody can tell. */
function untold(file: SourceFile, told: Exclude<Told, { kind: FileKind }>): Diagnostic {
  if ('nothing' in told) {
    const message = `nothing to check here: ${told.nothing}`
    return diagnosticAt(file, { code: 'unknown-file-kind', severity: 'note', message, hint: undefined })
  }
  if ('template' in told) return templateAt(wholeFile(file), told.template)
  const first = file.lines.findIndex((line) => !/^\s*(?:#|$)/.test(line))
  const message = `can't tell what this is: ${told.why}`
  const hint = 'say what it is: --as config|directives|script|configmap'
  return diagnosticAt(file, { code: 'unknown-file-kind', severity: 'error', message, hint }, { line: Math.max(0, first) + 1 })
}

async function checkAs(
  kind: FileKind,
  file: SourceFile,
  options: CheckOptions,
  scratch: ScratchFolder,
  io: CommandIo
): Promise<Checked> {
  if (kind === 'configmap') return checkConfigMaps(file, options, scratch, io)
  const passage = wholeFile(file)
  if (kind === 'config') return checkConfig(passage, file.source, options.keys)
  if (kind === 'directives') return checkDirectives(passage, options.keys)
  const { hidden, written } = findSecrets(file.source, file.text, 'script')
  return { diagnostics: await checkScript(passage, options, scratch, io), hidden, written }
}

/** In the order of the file; what two ways have found, once. */
function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  // Without the line's text, which may be long and is the same for all of its findings.
  const unique = new Map(diagnostics.map((diagnostic) => [JSON.stringify({ ...diagnostic, text: undefined }), diagnostic]))
  return [...unique.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
}
