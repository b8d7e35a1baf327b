import { loaderScript } from '../../src/testing/index.ts'

/** A program: runs a script in a namespace, as whoever starts it, and prints what came of it. */
const [script = '', trace = ''] = process.argv.slice(2)
const commands = {
  kubectl: { stdout: 'stub\n' },
  asked: ({ args }: { args: readonly string[] }) => ({ stdout: `asked ${args[0]}\n` })
}
loaderScript(script)
  .run({ world: 'namespace', interpreter: 'bash', commands, trace: trace === 'trace', reject: false })
  .then(({ error, stderr, modules, trace: traced, blame }) => {
    process.stdout.write(JSON.stringify({ code: error?.code, message: error?.message, stderr, modules, traced, blame }))
  })
