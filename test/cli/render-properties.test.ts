import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { editDocument } from '../../src/cli/render/edit-document.ts'
import { changed, isMembers, stepsOf } from '../../src/cli/render/json-values.ts'
import { parseOptions, readYaml, type YamlFile } from '../../src/cli/render/yaml-file.ts'
import type { PatchOperation } from '../../src/kubernetes/index.ts'
import { chunksOf, documentStyle, meaningOf, newValue, styledDocument } from './styled-yaml.ts'

/** What an operation does to a value. */
function applied(value: unknown, operation: PatchOperation): unknown {
  const change = 'value' in operation ? { write: operation.value, insert: operation.op === 'add' } : 'remove'
  return changed(value, stepsOf(operation.path), change)
}

const step = (key: string) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`

/** An operation somewhere in a value, picked by numbers. */
function operationIn(value: unknown, picks: readonly number[], written: unknown, path = ''): PatchOperation {
  const [pick = 0, ...rest] = picks
  const [entries, isList] = Array.isArray(value) ? [[...value.entries()], true] : [Object.entries(value as object), false]
  const chosen = entries[pick % Math.max(1, entries.length)]
  const fresh = isList ? `/${pick % (entries.length + 1)}` : step(`new${pick}`)
  if (chosen === undefined) return { op: 'add', path: path + fresh, value: written }
  const place = path + step(String(chosen[0]))
  const isCollection = Array.isArray(chosen[1]) || isMembers(chosen[1])
  if (isCollection && rest.length > 2) return operationIn(chosen[1], rest, written, place)
  if ((rest[0] ?? 0) % 4 === 0) return { op: 'remove', path: place }
  if ((rest[0] ?? 0) % 4 === 1) return { op: 'replace', path: place, value: written }
  return { op: 'add', path: path + fresh, value: written }
}

/** Operations one after the other, each in what the one before leaves. */
function operationsIn(value: unknown, seeds: readonly (readonly [number[], unknown])[]): PatchOperation[] {
  const patch: PatchOperation[] = []
  let now = value
  for (const [picks, written] of seeds) {
    if (Object.keys(now as object).length === 0) break
    const operation = operationIn(now, picks, written)
    patch.push(operation)
    now = applied(now, operation)
  }
  return patch
}

const seeds = fc.array(fc.tuple(fc.array(fc.nat(20), { minLength: 2, maxLength: 6 }), newValue), { minLength: 1, maxLength: 4 })

function edit(text: string, patch: readonly PatchOperation[]) {
  const file = readYaml(text) as YamlFile
  const before = file.documents[0]?.toJS()
  const expected = patch.reduce(applied, before)
  const { text: edited, isRewritten } = editDocument(file, 0, patch, expected)
  return { before, expected, edited: file.asGiven(edited), isRewritten }
}

const valueOfText = (text: string) => parseDocument(text, parseOptions).toJS()

describe('any patch of any document', () => {
  it('is made in the text: what comes out has the patched value, and other keys keep every byte', () => {
    fc.assert(
      fc.property(styledDocument, documentStyle, seeds, (root, style, picked) => {
        const chunks = chunksOf(root, style)
        const text = chunks.join('')
        expect(valueOfText(text)).toEqual(meaningOf(root))
        const patch = operationsIn(meaningOf(root), picked)
        const { edited, expected, isRewritten } = edit(text, patch)
        expect(isRewritten).toBe(false)
        expect(valueOfText(edited)).toEqual(expected)
        const touched = new Set(patch.map(({ path }) => stepsOf(path)[0]))
        let at = 0
        root.items.forEach(({ key, before }, index) => {
          if (touched.has(key)) return
          // Comments before a key may stand behind what is added to the one before it.
          const own = (chunks[index] ?? '').split(style.eol).slice(before.length).join(style.eol)
          const found = edited.indexOf(own, at)
          expect(found).toBeGreaterThanOrEqual(at)
          at = found + own.length
        })
      }),
      { numRuns: 1500 }
    )
  })

  it('is taken back to the byte where it only adds', () => {
    fc.assert(
      fc.property(styledDocument, documentStyle, fc.boolean(), seeds, (root, style, isUnended, picked) => {
        const written = chunksOf(root, style).join('')
        const text = isUnended ? written.slice(0, -style.eol.length) : written
        const patch = operationsIn(meaningOf(root), picked.slice(0, 1)).filter(({ op }) => op === 'add')
        const { edited } = edit(text, patch)
        const back = patch.map(({ path }) => ({ op: 'remove' as const, path }))
        expect(edit(edited, back).edited).toBe(text)
      }),
      { numRuns: 1500 }
    )
  })
})
