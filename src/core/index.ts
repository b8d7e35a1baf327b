// The pure part of hermes-memory-installer: no node:, no I/O, no global state. It runs in a browser.
export {
  type Catalog,
  type CatalogEntry,
  defineCatalog,
  type LoadRequest,
  type LoadResult,
  type ModuleHandle,
  type ResolvedModule,
  type SettingsOf
} from './catalog.ts'
export { type ParseConfigMapOptions, parseConfigMap } from './config-map.ts'
export type { ConfigMapEntry, ParsedConfigMaps } from './config-map-reader.ts'
export type { Diagnostic, DiagnosticCode, Severity } from './diagnostic.ts'
export type { DirectiveInput } from './directive-input.ts'
export type { Directive, ParsedDirectives, ScriptMessage } from './directive-reader.ts'
export { type FormatDiagnosticsOptions, formatDiagnostics } from './format-diagnostics.ts'
export { formatDirectives } from './format-directives.ts'
export { type ParseDirectivesOptions, parseDirectives } from './parse-directives.ts'
export type { ModuleLike, ModuleOf, ModuleOrigin, Settings } from './resolution.ts'
export { type LocatedDirective, type SelectedModules, type SelectModulesOptions, selectModules } from './select-modules.ts'
export type { StandardIssue, StandardResult, StandardSchema } from './standard-schema.ts'
export { type ParsedStaticConfig, type ParseStaticConfigOptions, parseStaticConfig } from './static-config.ts'
export type { StaticConfig, StaticModule } from './static-config-reader.ts'
export { suggest } from './suggest.ts'
