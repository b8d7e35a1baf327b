// For unit-testing what plugs into hermes-memory-installer: conformance cases for its ports.
export { type ConformanceCase, scriptExecutorConformance } from './conformance.ts'
export { recordStoreConformance } from './record-conformance.ts'
