import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    core: 'src/core/index.ts',
    testing: 'src/testing/index.ts',
    kubernetes: 'src/kubernetes/index.ts'
  },
  format: ['esm', 'cjs'],
  target: 'node20.19',
  // CommonJS too: without it each entry would hold a HermesError of its own.
  splitting: true,
  // A tenth of what a first resolution costs was finding and reading it as a package: docs/decisions.md.
  noExternal: ['tinyexec'],
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  removeNodeProtocol: false,
  clean: true
})
