// One token at a time, as RFC 8259 writes them; white space first.
const space = /[ \t\n\r]*/y
const token =
  /[{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end'

/**
 * Where a text stops being strict JSON: the offset of the first token that can't stand there, from 0.
 *
 * `JSON.parse` decides whether a text is JSON; but each engine tells the place in other words, or not at all.
 */
export function jsonFault(text: string): number {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  for (let at = 0; ; ) {
    space.lastIndex = at
    at += space.exec(text)?.[0].length ?? 0
    token.lastIndex = at
    const found = token.exec(text)?.[0]
    if (found === undefined || !allows(expected, found, open.at(-1))) return at
    at += found.length
    if (found === '{' || found === '[') {
      open.push(found)
      expected = found === '{' ? 'key-or-end' : 'value-or-end'
      continue
    }
    if (found === '}' || found === ']') open.pop()
    if (found === ',') expected = open.at(-1) === '{' ? 'key' : 'value'
    else if (found === ':') expected = 'value'
    else expected = expected.startsWith('key') && found.startsWith('"') ? 'colon' : 'comma-or-end'
  }
}

function allows(expected: Expected, found: string, container: '{' | '[' | undefined): boolean {
  const closes = found === (container === '{' ? '}' : ']') && container !== undefined
  switch (expected) {
    case 'value':
      return !/^[}\],:]/.test(found)
    case 'value-or-end':
      return closes || !/^[}\],:]/.test(found)
    case 'key':
      return found.startsWith('"')
    case 'key-or-end':
      return closes || found.startsWith('"')
    case 'colon':
      return found === ':'
    case 'comma-or-end':
      return closes || (found === ',' && container !== undefined)
  }
}
