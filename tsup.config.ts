import { readFileSync, writeFileSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

const shared: Options = {
  target: 'node20.19',
  // A tenth of what a first resolution costs was finding and reading it as a package: docs/decisions.md.
  noExternal: ['tinyexec'],
  removeNodeProtocol: false
}

const entryPoints = { index: 'src/index.ts', core: 'src/core/index.ts', kubernetes: 'src/kubernetes/index.ts' }

const builtEntryPoints = {
  '../index.ts': './index.cjs',
  '../../index.ts': './index.cjs',
  '../core/index.ts': './core.cjs',
  '../kubernetes/index.ts': './kubernetes.cjs',
  '../../kubernetes/index.ts': './kubernetes.cjs',
  '../testing/index.ts': './testing.cjs',
  '../../testing/index.ts': './testing.cjs'
}

export default defineConfig([
  {
    ...shared,
    entry: entryPoints,
    format: ['esm', 'cjs'],
    // CommonJS too: without it each entry would hold a HermesError of its own.
    splitting: true,
    esbuildOptions: shorten,
    dts: { entry: { ...entryPoints, testing: 'src/testing/index.ts' }, compilerOptions: { ignoreDeprecations: '6.0' } }
  },
  // The kit is needed by Node alone, and large: one format of it holds the code, and uses the library as it is built.
  {
    ...shared,
    ...commonJs({ testing: 'src/testing/index.ts' }),
    minify: true,
    esbuildPlugins: [elsewhere(builtEntryPoints)],
    async onSuccess() {
      const text = readFileSync('dist/testing.cjs', 'utf8')
      const [, list = ''] = /0 ?&& ?\(module\.exports ?= ?\{([^}]*)\}\)/.exec(text) ?? []
      writeFileSync(
        'dist/testing.js',
        `export { ${list
          .trim()
          .split(/\s*,\s*/)
          .join(', ')} } from './testing.cjs'\n`
      )
    }
  },
  // The command: what a container's start needs is one small file, the rest uses the entry points.
  {
    ...shared,
    ...commonJs({ bin: 'src/cli/bin.ts' }),
    minify: true,
    esbuildPlugins: [elsewhere({ './commands.ts': './commands.cjs' })]
  },
  { ...shared, ...commonJs({ commands: 'src/cli/commands.ts' }), minify: true, esbuildPlugins: [elsewhere(builtEntryPoints)] }
])

/** CommonJS: Node's loader of ES modules takes as long to start as all of the command. */
function commonJs(entry: Readonly<Record<string, string>>): Options {
  return {
    entry: { ...entry },
    format: ['cjs'],
    splitting: false,
    esbuildOptions(options) {
      // An import() of what is in the same file, or in Node, would start that loader.
      options.supported = { 'dynamic-import': false }
      shorten(options)
    }
  }
}

/** Names stay, for stacks; and Node prints the line that threw: not a hundred kilobytes. */
function shorten(options: { minifyWhitespace?: boolean; lineLimit?: number }): void {
  options.minifyWhitespace = true
  options.lineLimit = 160
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
