import type { z } from 'zod'
import { quote } from './clean-text.ts'
import { type Diagnostic, diagnosticOf } from './diagnostic.ts'
import { type LocatedDocument, type Path, valueAt } from './located-document.ts'
import { nameHint } from './names.ts'
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
  const [top, , member] = path
  const takes =
    path.length === 0
      ? 'the static configuration is an object with "modules" and "configs"'
      : path.length === 1
        ? `${quote(String(top))} takes ${top === 'modules' ? 'a list' : 'an object: settings by config name'}`
        : top === 'configs'
          ? `config ${quote(String(path[1]))} takes an object of settings`
          : path.length === 2
            ? 'an entry is the name of a module, or an object with "module" and "config"'
            : `${quote(String(member))} takes a string`
  const shape =
    path.length === 0
      ? 'begin with modules:'
      : path.length === 1
        ? `write ${String(top)}: ${top === 'modules' ? '[NAME]' : '{ NAME: { … } }'}`
        : top === 'configs'
          ? 'write { NAME: VALUE }'
          : path.length === 2
            ? 'write NAME, or { module: NAME }'
            : undefined
  const written = document.writtenAt(path)
  const isText = path.length > 2 || (path.length === 2 && top === 'modules')
  const hint = isText && written !== undefined && written !== '' ? `quote it: "${written}"` : shape
  return diagnosticOf({ code: 'invalid-config', message: `${takes}, not ${kindOf(value)}`, hint }, document.placeOf(path))
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing (null)'
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
