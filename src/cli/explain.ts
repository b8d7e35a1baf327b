import { explainResolution } from '../index.ts'
import { explanationTree } from './explanation-tree.ts'
import type { CommandIo } from './io.ts'
import { wantsColor } from './io.ts'
import type { Invocation } from './parse-arguments.ts'
import { one, resolveOptions } from './resolve-options.ts'

/** `hermes-modules explain`: what is wrong is part of the answer, so it ends with 0. @throws HermesError OPTIONS_INVALID; UsageError */
export async function explain(invocation: Invocation, io: CommandIo): Promise<number> {
  const options = resolveOptions(invocation, io)
  const explanation = await explainResolution(options)
  const json = one(invocation.values, 'format') === 'json'
  const tree = () => explanationTree(explanation, options, wantsColor(io.stdout, io.env))
  io.stdout.write(`${json ? JSON.stringify(explanation, null, 2) : tree()}\n`)
  return 0
}
