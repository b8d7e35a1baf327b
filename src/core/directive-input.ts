import { quote } from './clean-text.ts'
import { isPlainObject } from './plain-copy.ts'

/** A directive that a caller hands in. */
export interface DirectiveInput {
  module: string
  config?: string | undefined
  /** Values of declared keys. */
  options?: Readonly<Record<string, string>> | undefined
}

const members: readonly string[] = ['module', 'config', 'options', 'line', 'column']

/** Refuses what is no directive, and what would be lost of one. @throws TypeError */
export function requireDirective<Input extends DirectiveInput>(caller: string, directive: Input): Input {
  const refuse = (why: string): never => {
    throw new TypeError(`${caller}(): ${why}`)
  }
  if (!isPlainObject(directive) || typeof directive['module'] !== 'string')
    return refuse('a directive is an object with a module')
  const { options } = directive as DirectiveInput
  const extra = Object.keys(directive).find((name) => !members.includes(name))
  if (extra !== undefined) return refuse(`a directive has no member ${quote(extra)}: keys that are declared stand in its options`)
  if (options !== undefined && !isPlainObject(options)) return refuse('the options of a directive are an object of strings')
  const wrong = Object.entries(options ?? {}).find(([, value]) => typeof value !== 'string')
  if (wrong) return refuse(`the value of ${quote(wrong[0])} is not a string`)
  return directive
}
