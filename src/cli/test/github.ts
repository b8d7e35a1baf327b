import { printable } from '../printable.ts'
import { workflowCommand } from '../workflow-command.ts'
import { casesOf, messageOf, type Reporter } from './tested-file.ts'

/** Annotations of GitHub Actions, each at its case in the file. */
export function githubReporter(): Reporter {
  return {
    file(tested) {
      const { file } = tested
      if (!('error' in tested)) {
        return casesOf(tested)
          .flatMap(({ name, line, error }) =>
            error ? [workflowCommand('error', { file, line, title: printable(name) }, printable(messageOf(error)))] : []
          )
          .join('')
      }
      const { error } = tested
      if (error.diagnostics.length === 0)
        return workflowCommand('error', { file, title: error.code }, printable(messageOf(error)))
      return error.diagnostics
        .map(({ message, hint, line, column, code }) => {
          const text = hint === undefined ? message : `${message}\nhint: ${hint}`
          return workflowCommand('error', { file, line, col: column, title: code }, printable(text))
        })
        .join('')
    }
  }
}
