import type { ResolutionExplanation } from './explanation.ts'
import { type ResolveModulesOptions, readOptions } from './options.ts'

/**
 * Explains what `resolveModules()` would do with the same options: runs nothing and writes nothing.
 *
 * @throws HermesError OPTIONS_INVALID only; whatever else is wrong is in `diagnostics`
 */
export async function explainResolution(options: ResolveModulesOptions = {}): Promise<ResolutionExplanation> {
  const settings = await readOptions(options, 'explainResolution()')
  const { explain } = await import('./explanation.ts')
  return explain(settings)
}
