import { cleanInPlace, quote } from '../core/clean-text.ts'
import { jsonPointer } from '../core/json-pointer.ts'
import { isObject } from '../core/option-rules.ts'
import type { RecordedModule } from './record-format.ts'

/**
 * How two answers differ, a line each like a diff; '' where they are equal. Origins do not count, nor does the order of
 * options and of settings' members; the order of modules does, since they are loaded in it.
 *
 *     - mem-logger
 *     - mem-profiler,config=dev
 *     + mem-profiler,config=prod
 *       mem-profiler settings /rate: 1 -> 2
 */
export function moduleDifference(recorded: readonly RecordedModule[], now: readonly RecordedModule[]): string {
  const before = byName(recorded)
  const after = byName(now)
  const lines = recorded.flatMap((module) => {
    const other = after.get(module.name)
    return other ? changesOf(module, other) : [`- ${head(module)}`]
  })
  lines.push(...now.filter(({ name }) => !before.has(name)).map((module) => `+ ${head(module)}`))
  const kept = recorded.map(({ name }) => name).filter((name) => after.has(name))
  const moved = now.map(({ name }) => name).filter((name) => before.has(name))
  if (kept.join() !== moved.join()) lines.push(`- in the order ${inList(kept)}`, `+ in the order ${inList(moved)}`)
  return lines.join('\n')
}

// An answer has a module once.
const byName = (modules: readonly RecordedModule[]) => new Map(modules.map((module) => [module.name, module]))

const inList = (names: readonly string[]): string => names.map(cleanInPlace).join(', ')

function changesOf(module: RecordedModule, now: RecordedModule): string[] {
  const heads = sameHead(module, now) ? [] : [`- ${head(module)}`, `+ ${head(now)}`]
  const name = cleanInPlace(module.name)
  const settings = valueChanges(module.settings, now.settings, []).map((change) => `  ${name} settings ${change}`)
  return [...heads, ...settings]
}

function sameHead(module: RecordedModule, now: RecordedModule): boolean {
  return JSON.stringify(headParts(module)) === JSON.stringify(headParts(now))
}

function headParts({ name, config, options }: RecordedModule): (readonly [key: string, value: string | undefined])[] {
  const inOrder = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1))
  return [['', name], ['config', config], ...inOrder]
}

/** A module as its directive says it. */
function head(module: RecordedModule): string {
  const [[, name = ''] = ['', ''], ...rest] = headParts(module)
  const pairs = rest.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${plain(value)}`]))
  return [cleanInPlace(name), ...pairs].join(',')
}

const plain = (value: string): string => (/^[\w./:@%+-]{1,80}$/.test(value) ? value : quote(value))

/** Where two JSON values differ; a member that is `undefined` is absent. */
function valueChanges(before: unknown, now: unknown, path: readonly PropertyKey[]): string[] {
  if (before === now) return []
  const isList = Array.isArray(before)
  if (isList !== Array.isArray(now) || !isMembered(before) || !isMembered(now))
    return [`${cleanInPlace(jsonPointer(path))}: ${shown(before)} -> ${shown(now)}`]
  const keys = new Set([...Object.keys(before), ...Object.keys(now)])
  return [...keys].flatMap((key) => valueChanges(memberOf(before, key), memberOf(now, key), [...path, key]))
}

type Membered = Readonly<Record<string, unknown>>

function isMembered(value: unknown): value is Membered {
  return isObject(value) || Array.isArray(value)
}

const memberOf = (value: Membered, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined)

const shownCharacters = 80

function shown(value: unknown): string {
  if (value === undefined) return 'absent'
  const text = JSON.stringify(value)
  return cleanInPlace(text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text)
}
