// Ratios against a peer in the same run, never times: `npm run bench`.
import { createShellExecutor } from 'hermes-memory-installer'
import { benchCommand } from './command.js'
import { benchExecutor } from './executor.js'
import { benchKit } from './kit.js'
import { benchParser } from './parser.js'
import { benchProcess } from './process.js'
import { benchRecord } from './record.js'
import { benchWebhook } from './webhook.js'

const all = [
  benchParser,
  () => benchExecutor(createShellExecutor()),
  benchRecord,
  benchProcess,
  benchCommand,
  benchKit,
  benchWebhook
]
for (const bench of all) {
  for (const { name, ratio, goal } of await bench()) {
    console.log(`${ratio.toFixed(2).padStart(6)}  ${name}${goal === undefined ? '' : ` (goal: at most ${goal})`}`)
  }
}
