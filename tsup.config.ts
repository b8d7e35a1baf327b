import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { defineConfig, type Options } from 'tsup'

const shared: Options = {
  target: 'node20.19',
  // A tenth of what a first resolution costs was finding and reading it as a package: docs/decisions.md.
  noExternal: ['tinyexec'],
  removeNodeProtocol: false
}

export default defineConfig([
  {
    ...shared,
    entry: {
      index: 'src/index.ts',
      core: 'src/core/index.ts',
      testing: 'src/testing/index.ts',
      kubernetes: 'src/kubernetes/index.ts'
    },
    format: ['esm', 'cjs'],
    // CommonJS too: without it each entry would hold a HermesError of its own.
    splitting: true,
    esbuildOptions(options) {
      // Names stay, for stacks.
      options.minifyWhitespace = true
      // Node prints the line that threw: none of a hundred kilobytes.
      options.lineLimit = 160
    },
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    // The kit is needed by Node alone, and large: one format of it holds the code.
    async onSuccess() {
      const names = Object.keys(createRequire(import.meta.url)('./dist/testing.cjs'))
      writeFileSync('dist/testing.js', `export { ${names.join(', ')} } from './testing.cjs'\n`)
    }
  },
  // The command: what a container's start needs is one small file, the rest uses the entry points.
  { ...shared, ...command('bin'), minify: true, esbuildPlugins: [elsewhere({ './commands.ts': './commands.cjs' })] },
  {
    ...shared,
    ...command('commands'),
    minify: true,
    esbuildPlugins: [
      elsewhere({
        '../index.ts': './index.cjs',
        '../../index.ts': './index.cjs',
        '../core/index.ts': './core.cjs',
        '../kubernetes/index.ts': './kubernetes.cjs',
        '../../kubernetes/index.ts': './kubernetes.cjs',
        '../testing/index.ts': './testing.cjs',
        '../../testing/index.ts': './testing.cjs'
      })
    ]
  }
])

/** CommonJS: Node's loader of ES modules takes as long to start as all of the command. */
function command(name: string): Options {
  return {
    entry: { [name]: `src/cli/${name}.ts` },
    format: ['cjs'],
    splitting: false,
    esbuildOptions(options) {
      // An import() of what is in the same file, or in Node, would start that loader.
      options.supported = { 'dynamic-import': false }
    }
  }
}

/** Files that are built by another entry. */
function elsewhere(files: Readonly<Record<string, string>>): NonNullable<Options['esbuildPlugins']>[number] {
  return {
    name: 'elsewhere',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\// }, ({ path }) =>
        path in files ? { path: files[path] as string, external: true } : undefined
      )
    }
  }
}
