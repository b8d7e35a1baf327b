import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HermesError, type RecordMode, resolveModules } from '../../src/index.ts'

type Action =
  | { do: 'step'; mode: RecordMode; dies: boolean }
  | { do: 'damage' }
  | { do: 'change'; answer: string }
  | { do: 'break' }
  | { do: 'together'; modes: RecordMode[] }

const mode = fc.constantFrom<RecordMode>('reuse', 'reuse', 'begin', 'verify')
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('step' as const), mode, dies: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('damage' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('change' as const), answer: fc.constantFrom('a', 'b', 'c') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('break' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('together' as const),
      modes: fc.array(fc.constantFrom<RecordMode>('reuse', 'verify'), { minLength: 2, maxLength: 4 })
    })
  }
)

/** What the next step may answer: the whole promise of a record. */
function model(
  recorded: string | undefined,
  script: string | undefined,
  mode: RecordMode
): { answer: string; recorded: string | undefined } {
  const fails = { answer: 'fails', recorded }
  if (mode === 'begin' || recorded === undefined) return script === undefined ? fails : { answer: script, recorded: script }
  if (mode === 'reuse') return { answer: recorded, recorded }
  if (script === undefined) return fails
  return script === recorded ? { answer: recorded, recorded } : { answer: 'changed', recorded }
}

/** A folder, a script, and an executor that gives the script's word or dies before it could publish. */
class World {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'hermes-model-'))
  script: string | undefined = 'a'

  async step(mode: RecordMode, dies = false): Promise<string> {
    const word = this.script
    writeFileSync(path.join(this.folder, 'load.sh'), `# ${word}\n`)
    const execute = async () => {
      if (dies) throw new Error('killed')
      return { exitCode: word === undefined ? 1 : 0, stdout: Buffer.from(`module=${word}\n`), stderr: '', durationMs: 0 }
    }
    try {
      const options = { script: path.join(this.folder, 'load.sh'), env: {}, staticConfig: false, executor: { execute } } as const
      const { modules } = await resolveModules({ ...options, record: { dir: path.join(this.folder, 'record'), mode } })
      return modules.map(({ name }) => name).join()
    } catch (error) {
      if (!(error instanceof HermesError)) throw error
      return { ERR_HERMES_RECORD_CHANGED: 'changed', ERR_HERMES_SCRIPT_START: 'killed' }[error.code as string] ?? 'fails'
    }
  }

  /** Damages what counts now: all that was written so far. */
  damage(): void {
    for (const name of this.files()) writeFileSync(path.join(this.folder, 'record', name), '{')
  }

  files(): string[] {
    try {
      return readdirSync(path.join(this.folder, 'record'))
    } catch {
      return []
    }
  }
}

test('whatever steps, crashes, damage and changes come, each step answers as the model does', async () => {
  const counts = { sequences: 0, actions: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 14 }), async (actions) => {
      const world = new World()
      let recorded: string | undefined
      try {
        for (const one of actions) {
          counts.actions++
          if (one.do === 'change') world.script = one.answer
          else if (one.do === 'break') world.script = undefined
          else if (one.do === 'damage') {
            world.damage()
            recorded = undefined
          } else if (one.do === 'together') {
            const answers = await Promise.all(one.modes.map((mode) => world.step(mode)))
            const expected = one.modes.map((mode) => model(recorded, world.script, mode))
            expect(answers).toEqual(expected.map(({ answer }) => answer))
            recorded = expected[0]?.recorded
          } else {
            const expected = model(recorded, world.script, one.mode)
            const runs = one.mode !== 'reuse' || recorded === undefined
            expect(await world.step(one.mode, one.dies)).toBe(one.dies && runs ? 'killed' : expected.answer)
            if (!(one.dies && runs)) recorded = expected.recorded
          }
        }
        expect(world.files().filter((name) => !name.endsWith('.json'))).toEqual([])
        counts.sequences++
      } finally {
        rmSync(world.folder, { recursive: true })
      }
    }),
    { numRuns: 300 }
  )
  console.log('sequences against the model:', JSON.stringify(counts))
})
