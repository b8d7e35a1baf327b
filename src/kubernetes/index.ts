// Sidecars of a resolution's modules in a workload: no node:, no I/O, no clock. It runs in a browser.
export type { Catalog, ResolvedModule, SettingsOf } from '../core/catalog.ts'
export type { Diagnostic, DiagnosticCode, Severity } from '../core/diagnostic.ts'
export type { ModuleOf, ModuleOrigin, Settings } from '../core/resolution.ts'
export type { SidecarDefaults } from './defaults.ts'
export { type Injection, injectSidecars } from './inject.ts'
export type { InjectSidecarsOptions, ReadInjectionOptions, SidecarPosition } from './inject-options.ts'
export type { Injectable, InjectableModule } from './injectable.ts'
export type { Json } from './json.ts'
export type { PatchOperation } from './json-patch.ts'
export { type InjectedModule, type InjectedModules, readInjection } from './read-injection.ts'
export {
  defineSidecars,
  type EnvVar,
  type SidecarContainer,
  type SidecarContext,
  type SidecarDefinition,
  type Sidecars,
  type SidecarTemplate,
  type TargetAdditions
} from './sidecars.ts'
