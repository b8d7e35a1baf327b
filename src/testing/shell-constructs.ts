/** Something in a script that not every shell knows. */
export interface Construct {
  /** From 1. */
  line: number
  name: string
  /** The POSIX way to write it. */
  remedy: string
}

const known: readonly { pattern: RegExp; name: string; remedy: string }[] = [
  { pattern: /(?:^|[\s;&|(!])\[ [^\]]*[^=!<>]==/, name: '== in [', remedy: '[ "$a" = b ]' },
  { pattern: /(?:^|[\s;&|(!])\[\[(?=\s)/, name: '[[', remedy: '[ … ] or case, with quoted variables' },
  {
    pattern: /(?:^|[\s;])(?:declare|typeset)\s+-[aA]|\b[A-Za-z_]\w*\+?=\(|\$\{[A-Za-z_]\w*\[/,
    name: 'an array',
    remedy: 'set -- a b; for x in "$@"'
  },
  { pattern: /(?:^|[\s;&|])[<>]\(/, name: 'process substitution', remedy: 'a pipe, or a file of mktemp' },
  { pattern: /(?:^|[\s;])function\s+[\w-]+/, name: 'function f', remedy: 'f() { …; }' },
  { pattern: /(?:^|[\s;&|])source\s/, name: 'source', remedy: '. ./lib.sh' },
  { pattern: /\$'/, name: "$'…'", remedy: 'printf, or the character itself' },
  { pattern: /<<</, name: 'a here-string (<<<)', remedy: 'printf "%s\\n" "$x" | command, or a here-document' },
  { pattern: /&>>?/, name: '&>', remedy: 'command >file 2>&1' },
  { pattern: /(?:^|\s)\{[\w-]+\.\.[\w-]+\}/, name: '{a..b}', remedy: 'seq, or a while loop' },
  { pattern: /(?:^|\s)\{[^\s{}]*,[^\s{}]*\}|[\w/.]\{[^\s{}$]*,[^\s{}]*\}/, name: '{a,b}', remedy: 'each word written out' },
  { pattern: /(?:^|[\s;{])local\s/, name: 'local', remedy: 'a function in a subshell: f() ( … )' },
  { pattern: /(?:^|[\s;&|])\(\(/, name: '((', remedy: 'x=$((x + 1)), [ "$x" -gt 1 ]' },
  { pattern: /\$\{[A-Za-z_]\w*(?:\/|\^|,|:\d|: )/, name: 'a substitution in ${…}', remedy: 'sed, tr, cut, ${x#…} or ${x%…}' },
  { pattern: /\$\{!/, name: '${!x}', remedy: 'eval, or case' },
  { pattern: /\becho\s+-[neE]+\b/, name: 'echo with options', remedy: 'printf' },
  {
    pattern: /(?:^|[\s;&|])(?:mapfile|readarray)\s|\bread\s+-[a-qs-zA-Z]/,
    name: 'read with options, mapfile',
    remedy: 'while IFS= read -r line'
  },
  { pattern: /\bset\s+(?:-\w*o\s+)?-?\w*o?\s*pipefail/, name: 'pipefail', remedy: 'a file between the two commands' }
]

/** The known constructs of a script, line by line; comments and what stands in single quotes are passed over. */
export function constructsIn(script: string): Construct[] {
  return script.split('\n').flatMap((text, index) => {
    const code = withoutText(text)
    return known.filter(({ pattern }) => pattern.test(code)).map(({ name, remedy }) => ({ line: index + 1, name, remedy }))
  })
}

/** A line without its comment, and with nothing in its single quotes. */
function withoutText(line: string): string {
  const code = line.replace(/(\$?)'[^']*'/g, (_, dollar: string) => `${dollar}''`)
  return code.replace(/(^|\s)#.*$/, '$1')
}
