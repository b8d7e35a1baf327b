import type { z } from 'zod'
import { quote } from './clean-text.ts'
import { type Diagnostic, diagnosticOf } from './diagnostic.ts'
import { type LocatedDocument, type Path, valueAt } from './located-document.ts'
import { isName, nameHint } from './names.ts'
import { isObject } from './option-rules.ts'
import { didYouMean, suggest } from './suggest.ts'

type Issue = z.core.$ZodIssue

/** What the schema found wrong, in our words and at its place. */
export function problemsOf(issues: readonly Issue[], document: LocatedDocument, keys: readonly string[]): Diagnostic[] {
  const known = { entry: ['module', 'config', ...keys], top: ['modules', 'configs'] }
  const flat = issues.flatMap((issue) => branchOf(issue, document))
  const misspelled = new Set(
    flat.flatMap((issue) =>
      issue.code === 'unrecognized_keys' && issue.keys.some((key) => suggest(key, known.entry) === 'module') ? issue.path[1] : []
    )
  )
  const proto = ['configs', '__proto__'] // zod passes over this key of a record
  const skipped = valueAt(document.value, proto) === undefined ? [] : [invalidName(proto, '__proto__', document, 'key')]
  const problems = flat.flatMap((issue): Diagnostic | Diagnostic[] => {
    const { path } = issue
    if (issue.code === 'unrecognized_keys') {
      const candidates = path.length === 0 ? known.top : known.entry
      return issue.keys.map((key) => {
        const problem = { code: 'unknown-key', message: `unknown key ${quote(key)}`, hint: didYouMean(key, candidates) } as const
        return diagnosticOf(problem, document.placeOf([...path, key], 'key'))
      })
    }
    if (issue.code === 'invalid_key') return invalidName(path, String(path.at(-1)), document, 'key')
    const value = valueAt(document.value, path)
    if (issue.code === 'invalid_format') return invalidName(path, String(value), document, 'value')
    if (value !== undefined || path.length < 3) return wrongType(path, value, document)
    const entry = path.slice(0, -1)
    const problem = { code: 'missing-module', message: 'this entry names no module', hint: 'add module: NAME' } as const
    return misspelled.has(entry[1] as PropertyKey) ? [] : diagnosticOf(problem, document.placeOf(entry))
  })
  return [...skipped, ...problems]
}

/** An entry of `modules` is a name or an object; what is wrong with the one that it is not does not matter. */
function branchOf(issue: Issue, document: LocatedDocument): Issue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const value = valueAt(document.value, issue.path)
  const branch = isObject(value) ? issue.errors[1] : typeof value === 'string' ? issue.errors[0] : undefined
  return branch?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })) ?? [issue]
}

function invalidName(path: Path, name: string, document: LocatedDocument, part: 'key' | 'value'): Diagnostic {
  const what = part === 'key' ? 'config' : path.at(-1) === 'config' ? 'config' : 'module'
  const hint = part === 'key' ? `${nameHint(name)}; for one module only, it is MODULE/CONFIG` : nameHint(name)
  return diagnosticOf({ code: 'invalid-name', message: `${quote(name)} is no ${what} name`, hint }, document.placeOf(path, part))
}

function wrongType(path: Path, value: unknown, document: LocatedDocument): Diagnostic {
  const { takes, hint } = wantedAt(path)
  const written = document.writtenAt(path)
  const isText = path.length > 2 || (path.length === 2 && path[0] === 'modules')
  const isOther = written !== undefined && (value !== null || isName(written)) // a number or boolean; null by its name
  const quoted = isText && isOther ? `quote it: "${written}"` : hint
  const problem = { code: 'invalid-config', message: `${takes}, not ${kindOf(value)}`, hint: quoted } as const
  return diagnosticOf(problem, document.placeOf(path))
}

/** What is wanted at a place, and how it is written. */
function wantedAt(path: Path): { takes: string; hint?: string } {
  const [top, entry, member] = path
  if (top === undefined)
    return {
      takes: 'the static configuration is an object with "modules" and "configs"',
      hint: 'begin with modules: (a space follows a colon)'
    }
  if (path.length === 1 && top === 'modules') return { takes: '"modules" takes a list', hint: 'write modules: [NAME]' }
  if (path.length === 1)
    return { takes: '"configs" takes an object: settings by config name', hint: 'write configs: { CONFIG: { KEY: VALUE } }' }
  if (top === 'configs')
    return { takes: `config ${quote(String(entry))} takes an object of settings`, hint: 'write it as { KEY: VALUE }' }
  if (member !== undefined) return { takes: `${quote(String(member))} takes a string`, hint: 'give it one, or leave it away' }
  const takes = 'an entry is the name of a module, or an object with "module" and "config"'
  return { takes, hint: 'write NAME, or { module: NAME }' }
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing (null)'
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
