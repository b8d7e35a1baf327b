import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ArtifactLocation, Log, Region, ReportingDescriptor, Result } from 'sarif'
import packageJson from '../../../package.json' with { type: 'json' }
import type { Diagnostic } from '../../index.ts'
import type { CheckedFile } from './checked-file.ts'

const repository = packageJson.homepage.replace(/#.*$/, '')

/** What was found as SARIF 2.1.0 (OASIS), for code scanning. */
export function sarifLog(files: readonly CheckedFile[], cwd: string): Log {
  const diagnostics = files.flatMap((file) => file.diagnostics)
  const codes = [...new Set(diagnostics.map(({ code }) => code))]
  const executionSuccessful = !codes.includes('unreadable-file')
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'hermes-modules',
            version: packageJson.version,
            informationUri: packageJson.homepage,
            rules: codes.map(ruleOf)
          }
        },
        columnKind: 'utf16CodeUnits',
        invocations: [{ executionSuccessful }],
        results: diagnostics.map((diagnostic) => resultOf(diagnostic, codes.indexOf(diagnostic.code), cwd))
      }
    ]
  }
}

function resultOf({ code, severity, message, hint, source = '', ...place }: Diagnostic, ruleIndex: number, cwd: string): Result {
  const region = regionOf(place)
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: hint === undefined ? message : `${message}\n${hint}` },
    locations: [{ physicalLocation: { artifactLocation: artifactOf(source, cwd), ...(region && { region }) } }]
  }
}

function regionOf({ line, column, length }: Pick<Diagnostic, 'line' | 'column' | 'length'>): Region | undefined {
  if (line === undefined || column === undefined) return undefined
  return { startLine: line, startColumn: column, ...(length !== undefined && { endColumn: column + Math.max(1, length) }) }
}

/** A path below the working folder is relative to the root of the sources, whatever machine it was on. */
function artifactOf(source: string, cwd: string): ArtifactLocation {
  if (source === '<stdin>') return { uri: encodeURIComponent(source) }
  const below = path.relative(cwd, path.resolve(cwd, source))
  const isBelow = below !== '..' && !below.startsWith(`..${path.sep}`)
  if (path.isAbsolute(source) || !isBelow) return { uri: pathToFileURL(path.resolve(cwd, source)).href }
  return { uri: below.split(path.sep).map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' }
}

function ruleOf(code: string): ReportingDescriptor {
  const words = code
    .replace(/^ERR_HERMES_/, '')
    .replace(/^shellcheck\//, 'ShellCheck ')
    .replace(/[_-]/g, ' ')
  const text = code.startsWith('shellcheck/') ? words : words.charAt(0).toUpperCase() + words.slice(1).toLowerCase()
  return { id: code, shortDescription: { text }, helpUri: helpOf(code) }
}

function helpOf(code: string): string {
  if (code.startsWith('shellcheck/')) return `https://www.shellcheck.net/wiki/${code.slice('shellcheck/'.length)}`
  const page = code.startsWith('ERR_') ? 'errors' : 'diagnostics'
  return `${repository}/blob/main/docs/${page}.md#${code.toLowerCase()}`
}
