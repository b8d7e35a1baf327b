import type { CatalogEntry } from './catalog.ts'
import { cleanInPlace, quote } from './clean-text.ts'
import type { Problem } from './diagnostic.ts'
import { jsonPointer } from './json-pointer.ts'
import type { Settings } from './resolution.ts'
import type { StandardIssue } from './standard-schema.ts'

/** What the module's schema makes of settings, or what it finds wrong with them. */
export async function validateSettings(
  { module, config }: { module: string; config: string | undefined },
  settings: Settings,
  entry: CatalogEntry | undefined
): Promise<{ settings: unknown } | { problems: Problem[] }> {
  if (!entry?.settings) return { settings }
  const subject = config === undefined ? `module ${quote(module)}` : `config ${quote(config)} of module ${quote(module)}`
  try {
    const result = await entry.settings['~standard'].validate(settings)
    if (!result.issues) return { settings: result.value }
    if (config === undefined) return { problems: [needsConfig(module, entry, result.issues)] }
    return { problems: result.issues.map((issue) => ({ code: 'invalid-settings', message: `${subject}: ${wordsOf(issue)}` })) }
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return { problems: [{ code: 'invalid-settings', message: `${subject}: its schema threw: ${cleanInPlace(message)}` }] }
  }
}

function needsConfig(module: string, entry: CatalogEntry, issues: readonly StandardIssue[]): Problem {
  const known = Object.keys(entry.configs ?? {})
  const example = known.length > 0 ? `one of ${known.join(', ')}` : 'one that the static configuration defines'
  return {
    code: 'invalid-settings',
    message: `module ${quote(module)} needs a config: ${issues.map(wordsOf).join('; ')}`,
    hint: `add config=NAME, ${example}`
  }
}

function wordsOf({ message, path = [] }: StandardIssue): string {
  const pointer = jsonPointer(path.map((step) => (typeof step === 'object' ? step.key : step)))
  return cleanInPlace(pointer === '' ? message : `${pointer}: ${message}`)
}
