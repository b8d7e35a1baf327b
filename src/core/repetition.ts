import { quote } from './clean-text.ts'
import type { Problem } from './diagnostic.ts'

interface Said {
  module: string
  config?: string | undefined
  options?: Readonly<Record<string, string>> | undefined
}

/** What it means that a module is named again: nothing new, or something that contradicts what was `first` said `where`. */
export function repetition(first: Said, again: Said, where: string): Problem {
  if (saysTheSame(first, again)) {
    return {
      code: 'duplicate-directive',
      severity: 'warning',
      message: `${quote(again.module)} was asked for by the same words ${where}; it stands once`,
      hint: 'name a module once'
    }
  }
  return {
    code: 'conflicting-directive',
    message: `${quote(again.module)} was asked for with ${wordsOf(first)} ${where}, and here with ${wordsOf(again)}`,
    hint: 'name a module once'
  }
}

function saysTheSame(first: Said, again: Said): boolean {
  const [a, b] = [first.options ?? {}, again.options ?? {}]
  const keys = Object.keys(a)
  return (
    first.config === again.config &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key])
  )
}

function wordsOf({ config, options }: Said): string {
  const pairs = Object.entries(options ?? {}).map(([key, value]) => `${key}=${quote(value)}`)
  return [config === undefined ? 'no config' : `config ${quote(config)}`, ...pairs].join(', ')
}
