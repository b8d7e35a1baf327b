// For unit-testing loader scripts, and what plugs into hermes-memory-installer.
export { assertResolves } from './assert-resolves.ts'
export {
  any,
  type CommandFunction,
  type CommandReply,
  type CommandStub,
  type CommandStubEntry,
  type Stub,
  type StubCall
} from './commands/stub.ts'
export type { ShellComparison } from './compare-shells.ts'
export { type ConformanceCase, scriptExecutorConformance } from './conformance.ts'
export type { DecisionRow, DecisionTable } from './decision-table.ts'
export { type FakeAnswer, fakeExecutor } from './fake-executor.ts'
export { initLoaderTests } from './init-loader-tests.ts'
export type { CommandCall, LoaderRun, LoaderRunError } from './loader-run.ts'
export { type LoaderScript, loaderScript, type MakeLoaderScript } from './loader-script.ts'
export {
  type LoaderTestCase,
  type LoaderTestsOptions,
  type LoaderTestsResult,
  runLoaderTests
} from './loader-tests.ts'
export { recordStoreConformance } from './record-conformance.ts'
export type { LoaderRunOptions } from './run-options.ts'
export type { ConfigMapText } from './script-source.ts'
export type { DecisionAxes, DecisionTableOptions } from './table/decision-axes.ts'
export type { Coverage, LineHits } from './trace/coverage.ts'
export { mergeCoverage } from './trace/coverage-folder.ts'
export { joinCoverage } from './trace/joined-coverage.ts'
export type { Blame, TraceState } from './trace/trace-run.ts'
