import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { tempFolder } from '../../temp-folder.ts'
import { load } from './example-files.ts'

const { readCgroupBelow } = await load<{ readCgroupBelow(root: string, cgroups: string): Map<string, number> }>(
  'sidecar/cgroup-memory.js'
)

const v1 = '9:name=systemd:/kubepods/pod1/c1\n4:memory,hugetlb:/kubepods/pod1/c1\n0::/\n'
const noLimit = '9223372036854771712\n'

it.each<[what: string, cgroups: string, files: Record<string, string>, expected: Record<string, number>]>([
  ['version 2', '0::/\n', { 'memory.current': '1000\n', 'memory.max': '5000\n' }, { usage: 1000, limit: 5000 }],
  ['version 2 without a limit', '0::/\n', { 'memory.current': '1000\n', 'memory.max': 'max\n' }, { usage: 1000 }],
  [
    "version 2 as another container's namespace names it",
    '0::/../c2\n',
    { 'memory.current': '7\n', 'memory.max': '9\n' },
    { usage: 7, limit: 9 }
  ],
  [
    'version 2 outside of a container',
    '0::/app.service\n',
    { 'app.service/memory.current': '3\n', 'app.service/memory.max': '4\n' },
    { usage: 3, limit: 4 }
  ],
  [
    'version 1 in a container',
    v1,
    { 'memory/memory.usage_in_bytes': '1000\n', 'memory/memory.limit_in_bytes': '5000\n' },
    { usage: 1000, limit: 5000 }
  ],
  [
    'version 1 outside of a container',
    v1,
    {
      'memory/memory.usage_in_bytes': '99\n',
      'memory/memory.limit_in_bytes': noLimit,
      'memory/kubepods/pod1/c1/memory.usage_in_bytes': '1000\n',
      'memory/kubepods/pod1/c1/memory.limit_in_bytes': noLimit
    },
    { usage: 1000 }
  ]
])('reads %s', (_, cgroups, files, expected) => {
  const root = tempFolder()
  for (const [file, content] of Object.entries(files)) {
    const at = path.join(root, 'sys/fs/cgroup', file)
    mkdirSync(path.dirname(at), { recursive: true })
    writeFileSync(at, content)
  }
  expect(Object.fromEntries(readCgroupBelow(root, cgroups))).toEqual(expected)
})

it('has no value where the target sees none', () => {
  expect(() => readCgroupBelow(tempFolder(), '0::/\n')).toThrow('the target sees no memory cgroup')
})
