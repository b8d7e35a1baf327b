import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { enclosing, isAsync, isPiped, parseShell, substitutedIn } from '../../src/testing/shell/shell-syntax.ts'
import type { Command } from '../../src/testing/shell/shell-types.ts'

const commandsOf = (text: string) => parseShell(text).commands
const lines = ({ firstLine, lastLine }: Command) => (firstLine === lastLine ? `${firstLine}` : `${firstLine}-${lastLine}`)
/** `1 echo a`, `2-4 if`. */
const told = (text: string) =>
  commandsOf(text).map((command) =>
    [
      lines(command),
      ...(command.kind === 'simple' ? [] : [command.kind]),
      ...[...command.assignments, ...command.words].map(textOf)
    ].join(' ')
  )
const textOf = ({ text }: { text: string }) => text.replace(/\n/g, '~')
const find = (text: string, word: string) => {
  const found = commandsOf(text).find(({ words }) => words[0]?.text === word)
  if (found === undefined) throw new Error(`no command ${word}`)
  return found
}

describe('commands of a text', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['# echo a', []],
    ['\n\n  ;; ;\n', []],
    ['echo a b', ['1 echo a b']],
    ['echo a \\\n  b\necho c', ['1-2 echo a b', '3 echo c']],
    ['echo "a\nb"; echo c', ['1-2 echo "a~b"', '2 echo c']],
    ['echo a # b\necho c#d', ['1 echo a', '2 echo c#d']],
    ['a=1 b+=2 c[3]=4 echo d=5', ['1 a=1 b+=2 c[3]=4 echo d=5']],
    ['a=(\n b "c d"\n # e )\n)\necho f', ['1-4 a=(~ b "c d"~ # e )~)', '5 echo f']],
    ['declare -A m=([a]=1 [b c]=2); echo e', ['1 declare -A m=([a]=1 [b c]=2)', '1 echo e']],
    ['a; b && c || d | e & f', ['1 a', '1 b', '1 c', '1 d', '1 e', '1 f']],
    ['a &&\n\n # x\n b', ['1 a', '4 b']],
    ['a |\n b', ['1 a', '2 b']],
    ['if a; then\n b\nelif c\nthen d; else e; fi', ['1-4 if', '1 a', '2 b', '3 c', '4 d', '4 e']],
    ['while a; do b; done; until c\ndo d; done', ['1 while', '1 a', '1 b', '1-2 until', '1 c', '2 d']],
    ['for x in a "b c" $d; do\n e\ndone', ['1-3 for x a "b c" $d', '2 e']],
    ['for x\ndo e; done', ['1-2 for x', '2 e']],
    ['for x in a b\n{ e; }', ['1-2 for x a b', '2 e']],
    ['for ((i = 0; i < (2); i++)); do e; done; f', ['1 for(( i = 0; i < (2); i++', '1 e', '1 f']],
    ['select x in a; do e; done', ['1 select x a', '1 e']],
    ['case $x in\n a|b) c ;;\n (d) e ;& \n "f g") ;;& \n *) h\nesac\ni', ['1-6 case $x', '2 c', '3 e', '5 h', '7 i']],
    ['case a in esac; b', ['1 case a', '1 b']],
    ['case $x in +([0-9])) a ;; @(b|c)) d;; esac', ['1 case $x', '1 a', '1 d']],
    ['((i++)); ((a) ); ((\n1 + (2)))', ['1 (( i++', '1 (', '1 (', '1 a', '1-2 (( ~1 + (2)']],
    ['(( $(a) + `b` ))', ['1 ((  $(a) + `b` ', '1 a', '1 b']],
    ['[[ $a == (b|c) && -n "$(d)" ]] && e', ['1 [[ $a == ( b | c ) & & -n "$(d)"', '1 d', '1 e']],
    ['[[ $a =~ ^[a-z]+(b|c)$ ]]; d', ['1 [[ $a =~ ^[a-z]+(b|c)$', '1 d']],
    [
      'f() { a; }\nfunction g { b; }\nfunction h() (c)\ni()\n{\n d\n}\nj () if e; then k; fi',
      [
        '1 function f',
        '1 {',
        '1 a',
        '2 function g',
        '2 {',
        '2 b',
        '3 function h',
        '3 (',
        '3 c',
        '4-7 function i',
        '5-7 {',
        '6 d',
        '8 function j',
        '8 if',
        '8 e',
        '8 k'
      ]
    ],
    ['{ a; } 2>&1; (b; c) >d', ['1 {', '1 a', '1 (', '1 b', '1 c']],
    ['coproc a b; coproc N { c; }', ['1 coproc', '1 a b', '1 coproc N', '1 {', '1 c']],
    ['! a; time -p b; ! time c', ['1 a', '1 b', '1 c']],
    ['x=$(a; b $(c))', ['1 x=$(a; b $(c))', '1 a', '1 b $(c)', '1 c']],
    ['echo "`a "b"` \\`c\\`"', ['1 echo "`a "b"` \\`c\\`"', '1 a "b"']],
    ['x=`a \\`b\\``; c', ['1 x=`a \\`b\\``', '1 a `b`', '1 b', '1 c']],
    ['x=`if a; then b; fi`; c', ['1 x=`if a; then b; fi`', '1 if', '1 a', '1 b', '1 c']],
    ['echo $((1 + $(a) * (2))) $(( (b) ); c)', ['1 echo $((1 + $(a) * (2))) $(( (b) ); c)', '1 a', '1 (', '1 (', '1 b', '1 c']],
    [
      'echo ${a:-$(b)} "${c:-"$(d)"}" ${e//\\}/x} ${f#\'}\'}; g',
      ['1 echo ${a:-$(b)} "${c:-"$(d)"}" ${e//\\}/x} ${f#\'}\'}', '1 b', '1 d', '1 g']
    ],
    ['[ "${#a}" -gt 0 ] && b', ['1 [ "${#a}" -gt 0 ]', '1 b']],
    ['x=(${a% #*}); b', ['1 x=(${a% #*})', '1 b']],
    ['cat <<E\n${#a} $(b)\nE\nc', ['1 cat', '2 b', '4 c']],
    ['echo $((${#a} + 16#ff)); b', ['1 echo $((${#a} + 16#ff))', '1 b']],
    ['echo "${a:-it\'s}" b; c', ['1 echo "${a:-it\'s}" b', '1 c']],
    ['diff <(a) >(b | c) d', ['1 diff <(a) >(b | c) d', '1 a', '1 b', '1 c']],
    ["echo $'a\\'b' c; d", ["1 echo $'a\\'b' c", '1 d']],
    ['echo $"a b" c', ['1 echo $"a b" c']],
    ['x=$(case $y in a) b ;; esac); c', ['1 x=$(case $y in a) b ;; esac)', '1 case $y', '1 b', '1 c']],
    ['x=$(\n a\n # )\n b\n)\nc', ['1-5 x=$(~ a~ # )~ b~)', '2 a', '4 b', '6 c']],
    ['cat <<A <<-"B"; c\n$(d)\nA\n\t$(e)\n\tB\nf', ['1 cat', '1 c', '2 d', '6 f']],
    ['cat <<A | while read x; do\n a\nA\n b\ndone', ['1 cat', '1-5 while', '1 read x', '4 b']],
    ['x=$(cat <<A\n)\nA\n); b', ['1-4 x=$(cat <<A~)~A~)', '1 cat', '4 b']],
    ['a <<E\nno end', ['1 a']],
    ['echo if then; b', ['1 echo if then', '1 b']],
    ['a & b\n', ['1 a', '1 b']],
    ['echo "no end', ['1 echo "no end']],
    ['a\r\nb', ['1 a', '2 b']]
  ])('%j', (text, expected) => expect(told(text)).toEqual(expected))

  const expansions = [
    ...['"${#x}"', '"${#x[@]}"', '"${#1}"', '${#}', '"${#}"', '${#x}', '${##}', '${x##*#}', '${x%%#*}', '"${line%%#*}"'],
    ...['${x% #*}', '"${x% #*}"', '"${x//#/y}"', '${x/#a/b}', '${x:-#}', '"${x:-a # b}"', '${x:-"${#y}"}']
  ]
  it.each(expansions)('go on behind %j', (expansion) => {
    const text = `a ${expansion}\nb "$(c ${expansion}; d)"\nf() { e ${expansion}; }\ng`
    expect(spawnSync('bash', ['-n', '-c', text]).status).toBe(0)
    const simple = commandsOf(text).filter(({ kind }) => kind === 'simple')
    expect(simple.map(({ words }) => words[0]?.text)).toEqual(['a', 'b', 'c', 'd', 'e', 'g'])
    expect(simple[0]?.words[1]?.text).toBe(expansion)
  })

  it('go on behind any expansion with a # in it', () => {
    const rest = fc.stringMatching(/^[a-z#%/:@*,^ ]{0,8}$/)
    fc.assert(
      fc.property(rest, rest, fc.boolean(), (before, after, quoted) => {
        const expansion = `\${x${before}#${after}}`
        const word = quoted ? `"${expansion}"` : expansion
        expect(told(`a ${word}\nb`)).toEqual([`1 a ${word}`, '2 b'])
      })
    )
  })

  it('have the values of literal words', () => {
    const [command] = commandsOf(`x 'a b'"c"d\\ e $f "$g" $'h\\ni\\x41\\101' "j\\"\\k" \`l\` *.m ~/n`)
    expect(command?.words.map(({ value, quoted }) => [value, quoted])).toEqual([
      ['x', false],
      ['a bcd e', true],
      [undefined, false],
      [undefined, true],
      ['h\niAA', true],
      ['j"\\k', true],
      [undefined, false],
      ['*.m', false],
      ['~/n', false]
    ])
  })

  it('have redirections with their here-documents', () => {
    const [command] = commandsOf('>a x 2>>b 3<&0 {fd}>c &>d <<< "e f" <<\'E\' <<-F y\n$x\nE\n\tz\n\tF\n')
    expect(command?.words.map(({ text }) => text)).toEqual(['x', 'y'])
    expect(command?.redirections.map(({ descriptor, operator, target }) => [descriptor, operator, target.value])).toEqual([
      [undefined, '>', 'a'],
      ['2', '>>', 'b'],
      ['3', '<&', '0'],
      ['{fd}', '>', 'c'],
      [undefined, '&>', 'd'],
      [undefined, '<<<', 'e f'],
      [undefined, '<<', 'E'],
      [undefined, '<<-', 'F']
    ])
    expect(command?.redirections.flatMap(({ body }) => (body ? [body] : []))).toEqual([
      { text: '$x\n', quoted: true, firstLine: 2, lastLine: 3 },
      { text: '\tz\n', quoted: false, firstLine: 4, lastLine: 5 }
    ])
  })

  it('are async with all that they are in', () => {
    const async = (text: string) =>
      commandsOf(text)
        .filter(isAsync)
        .map(({ words }) => words[0]?.text)
    expect(async('a & b; { c; } & d && e & f')).toEqual(['a', undefined, 'c', 'd', 'e'])
    expect(async('coproc a\nb > >(c); d <(e)')).toEqual([undefined, 'a', 'c'])
    expect(async('f() { a; } ; f &')).toEqual(['f'])
    expect(async('x=$(a &)')).toEqual(['a'])
    expect(async('a &>b; c && d')).toEqual([])
  })

  it('are piped with all that they are in', () => {
    const piped = (text: string) =>
      commandsOf(text)
        .filter(isPiped)
        .map(({ words }) => words[0]?.text)
    expect(piped('a | { b; } |& (c); d || e')).toEqual(['a', undefined, 'b', undefined, 'c'])
    expect(piped('f() { a; }; x=$(b) | c "$(d)"')).toEqual([undefined, 'c'])
    expect(find('a | b | c', 'b').pipe).toEqual({ stage: 1, of: 3 })
  })

  it('know the command of the script that they are substituted in', () => {
    const text = 'f() {\n x=$(a "$(b)")\n}\nc'
    expect(substitutedIn(find(text, 'b'))?.firstLine).toBe(2)
    expect(substitutedIn(find(text, 'c'))).toBeUndefined()
    expect([...enclosing(find(text, 'b'))].map(({ kind, via }) => [kind, via])).toEqual([
      ['simple', '$('],
      ['simple', '$('],
      ['simple', 'list'],
      ['{', 'list'],
      ['function', 'list']
    ])
  })

  it('can start at another line', () => {
    expect(parseShell('a\n`\nb`', 10).commands.map(lines)).toEqual(['10', '11-12', '12'])
  })
})

describe('any text', () => {
  const piece = fc.constantFrom(
    ...[
      '"',
      "'",
      '`',
      '$(',
      '${',
      '$((',
      '((',
      ')',
      '))',
      '}',
      '{ ',
      '<<E\n',
      'E\n',
      '\\',
      '\n',
      ' ',
      ';',
      '&',
      '|',
      '#',
      '[[ ',
      ' ]]'
    ],
    ...[
      'if ',
      'then ',
      'fi',
      'case x in ',
      'a) ',
      ';;',
      'esac',
      'for ',
      'do ',
      'done',
      'f() ',
      'x=(',
      '<(',
      '>(',
      "$'",
      '@(',
      'echo a'
    ]
  )
  it('gives commands whose lines are in order and in the text', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 5, arbitrary: piece }, fc.string()), { maxLength: 60 }), (pieces) => {
        const text = pieces.join('')
        const last = text.split('\n').length
        for (const { firstLine, lastLine } of commandsOf(text)) {
          expect(firstLine).toBeGreaterThan(0)
          expect(lastLine).toBeGreaterThanOrEqual(firstLine)
          expect(lastLine).toBeLessThanOrEqual(last)
        }
      }),
      { numRuns: 500 }
    )
  })

  it.each(['(', '$(', '`\\`', '"$(', '{ ', 'if ', '${x:-', '((', '$((', 'x=(', '<(', 'f() ', '<<E\n$('])(
    '%j a hundred thousand times is read, or given up where it nests too deeply',
    (piece) => {
      const { commands, gaveUp } = parseShell(`echo a\n${piece.repeat(100_000)}`)
      expect(commands[0]?.words.map(({ text }) => text)).toEqual(['echo', 'a'])
      expect(gaveUp === undefined || gaveUp >= 2).toBe(true)
    }
  )

  it('is one that bash reads as this does: the words of each command', () => {
    const word = fc.constantFrom(
      'a',
      '"${#x}"',
      '${x%%#*}',
      '"b c"',
      "'d'",
      '$x',
      '"$y"',
      '${z:-w}',
      'e\\ f',
      '$(echo g)',
      "'h\"i'"
    )
    const simple = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => `show ${words.join(' ')}`)
    const list = fc
      .array(simple, { minLength: 1, maxLength: 3 })
      .chain((parts) => fc.constantFrom('; ', '\n', ' && ').map((by) => parts.join(by)))
    const compound = fc.oneof(
      list,
      list.map((text) => `{ ${text}\n}`),
      list.map((text) => `if :; then ${text}\nfi`),
      list.map((text) => `for i in 1; do\n${text}; done`),
      list.map((text) => `case x in (x) ${text} ;; esac`),
      list.map((text) => `f() { ${text}\n}; f`)
    )
    const scripts = fc.sample(fc.array(compound, { minLength: 1, maxLength: 3 }), { numRuns: 40, seed: 1 })
    for (const parts of scripts) {
      const text = parts.join('\n')
      const { stdout } = spawnSync('bash', ['-c', `x=X y=Y; show() { echo "$LINENO $#"; }\n${text}`], { encoding: 'utf8' })
      const seen = stdout.match(/^\d+/gm)?.length ?? 0
      const parsed = commandsOf(text).filter(({ words }) => words[0]?.text === 'show')
      expect([text, parsed.length]).toEqual([text, seen])
      const counts = stdout
        .trim()
        .split('\n')
        .map((line) => Number(line.split(' ')[1]))
      expect([text, parsed.map(({ words }) => words.length - 1)]).toEqual([text, parsed.map((_, at) => counts[at] ?? 0)])
    }
  })
})
