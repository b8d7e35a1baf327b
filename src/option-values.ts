import { statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { quote } from './core/clean-text.ts'
import { isObject, type OptionRule } from './core/option-rules.ts'

export const pathRule: OptionRule = { takes: 'a path (a string that is not empty) or a file: URL', accepts: isPath }
export const labelRule: OptionRule = { takes: 'a string that is not empty', accepts: (value) => isText(value) && value !== '' }
export const signalRule: OptionRule = { takes: 'an AbortSignal', accepts: (value) => value instanceof AbortSignal }
export const functionRule: OptionRule = { takes: 'a function', accepts: (value) => typeof value === 'function' }

/** An absolute path as it is; a relative one from `cwd` on. */
export function toPath(named: string | URL, cwd: string): string {
  const file = typeof named === 'string' ? named : fileURLToPath(named)
  return path.isAbsolute(file) ? file : path.resolve(cwd, file)
}

export function isPath(value: unknown): boolean {
  if (!(value instanceof URL)) return isText(value) && value !== ''
  try {
    return isText(fileURLToPath(value))
  } catch {
    return false
  }
}

/** An object of options, and no path. */
export function isOptionObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && !(value instanceof URL)
}

/** A string that the kernel can take. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0')
}

export function isFolder(at: string): boolean {
  try {
    return statSync(at).isDirectory()
  } catch {
    return false
  }
}

export function isEnvironment(value: unknown): boolean {
  return isObject(value) && wrongVariable(value) === undefined
}

/** The name of a variable that can be none, or whose value can be none; never the value. */
export function wrongVariable(value: unknown): string | undefined {
  const wrong = Object.entries(isObject(value) ? value : {}).find(
    ([name, text]) => text !== undefined && !(isText(text) && isText(name) && name !== '' && !name.includes('='))
  )
  return wrong && quote(wrong[0])
}
