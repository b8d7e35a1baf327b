import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseModulesVariable } from '../../src/core/modules-variable.ts'
import { directiveWords, expectInOrder, expectPlacesIn, hasError, nearly } from './hostile.ts'

const read = (value: string, keys: string[] = []) => {
  const { ok, verdict, directives, diagnostics } = parseModulesVariable(value, keys)
  return {
    ok,
    verdict,
    modules: directives.map(({ module, config, line, column }) => `${module}${config ? `:${config}` : ''}@${line}:${column}`),
    diagnostics: diagnostics.map(({ code, line, column, length }) => `${code}@${line}:${column}+${length}`)
  }
}

describe('a value', () => {
  test.each<[string, string, string, string[]]>([
    ['of one directive', 'module=a', 'modules', ['a@1:1']],
    ['separated by semicolons', 'module=a;module=b,config=c ; module=d', 'modules', ['a@1:1', 'b:c@1:10', 'd@1:30']],
    ['separated by newlines', 'module=a\nmodule=b\n', 'modules', ['a@1:1', 'b@2:1']],
    ['separated by both', 'module=a;\n module=b;module=c', 'modules', ['a@1:1', 'b@2:2', 'c@2:11']],
    ['with a header', 'protocol=1;module=a', 'modules', ['a@1:12']],
    ['with an empty part at each end', ';module=a;', 'modules', ['a@1:2']],
    ['that is empty', '', 'empty', []],
    ['of white space', ' ; \n\t', 'empty', []],
    ['none', 'none', 'none', []],
    ['none with white space', ' none ; ', 'none', []],
    ['with comments between', '# first;module=a;# "last', 'modules', ['a@1:9']]
  ])('%s', (_, value, verdict, modules) => {
    expect(read(value)).toEqual({ ok: true, verdict, modules, diagnostics: [] })
  })

  test('may hold a separator in quotes', () => {
    const { directives } = parseModulesVariable('module=a,zone="x;y\\";z";module=b', ['zone'])
    expect(directives.map(({ module, options }) => [module, options['zone']])).toEqual([
      ['a', 'x;y";z'],
      ['b', undefined]
    ])
  })

  test('tells carriage returns once', () => {
    expect(read('module=a;module=b\r\nmodule=c\r\n').diagnostics).toEqual(['carriage-return@1:18+0'])
  })

  test.each<[string, string, string[], string[]]>([
    ['abstain', 'abstain', [], ['syntax@1:1+7']],
    ['a message', 'module=a; note=x', ['a@1:1'], ['syntax@1:11+6']],
    ['an error message', 'error=x\nmodule=a', ['a@2:1'], ['syntax@1:1+7']],
    ['a wrong directive', 'module=a;confg=b', ['a@1:1'], ['missing-module@1:10+7', 'unknown-key@1:10+5']],
    [
      'errors of both kinds, in order',
      'oops;abstain;zone=1,module=b;warning=',
      [],
      ['syntax@1:1+4', 'syntax@1:6+7', 'unknown-key@1:14+4', 'syntax@1:30+8']
    ],
    ['a quote that is not closed', 'module="a;module=b\nmodule=c', ['c@2:1'], ['syntax@1:8+11']],
    ['half of a surrogate pair', 'module=a;module=\ud800b;module=c', ['a@1:1', 'c@1:20'], ['invalid-encoding@1:17+1']],
    ['none beside a directive', 'none;module=a', [], ['conflicting-directive@1:6+8']],
    ['a conflict', 'module=a;module=a,config=b', ['a@1:1'], ['conflicting-directive@1:10+17']],
    ['a comment after a directive', 'module=a # x; module=b', ['b@1:15'], ['invalid-name@1:8+5']],
    ['an unknown protocol, which is all that is told', 'protocol=2;abstain;oops', [], ['unsupported-protocol@1:1+10']]
  ])('with %s is an error at its place', (_, value, modules, diagnostics) => {
    expect(read(value)).toMatchObject({ ok: false, modules, diagnostics })
  })

  test('shows the whole line, and says where it comes from', () => {
    const [diagnostic] = parseModulesVariable('module=a;abstain', []).diagnostics
    expect(diagnostic).toMatchObject({
      source: 'HERMES_MODULES',
      text: 'module=a;abstain',
      message: '"abstain" means nothing here: there is nothing else to fall back to',
      hint: 'name modules, or say "none"'
    })
  })

  test('of any text never throws, and its places lie in the text and in its order', () => {
    fc.assert(
      fc.property(nearly(';', ';', ...directiveWords), (value) => {
        const { ok, diagnostics } = parseModulesVariable(value, ['zone'])
        expect(ok).toBe(!hasError(diagnostics))
        expectPlacesIn(value, diagnostics)
        expectInOrder(diagnostics)
      }),
      { numRuns: 1000 }
    )
  })
})
