import { quote } from '../../core/clean-text.ts'
import { type Diagnostic, diagnosticOf, type Problem } from '../../core/diagnostic.ts'
import type { LocatedDocument, Path } from '../../core/located-document.ts'
import { isObject } from '../../core/option-rules.ts'
import { didYouMean, suggest } from '../../core/suggest.ts'

/** What stands at one place of a document: what validates it, and what its JSON Schema is made of. */
export type Shape = TextShape | WordShape | IntegerShape | BooleanShape | ListShape | ObjectShape | RecordShape | ChoiceShape

interface Described {
  /** Completes "takes …". */
  takes: string
  description?: string
  examples?: readonly unknown[]
}

interface TextShape extends Described {
  type: 'text'
  /** What else must hold of it. */
  accepts?: TextRule
}

/** What a text must be like, for a reader and for JSON Schema. */
export interface TextRule {
  pattern: RegExp
  /** The problem of a text that is otherwise. */
  problem(text: string): Problem
}

/** One of a few texts. */
interface WordShape extends Described {
  type: 'word'
  words: readonly string[]
  /** The remedy where none of them was meant. */
  hint?(text: string): string
}

interface IntegerShape extends Described {
  type: 'integer'
  minimum: number
  maximum: number
}

interface BooleanShape extends Described {
  type: 'boolean'
  only?: true
}

interface ListShape extends Described {
  type: 'list'
  items: Shape
  /** Null is an empty one. */
  orNull?: boolean
  atLeast?: number
}

interface ObjectShape extends Described {
  type: 'object'
  members: Readonly<Record<string, Shape>>
  required?: readonly string[]
  /** Of members that are not listed; without it they are unknown keys. */
  others?: Shape
  orNull?: boolean
}

/** Members whose names are free. */
interface RecordShape extends Described {
  type: 'record'
  values: Shape
  names?: TextRule
  /** Null is an empty one. */
  orNull?: boolean
}

/** One of several shapes, which the JSON type of a value tells apart. */
interface ChoiceShape extends Described {
  type: 'choice'
  of: readonly Exclude<Shape, ChoiceShape>[]
}

/** Everything in a document that is not of its shape, at its place. */
export function shapeProblems(document: LocatedDocument, shape: Shape): Diagnostic[] {
  return new Checking(document).check(document.value, shape, [])
}

class Checking {
  readonly #document: LocatedDocument

  constructor(document: LocatedDocument) {
    this.#document = document
  }

  check(value: unknown, shape: Shape, path: Path): Diagnostic[] {
    if (value === null && 'orNull' in shape && shape.orNull) return []
    switch (shape.type) {
      case 'text':
        if (typeof value !== 'string') return [this.#wrongType(value, shape, path)]
        return this.#checkText(value, shape.accepts, path, 'value')
      case 'word':
        return typeof value === 'string' ? this.#checkWord(value, shape, path) : [this.#wrongType(value, shape, path)]
      case 'integer': {
        const isRight = Number.isInteger(value) && (value as number) >= shape.minimum && (value as number) <= shape.maximum
        return isRight ? [] : [this.#wrongType(value, shape, path)]
      }
      case 'boolean':
        return value === true || (value === false && !shape.only) ? [] : [this.#wrongType(value, shape, path)]
      case 'list':
        return Array.isArray(value) ? this.#checkList(value, shape, path) : [this.#wrongType(value, shape, path)]
      case 'object':
        return isObject(value) ? this.#checkObject(value, shape, path) : [this.#wrongType(value, shape, path)]
      case 'record':
        return isObject(value) ? this.#checkRecord(value, shape, path) : [this.#wrongType(value, shape, path)]
      case 'choice': {
        const chosen = shape.of.find(({ type }) => typesOf(type).includes(typeOf(value)))
        return chosen ? this.check(value, chosen, path) : [this.#wrongType(value, shape, path)]
      }
    }
  }

  #checkText(text: string, rule: TextRule | undefined, path: Path, part: 'key' | 'value'): Diagnostic[] {
    if (rule === undefined || rule.pattern.test(text)) return []
    return [diagnosticOf(rule.problem(text), this.#document.placeOf(path, part))]
  }

  #checkWord(value: string, { words, takes, hint }: WordShape, path: Path): Diagnostic[] {
    if (words.includes(value)) return []
    const message = `${subjectOf(path)} takes ${takes}, not ${quote(value)}`
    const remedy = suggest(value, words) === undefined ? hint?.(value) : undefined
    const problem = { code: 'invalid-config', message, hint: remedy ?? didYouMean(value, words) } as const
    return [diagnosticOf(problem, this.#document.placeOf(path))]
  }

  #checkList(list: readonly unknown[], { items, atLeast = 0, takes }: ListShape, path: Path): Diagnostic[] {
    if (list.length < atLeast) {
      const message = `${subjectOf(path)} takes ${takes}, and is empty`
      return [diagnosticOf({ code: 'invalid-config', message }, this.#document.placeOf(path))]
    }
    return list.flatMap((item, index) => this.check(item, items, [...path, index]))
  }

  #checkObject(value: Readonly<Record<string, unknown>>, shape: ObjectShape, path: Path): Diagnostic[] {
    const { members, required = [], others } = shape
    const names = Object.keys(members)
    const problems = Object.keys(value).flatMap((name) => {
      const inner = Object.hasOwn(members, name) ? members[name] : others
      if (inner) return this.check(value[name], inner, [...path, name])
      const problem = { code: 'unknown-key', message: `unknown key ${quote(name)}`, hint: didYouMean(name, names) } as const
      return [diagnosticOf(problem, this.#document.placeOf([...path, name], 'key'))]
    })
    // A key that was meant for it is told already.
    const missing = required.filter(
      (name) => !Object.hasOwn(value, name) && !problems.some(({ hint }) => hint === `did you mean "${name}"?`)
    )
    return [...problems, ...missing.map((name) => this.#missing(name, members[name], path))]
  }

  #missing(name: string, shape: Shape | undefined, path: Path): Diagnostic {
    const message = `${subjectOf(path)} has no "${name}"`
    const hint = `add ${name}: it takes ${shape?.takes}`
    return diagnosticOf({ code: 'invalid-config', message, hint }, this.#document.placeOf(path))
  }

  #checkRecord(value: Readonly<Record<string, unknown>>, { values, names }: RecordShape, path: Path): Diagnostic[] {
    return Object.keys(value).flatMap((name) => [
      ...this.#checkText(name, names, [...path, name], 'key'),
      ...this.check(value[name], values, [...path, name])
    ])
  }

  #wrongType(value: unknown, { takes, type }: Shape, path: Path): Diagnostic {
    const written = this.#document.writtenAt(path)
    const takesText = type === 'text' || type === 'choice'
    const isOther = written !== undefined && written !== '' && value !== null
    const hint = value === null ? 'give it one, or leave it out; "" is an empty text' : `quote it: "${written}"`
    const message = `${subjectOf(path)} takes ${takes}, not ${shownValue(value, written)}`
    const isHelp = takesText && (isOther || (value === null && type === 'text'))
    return diagnosticOf({ code: 'invalid-config', message, ...(isHelp && { hint }) }, this.#document.placeOf(path))
  }
}

/** What the problem is about: the last name on the way, and where it lies. */
function subjectOf(path: Path): string {
  const last = path.at(-1)
  if (last === undefined) return 'a file of tests'
  if (typeof last !== 'number') return quote(String(last))
  const list = path.at(-2)
  return list === 'cases' ? `case ${last + 1}` : `item ${last + 1} of ${quote(String(list))}`
}

function shownValue(value: unknown, written: string | undefined): string {
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${written ?? String(value)}`
  const shown = {
    null: 'nothing (null)',
    list: 'a list',
    object: 'an object',
    text: 'a text',
    number: 'a number',
    boolean: 'a boolean'
  }
  return shown[typeOf(value)]
}

type JsonType = 'null' | 'list' | 'object' | 'text' | 'number' | 'boolean'

function typeOf(value: unknown): JsonType {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'object') return 'object'
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean'
}

function typesOf(type: Exclude<Shape, ChoiceShape>['type']): readonly JsonType[] {
  const types = {
    text: 'text',
    word: 'text',
    integer: 'number',
    boolean: 'boolean',
    list: 'list',
    object: 'object',
    record: 'object'
  }
  return [types[type] as JsonType]
}
