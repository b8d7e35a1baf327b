import { stringify } from 'yaml'
import { printable } from '../printable.ts'
import { casesOf, messageOf, type Reporter } from './tested-file.ts'

/** TAP version 14 (https://testanything.org/tap-version-14-specification.html), with the plan at the end. */
export function tapReporter(): Reporter {
  let count = 0
  const point = (ok: boolean, name: string) => `${ok ? 'ok' : 'not ok'} ${++count} - ${description(name)}\n`
  return {
    begin: () => 'TAP version 14\n',
    file(tested) {
      const { file } = tested
      if ('error' in tested) {
        const { error } = tested
        const [first] = error.diagnostics
        return point(false, file) + block(error, { file, line: first?.line })
      }
      return casesOf(tested)
        .map(({ name, ok, line, error }) => point(ok, `${file}: ${name}`) + (error ? block(error, { file, line }) : ''))
        .join('')
    },
    end: () => `1..${count}\n`
  }
}

/** `#` would begin a directive, and a `\` escapes. */
function description(name: string): string {
  return printable(name).replaceAll('\n', ' ').replace(/[\\#]/g, '\\$&')
}

function block(error: Error, at: { file: string; line: number | undefined }): string {
  const yaml = stringify({ message: printable(messageOf(error)), severity: 'fail', at }, { lineWidth: 0 })
  const lines = yaml.trimEnd().split('\n')
  return ['  ---', ...lines.map((line) => (line === '' ? '' : `  ${line}`)), '  ...', ''].join('\n')
}
