import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secretRanges } from '../../src/cli/check/secret-text.ts'
import { tempFolder } from '../temp-folder.ts'
import { runCheck } from './run-check.ts'

const formats = ['text', 'json', 'sarif', 'github'] as const
const kinds = [undefined, 'config', 'directives', 'script', 'configmap'] as const

/** A text with `*` for each character that is hidden, line ends too. */
function hiddenOf(text: string): string {
  let shown = text
  for (const [from, to] of secretRanges(text)) shown = shown.slice(0, from) + '*'.repeat(to - from) + shown.slice(to)
  return shown
}

describe('a secret in a script', () => {
  it.each([
    ['API_TOKEN=abc; echo', 'API_TOKEN=***; echo'],
    ['export API_TOKEN="a b" X=1', 'export API_TOKEN=***** X=1'],
    ["TOKEN=a'b c'd e", 'TOKEN=******* e'],
    ['TOKEN=$(cat x) e', 'TOKEN=******** e'],
    ['TOKEN=a\\ b c', 'TOKEN=**** c'],
    ['echo "token=a b" c', 'echo "token=***" c'],
    ["# don't\nTOKEN='a\nb' c", "# don't\nTOKEN=***** c"],
    ["it's TOKEN='a' b", "it's TOKEN=*****"],
    ['${TOKEN:-abc}', '${TOKEN:*****'],
    ['curl --token abc d', 'curl --token *** d'],
    ['curl -H "Authorization: Bearer abc" d', 'curl -H "Authorization: Bearer ***" d'],
    ['curl -H "X-Api-Key: abc" d', 'curl -H "X-Api-Key:****" d'],
    ['curl https://u:a@b@host/x', 'curl https://u:***@host/x'],
    ['"a\\npassword: b\\n" c', '"a\\npassword:****" c'],
    ['cat <<EOF\npassword: a b\n  c\nd: e\nEOF', 'cat <<EOF\npassword:********\nd: e\nEOF'],
    ['TOKEN_FILE=/run/t https://host:80/ echo token', 'TOKEN_FILE=/run/t https://host:80/ echo token']
  ])('%j is shown as %j', (text, shown) => {
    expect(hiddenOf(text)).toBe(shown)
  })

  const marker = 'Zq7xW'
  const secret = fc.constantFrom(marker, `${marker}${marker}`, `${marker}/+=${marker}`, `${marker}$${marker}`)
  const statement = fc.constantFrom<(secret: string) => string>(
    (value) => `API_TOKEN=${value}`,
    (value) => `export DB_PASSWORD="${value} ${value}"`,
    (value) => `PASSWORD='${value}' run`,
    (value) => `TOKEN=$(echo ${value} | base64)`,
    (value) => `echo "module=a,token=${value}"`,
    (value) => `curl -H "Authorization: Bearer ${value}" x`,
    (value) => `curl -H 'authorization: basic ${value}'`,
    (value) => `git clone https://u:${value}@host/x`,
    (value) => `run --password ${value}`,
    (value) => `run --password=${value}`,
    (value) => `curl -d '{"token": "${value}"}'`,
    (value) => `password: ${value}`,
    (value) => `API_TOKEN=${value} fi`,
    (value) => `API_TOKEN=(${value}`,
    (value) => `API_TOKEN="${value}`,
    (value) => `case x in API_TOKEN=${value}) fi`
  )
  const wrapping = fc.constantFrom<(line: string) => string>(
    (line) => `#!/bin/sh\n${line}; fi\n`,
    (line) => `#!/bin/bash\n  if ${line} )\n`,
    (line) => `#!/bin/sh ${line}\n`,
    (line) => `kind: ConfigMap\ndata:\n  load-sidecars.sh: |\n    #!/bin/bash\n    ${line} ;; fi\n`,
    (line) => `kind: ConfigMap\ndata: { load-sidecars.sh: ${JSON.stringify(`#!/bin/sh\n${line}; fi\n`)} }\n`,
    (line) => `kind: ConfigMap\ndata:\n  load-sidecars.sh: >\n    #!/bin/sh\n    ${line}\n`,
    (line) => `kind: ConfigMap\nbinaryData:\n  a.sh: ${Buffer.from(`#!/bin/sh\n${line}; fi\n`).toString('base64')}\n`,
    (line) => `modules: [.inf] # ${line}\n`,
    (line) => `module=a,x=${line}\n`
  )

  it('is shown in no format, of whatever kind the text is said to be', async () => {
    const cwd = tempFolder()
    await fc.assert(
      fc.asyncProperty(
        secret,
        statement,
        wrapping,
        fc.constantFrom(...kinds),
        fc.constantFrom(...formats),
        async (value, state, wrap, as, format) => {
          const { stdout, stderr } = await runCheck({
            files: ['-'],
            stdin: wrap(state(value)),
            as,
            format,
            cwd,
            shellcheck: value === marker
          })
          expect(stdout + stderr).not.toContain(marker)
        }
      ),
      { numRuns: 150 }
    )
  }, 60_000)
})
