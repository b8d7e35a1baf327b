// The entry point: everything below it, and all of core again.
export {
  type Catalog,
  type CatalogEntry,
  type ConfigMapEntry,
  type Diagnostic,
  type DiagnosticCode,
  type Directive,
  type DirectiveInput,
  defineCatalog,
  type FormatDiagnosticsOptions,
  formatDiagnostics,
  formatDirectives,
  type LoadRequest,
  type LoadResult,
  type LocatedDirective,
  type ModuleHandle,
  type ModuleLike,
  type ModuleOf,
  type ModuleOrigin,
  type ParseConfigMapOptions,
  type ParseDirectivesOptions,
  type ParsedConfigMaps,
  type ParsedDirectives,
  type ParsedStaticConfig,
  type ParseStaticConfigOptions,
  parseConfigMap,
  parseDirectives,
  parseStaticConfig,
  type ResolvedModule,
  type ScriptMessage,
  type SelectedModules,
  type SelectModulesOptions,
  type Settings,
  type SettingsOf,
  type Severity,
  type StandardIssue,
  type StandardResult,
  type StandardSchema,
  type StaticConfig,
  type StaticModule,
  selectModules,
  suggest
} from './core/index.ts'
export type { DecidedReason, RecordedDecision, ScriptRun } from './core/resolution.ts'
export type { FreshDecision } from './decide-modules.ts'
export { HermesError, type HermesErrorCode } from './errors.ts'
export type { ResolveEvent } from './events.ts'
export type { Limits, ScriptEvent, ScriptExecutor, ScriptRequest, ScriptResult } from './executor/script-executor.ts'
export { createShellExecutor } from './executor/shell-executor.ts'
export { explainResolution } from './explain-resolution.ts'
export type { ResolutionExplanation } from './explanation.ts'
export { type LoadedModule, type LoadedModules, type LoadModulesOptions, loadModules } from './load-modules.ts'
export { type LoadedStaticConfig, type LoadStaticConfigOptions, loadStaticConfig } from './load-static-config.ts'
export type { ResolveModulesOptions, ScriptOptions } from './options.ts'
export { createFolderRecordStore } from './record/folder-store.ts'
export type { RecordStore } from './record/record-store.ts'
export type { RecordMode, RecordOptions } from './record-options.ts'
export type { RecordDecision } from './resolve-in-sequence.ts'
export { type Decision, type Reason, type Resolution, resolveModules } from './resolve-modules.ts'
