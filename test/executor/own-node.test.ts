import { expect, it } from 'vitest'
import { ownNode } from '../../src/executor/own-node.ts'

const sea = (isSea: boolean) => () => ({ isSea: () => isSea })
const plain = { execPath: '/opt/node', versions: { node: '20.20.2' }, getBuiltinModule: sea(false) }

it('is the executable of a plain Node', () => {
  expect(ownNode(plain)).toBe('/opt/node')
  expect(ownNode()).toBe(process.execPath)
})

it.each([
  ['Bun', { ...plain, versions: { node: '24.0.0', bun: '1.4.0' } }],
  ['Deno', { ...plain, versions: { node: '24.0.0', deno: '2.9.0' } }],
  ['Electron', { ...plain, versions: { node: '20.0.0', electron: '30.0.0' } }],
  ['pkg', { ...plain, pkg: {} }],
  ['a single-executable application', { ...plain, getBuiltinModule: sea(true) }],
  ['a Node that does not know itself', { execPath: '/opt/node', versions: {} }]
])('is nothing in %s, whose executable is not Node', (_name, runtime) => {
  expect(ownNode(runtime)).toBeUndefined()
})
