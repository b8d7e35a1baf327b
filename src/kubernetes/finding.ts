import { type Diagnostic, type DiagnosticCode, diagnosticOf, type Severity } from '../core/diagnostic.ts'

/** One problem: what a function here gives instead of a result. */
export interface Finding {
  finding: Diagnostic
}

/** An error, at a place in the workload where the workload has a part in it. */
export function finding(code: DiagnosticCode, message: string, path?: string, hint?: string): Finding {
  return { finding: found('error', code, message, path, hint) }
}

/** A diagnostic of any severity. */
export function found(
  severity: Severity,
  code: DiagnosticCode,
  message: string,
  path?: string | undefined,
  hint?: string | undefined
): Diagnostic {
  return diagnosticOf({ code, severity, message, hint }, path === undefined ? {} : { path })
}
