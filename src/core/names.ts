export const namePattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/

/** Whether it can name a module or a config: ASCII letters, digits, `.`, `_`, `-`; a letter or digit at both ends; at most 63 characters. */
export function isName(text: string): boolean {
  return typeof text === 'string' && namePattern.test(text)
}

/** Whether it can name a config in `configs`: `CONFIG`, or `MODULE/CONFIG`. */
export function isConfigName(text: string): boolean {
  const parts = text.split('/')
  return parts.length <= 2 && parts.every(isName)
}

/** What is wrong with a name, as a remedy. */
export function nameHint(text: string): string {
  const rule = 'a name has 1 to 63 ASCII letters, digits, ".", "_", "-", and starts and ends with a letter or digit'
  if (text === '') return `it is empty; ${rule}`
  if (/\s#/.test(text)) return 'a comment stands on a line of its own'
  if (/\$/.test(text)) return 'nothing is expanded here: the script has to print the value itself'
  if (text.startsWith("'") && text.endsWith("'") && isName(text.slice(1, -1))) return `write ${text.slice(1, -1)} without quotes`
  if (/\s\w+=/.test(text)) return 'pairs are separated by a comma'
  if (text.length > 63) return `it has ${text.length} characters; ${rule}`
  return foreignCharacter(text) ?? rule
}

/** The first character that is no printable ASCII: it may look like one that is, or like nothing. */
export function foreignCharacter(text: string): string | undefined {
  const [found] = /[^\u0020-\u007e]/u.exec(text) ?? []
  const code = found?.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
  return code && `it has the character U+${code}, which is no ASCII letter, digit or sign`
}

const keyPattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

/** Whether it can be the key of a pair. */
export function isKey(text: string): boolean {
  return keyPattern.test(text)
}

/** Keys that have a meaning of their own and so can't be declared. */
export const reservedKeys: readonly string[] = ['module', 'config', 'protocol', 'note', 'warning', 'error']
