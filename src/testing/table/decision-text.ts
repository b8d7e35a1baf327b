import { shown } from '../../errors.ts'
import type { HermesError, ResolvedModule } from '../../index.ts'
import { formatDirectives } from '../../index.ts'
import type { LoaderRun } from '../loader-run.ts'
import { contextOf } from '../run-context.ts'

/** A table as it is printed: every cell has one line of printable characters. */
export interface PrintedTable {
  /** Of the axes, and of the outcome. */
  head: readonly string[]
  rows: readonly (readonly string[])[]
  /** Below the table. */
  footer?: string | undefined
}

// Letters and signs with single spaces between them, not to be taken for (unset) or for a text in quotes.
const plain = /^(?!["(])[\p{L}\p{N}\p{P}\p{S}]+(?: [\p{L}\p{N}\p{P}\p{S}]+)*$/u

/** A value so that no two look alike: bare where it is plain, else as a JSON string. */
export function printedValue(value: string | undefined): string {
  if (value === undefined) return '(unset)'
  if (plain.test(value)) return value
  return JSON.stringify(value).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join('')
  )
}

/** What came of a run, in one line. */
export function printedOutcome(run: LoaderRun): string {
  if (run.error) return `${run.error.code}: ${firstLine(run.error, run)}`
  return run.modules.length === 0 ? 'none' : run.modules.map(printedModule).join('; ')
}

/** As its directive says it, less `module=`. */
function printedModule({ name, config, options }: ResolvedModule): string {
  return formatDirectives([{ module: name, config, options }])
    .trimEnd()
    .slice('module='.length)
}

/** The first line of a failure without the script's path, and without what is measured. */
function firstLine({ message }: HermesError, run: LoaderRun): string {
  const path = contextOf(run)?.source.path ?? ''
  const [line = ''] = message.split('\n')
  const told = line
    .replace(`the loader script ${shown(path)} `, '')
    .replaceAll(path, '')
    .replace(/running after \d+ ms/, 'running after its time')
    .replace(/^printed \d+ /, 'printed too many ')
    .replace(/:$/, '')
  return plain.test(told) ? told : printedValue(told)
}

/** For a terminal. */
export function tableText({ head, rows, footer }: PrintedTable): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => lengthOf(row[column]))))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - lengthOf(cell)))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  return [line(head), rule, ...rows.map(line), ...(footer === undefined ? [] : ['', footer])].join('\n')
}

/** A table of GitHub Flavored Markdown. */
export function tableMarkdown({ head, rows, footer }: PrintedTable): string {
  const line = (row: readonly string[]) => `| ${row.map(markdownCell).join(' | ')} |`
  const rule = `| ${head.map(() => '---').join(' | ')} |`
  return [line(head), rule, ...rows.map(line), ...(footer === undefined ? [] : ['', markdownCell(footer)])].join('\n')
}

/** What Markdown or HTML would take for more than text. A bar ends a cell even within a code span, so there is none. */
function markdownCell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~&!$^@]/g, (sign) => (sign === '<' ? '&lt;' : sign === '&' ? '&amp;' : `\\${sign}`))
}

function lengthOf(text = ''): number {
  return [...text].length
}
