import { casesOf, countsOf, messageOf, type Reporter, type TestedFile } from './tested-file.ts'

/** JUnit's XML, as CI systems read it. */
export function junitReporter(): Reporter {
  const files: TestedFile[] = []
  return {
    file(tested) {
      files.push(tested)
      return ''
    },
    end() {
      const { cases, failed, badFiles } = countsOf(files)
      const counts = attributes({ tests: cases + badFiles, failures: failed, errors: badFiles })
      const suites = files.flatMap(suiteOf)
      return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', `name="hermes-modules" ${counts}`, suites)}\n`
    }
  }
}

function suiteOf(tested: TestedFile): string {
  const { file } = tested
  if ('error' in tested) {
    const { error } = tested
    const fault = element('error', attributes({ type: error.code, message: firstLine(error) }), [escaped(messageOf(error))])
    const only = element('testcase', attributes({ name: file, classname: file, file }), [fault])
    return element('testsuite', attributes({ name: file, tests: 1, failures: 0, errors: 1 }), [only])
  }
  const cases = casesOf(tested)
  const failures = cases.filter(({ ok }) => !ok).length
  const inner = cases.map(({ name, line, error }) => {
    const failure = error
      ? [element('failure', attributes({ type: error.name, message: firstLine(error) }), [escaped(messageOf(error))])]
      : []
    return element('testcase', attributes({ name, classname: file, file, line }), failure)
  })
  return element('testsuite', attributes({ name: file, tests: cases.length, failures, errors: 0 }), inner)
}

function element(name: string, attributeText: string, content: readonly string[]): string {
  const start = `<${name}${attributeText === '' ? '' : ` ${attributeText}`}`
  if (content.length === 0) return `${start}/>`
  const isText = content.every((part) => !part.startsWith('<'))
  return isText ? `${start}>${content.join('')}</${name}>` : `${start}>\n${content.join('\n')}\n</${name}>`
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(String(value)).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`)
    .join(' ')
}

function firstLine(error: Error): string {
  return messageOf(error).split('\n')[0] ?? ''
}

// All that XML 1.0 can't hold, not even as a reference (§2.2).
const noCharacter = /[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

function escaped(text: string): string {
  return text.replace(noCharacter, '\ufffd').replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
