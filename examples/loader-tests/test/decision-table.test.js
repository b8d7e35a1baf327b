import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fromFile, kubectl, noCluster, noFlags } from './cluster.js'

const axes = {
  kubectl: {
    'production, standard node': kubectl({ tier: 'production' }),
    'production, spot node': kubectl({ tier: 'production', pool: 'spot' }),
    staging: kubectl({ tier: 'staging' }),
    'no tier': kubectl({ tier: '' }),
    'no answer': noCluster
  },
  curl: { 'flag on': { stdout: 'on' }, 'flag off': { stdout: 'off' }, 'no answer': noFlags }
}

test('README has what the script decides', async () => {
  const readme = new URL('../README.md', import.meta.url)
  const table = await fromFile.decisionTable(axes)
  const text = readFileSync(readme, 'utf8')
  const current = text.replace(
    /(?<=<!-- decisions -->\n)[\s\S]*(?=<!-- end of decisions -->)/,
    () => `\n${table.markdown.trim()}\n\n\`\`\`mermaid\n${table.toMermaid()}\n\`\`\`\n\n`
  )
  if (process.env.UPDATE === '1') writeFileSync(readme, current)
  else expect(text, 'UPDATE=1 writes it').toBe(current)
})
