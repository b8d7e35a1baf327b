import type { RecordedAnswer } from '../../src/record/record-format.ts'
import { digestInputs } from '../../src/record/record-inputs.ts'
import type { RecordStore } from '../../src/record/record-store.ts'

const inputs = digestInputs({
  script: new TextEncoder().encode('echo module=mem-logger\n'),
  interpreter: undefined,
  staticBytes: undefined,
  staticInline: undefined,
  modulesVariable: undefined,
  keys: [],
  variables: { ZONE: 'eu-1' }
})

/** An answer, some of its members as given. */
export function answer(given: Partial<RecordedAnswer> = {}): RecordedAnswer {
  return {
    name: '/etc/hermes/load-sidecars.sh',
    args: [],
    reason: 'script-ran',
    step: 'init-1',
    decidedAt: '2030-01-02T03:04:05.678Z',
    inputs,
    modules: [
      {
        name: 'mem-profiler',
        config: 'prod-tunings',
        settings: { sampleIntervalBytes: 524288 },
        options: { tier: 'gold' },
        origin: { kind: 'script', source: '/etc/hermes/load-sidecars.sh', line: 1, column: 1 }
      }
    ],
    ...given
  }
}

/** A store of one process, as an embedder would write it. */
export function memoryStore(content = new Map<string, Uint8Array>()): RecordStore & { content: Map<string, Uint8Array> } {
  return {
    content,
    location: 'memory',
    read: async (key) => content.get(key),
    putIfAbsent: async (key, bytes) => {
      if (!content.has(key)) content.set(key, bytes)
      return content.get(key) as Uint8Array
    },
    replace: async (key, bytes) => {
      content.set(key, bytes)
    }
  }
}
