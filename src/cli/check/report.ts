import { type Diagnostic, formatDiagnostics } from '../../index.ts'
import { counted } from '../counted.ts'
import { type CommandIo, wantsColor } from '../io.ts'
import { workflowCommand } from '../workflow-command.ts'
import type { CheckedFile } from './checked-file.ts'
import { sarifLog } from './sarif.ts'
import { printableInPlace } from './source.ts'

/** Prints what was found, in one of the formats. */
export function report(files: readonly CheckedFile[], format: 'text' | 'json' | 'sarif' | 'github', io: CommandIo): void {
  const diagnostics = files.flatMap((file) => file.diagnostics)
  if (format === 'json') printJson(io, jsonReport(files))
  else if (format === 'sarif') printJson(io, sarifLog(files, io.cwd))
  else if (format === 'github') io.stdout.write(diagnostics.map(annotation).join(''))
  else printText(files, diagnostics, io)
}

function printJson(io: CommandIo, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
}

function printText(files: readonly CheckedFile[], diagnostics: readonly Diagnostic[], io: CommandIo): void {
  if (diagnostics.length > 0) io.stdout.write(`${formatDiagnostics(diagnostics, { color: wantsColor(io.stdout, io.env) })}\n`)
  const counts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
    return severity === 'note' && count === 0 ? [] : [counted(count, severity)]
  })
  io.stderr.write(`${[counted(files.length, 'file'), ...counts].join(', ')}\n`)
}

function jsonReport(files: readonly CheckedFile[]): unknown {
  const ok = files.every(({ diagnostics }) => diagnostics.every(({ severity }) => severity !== 'error'))
  return { ok, files: files.map(({ file, kind = null, diagnostics }) => ({ file, kind, diagnostics })) }
}

const levels = { error: 'error', warning: 'warning', note: 'notice' } as const

function annotation({ severity, code, message, hint, source = '', line, column, length }: Diagnostic): string {
  const endColumn = column === undefined || length === undefined ? undefined : column + Math.max(1, length)
  // A line end is escaped, so that the file is found.
  const properties = { file: source.replace(/[^\r\n]+/g, printableInPlace), line, col: column, endColumn, title: code }
  return workflowCommand(levels[severity], properties, hint === undefined ? message : `${message}\nhint: ${hint}`)
}
