// Joins what every test process has seen, for genhtml and whatever else reads lcov's format.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { mergeCoverage } from 'hermes-memory-installer/testing'

const [folder] = process.argv.slice(2)
const { lcov, lines, percent, reason } = await mergeCoverage(path.join(folder, 'hits'))
writeFileSync(path.join(folder, 'lcov.info'), lcov)
for (const { source, line, hits } of lines) {
  if (hits === 0) console.log(`${path.basename(source)}:${line} was never reached`)
}
console.log(percent === undefined ? `nothing is known: ${reason}` : `${percent} % of the lines were reached`)
