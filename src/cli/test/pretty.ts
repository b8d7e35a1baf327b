import { formatDiagnostics } from '../../index.ts'
import { printable } from '../printable.ts'
import { casesOf, messageOf, type Reporter, type TestedFile } from './tested-file.ts'

/** For a person. */
export function prettyReporter(color: boolean): Reporter {
  const paint = (style: number, text: string) => (color ? `\u001b[${style}m${text}\u001b[0m` : text)
  const [good, bad] = [paint(32, '✓'), paint(31, '✗')]
  const told = (tested: TestedFile): string[] => {
    if ('error' in tested) return [`  ${bad} ${indented(faultsOf(tested.error, color), '    ').trimStart()}`]
    return casesOf(tested).flatMap(({ name, ok, error }) => [
      `  ${ok ? good : bad} ${printable(name).replaceAll('\n', ' ')}`,
      ...(error ? [indented(messageOf(error), '      ')] : [])
    ])
  }
  return { file: (tested) => `${[printable(tested.file), ...told(tested)].join('\n')}\n` }
}

/** All problems of a file, where its error has only the first. */
function faultsOf(error: Extract<TestedFile, { error: unknown }>['error'], color: boolean): string {
  if (error.diagnostics.length === 0) return printable(messageOf(error))
  return `${error.code}: ${printable(error.message.split('\n')[0] ?? '')}\n${formatDiagnostics(error.diagnostics, { color })}`
}

function indented(text: string, margin: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : margin + line))
    .join('\n')
}
