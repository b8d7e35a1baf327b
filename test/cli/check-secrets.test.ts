import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { namesSecret } from '../../src/cli/check/secret-text.ts'
import { tempFolder } from '../temp-folder.ts'
import { runCheck } from './run-check.ts'

describe('keys that name a secret', () => {
  it.each([
    ...[
      'token',
      'API_TOKEN',
      'sentryDsn',
      'password',
      'db-password',
      'PASSWD',
      'passwd',
      'dbPwd',
      'clientSecret',
      'secret',
      'SECRET2'
    ],
    ...['dsn', 'apiKey', 'api_key', 'APIKey', 'apikey', 'API_KEY', 'credential', 'credentials', 'privateKey', 'ssh.private-key'],
    ...[
      'connectionString',
      'connection_string',
      'secretAccessKey',
      'passphrase',
      'auth.token',
      'signingKey',
      'tokens.accessToken'
    ]
  ])('%s', (key) => {
    expect(namesSecret(key)).toBe(true)
  })
})

describe('keys that name none', () => {
  it.each([
    ...[
      'tokenBucketSize',
      'maxTokens',
      'tokenFile',
      'passwordEnv',
      'dsnVariable',
      'secretName',
      'tokenPath',
      'secretRef',
      'secretKeyRef'
    ],
    ...[
      'key',
      'keys',
      'publicKey',
      'primaryKey',
      'tokenizer',
      'sampleIntervalBytes',
      'secretary',
      '',
      '42',
      'connection',
      'string'
    ]
  ])('%s', (key) => {
    expect(namesSecret(key)).toBe(false)
  })
})

async function warned(text: string): Promise<string[]> {
  const { stdout } = await runCheck({ files: ['-'], as: 'config', stdin: text, format: 'json', cwd: tempFolder() })
  return JSON.parse(stdout).files[0].diagnostics.map(
    ({ code, line, column, length, text: shown }: Record<string, string | number>) =>
      [code, line, String(shown).slice(Number(column) - 1, Number(column) - 1 + Number(length))].join(' ')
  )
}

describe('settings', () => {
  it.each<[string, string, string[]]>([
    ['a text', 'configs:\n  a:\n    token: abc\n', ['secret-in-config 3 token']],
    ['a number', 'configs: { a: { password: 1234 } }\n', ['secret-in-config 1 password']],
    ['nested settings', 'configs: { a: { b: [{ dbPassword: x }] } }\n', ['secret-in-config 1 dbPassword']],
    ['a list', 'configs: { a: { passwords: [b, c] } }\n', ['secret-in-config 1 passwords']],
    ['an alias', 'configs: { a: { b: &b c, token: *b } }\n', ['secret-in-config 1 token']],
    ['a quoted key', 'configs: { a: { "api key": c } }\n', ['secret-in-config 1 "api key"']],
    ['JSON', '{ "configs": { "a": { "token": "b" } } }', ['secret-in-config 1 "token"']],
    ['an object under the name', 'configs: { a: { credentials: { user: b, password: c } } }\n', ['secret-in-config 1 password']],
    ['a reference', 'configs: { a: { secret: { name: b, key: c }, tokenFile: /run/t } }\n', []],
    ['nothing', 'configs: { a: { token: "", password: ~, secret: true, dsn: } }\n', []]
  ])('warns of %s at its key', async (_, text, expected) => {
    expect(await warned(text)).toEqual(expected)
  })
})

describe('the value of a secret', () => {
  const name = fc.constantFrom('token', 'password', 'api_key', 'sentryDsn', 'DB_PASSWORD', 'private-key')
  const marker = 'Zq7xW'
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }).map((text) => `${marker}${text}${marker}`),
    fc.constantFrom(`${marker}\nb ${marker}: c\n`, `${marker}${'x'.repeat(300)}${marker}`, `${marker} # ${marker}`, `"${marker}'`)
  )
  const style = fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED') as fc.Arbitrary<
    'PLAIN' | 'QUOTE_DOUBLE' | 'QUOTE_SINGLE' | 'BLOCK_LITERAL' | 'BLOCK_FOLDED'
  >
  const wrapping = fc.constantFrom<(config: string) => string>(
    (config) => config,
    (config) => `kind: ConfigMap\ndata:\n  modules.yaml: |\n${config.replace(/^/gm, '    ')}\n`,
    (config) => `kind: ConfigMap\ndata:\n  modules.yaml: ${JSON.stringify(config)}\n  n: 1\n`,
    (config) => `kind: ConfigMap\ndata:\n  modules.yaml: >2\n${config.replace(/^/gm, '    ')}\n`,
    (config) => `${config}\nmodules: [\n`,
    (config) => `modul: 3\n${config}`,
    (config) => config.replace('configs', 'settings'),
    (config) => `kind: ConfigMap\n${config.replace('configs', 'data')}`
  )
  const formats = ['text', 'json', 'sarif', 'github'] as const

  it('is shown in no format, whatever else is wrong', async () => {
    const cwd = tempFolder()
    await fc.assert(
      fc.asyncProperty(name, value, style, wrapping, fc.boolean(), async (key, secret, defaultStringType, wrap, flow) => {
        const config = { configs: { prod: { [key]: secret, nested: [{ [key]: secret }], other: 1 } } }
        const text = stringify(config, { defaultStringType, defaultKeyType: 'PLAIN', ...(flow && { collectionStyle: 'flow' }) })
        for (const format of formats) {
          const { stdout, stderr } = await runCheck({
            files: ['-'],
            stdin: wrap(text.replace('other: 1', 'other: .inf')),
            format,
            cwd
          })
          expect(stdout + stderr).not.toContain(marker)
        }
      }),
      { numRuns: 100 }
    )
  })

  it('is not shown of directives in a ConfigMap', async () => {
    const values = [`module=a,token=${marker}\n`, `module=a,x=1,token="${marker}\n`]
    for (const value of values) {
      for (const written of [JSON.stringify(value), `|\n    ${value}`, `>\n    ${value}`]) {
        const { stdout, exitCode } = await runCheck({
          files: ['-'],
          stdin: `kind: ConfigMap\ndata:\n  a: ${written}`,
          cwd: tempFolder()
        })
        expect(exitCode).toBe(1)
        expect(stdout).not.toContain(marker)
      }
    }
  })

  it('is hidden in a file that has one in every line', async () => {
    const stdin = `configs:\n${Array.from({ length: 2000 }, (_, at) => `  c${at}: { token: ${marker}${at}, x: .inf }\n`).join('')}`
    const { stdout, stderr } = await runCheck({ files: ['-'], stdin, cwd: tempFolder() })
    expect(stderr).toBe('1 file, 2000 errors, 2000 warnings\n')
    expect(stdout).not.toContain(marker)
  })

  it('is shown nowhere of a file that is not told, nor of one that is no YAML', async () => {
    for (const stdin of [
      `password = ${marker}\n`,
      `password: ${marker}\n`,
      `a: [\npassword: |\n  ${marker}\n`,
      `dsn: "${marker}\n  ${marker}\n`
    ]) {
      for (const as of [undefined, 'config', 'directives', 'configmap'] as const) {
        const { stdout, exitCode } = await runCheck({ files: ['-'], as, stdin, cwd: tempFolder() })
        expect(exitCode).toBe(1)
        expect(stdout).not.toContain(marker)
      }
    }
  })

  it('is not shown of a line of directives', async () => {
    const stdin = `module=a,token=${marker}\ntoken = "${marker}\nmodule=b,password=${marker},${marker}\n`
    for (const format of formats) {
      const { stdout } = await runCheck({ files: ['-'], as: 'directives', stdin, format, cwd: tempFolder() })
      expect(stdout).not.toContain(marker)
    }
  })
})
