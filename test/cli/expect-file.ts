import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

/** Holds `actual` against a file; UPDATE=1 writes it. */
export function expectFile(file: string, actual: string): void {
  if (process.env['UPDATE'] === '1') writeFileSync(file, actual)
  expect(actual).toBe(readFileSync(file, 'utf8'))
}
