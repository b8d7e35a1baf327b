import { defineConfig } from 'vitest/config'

// A decision table is many runs of the script.
export default defineConfig({ test: { include: ['test/**/*.test.js'], testTimeout: 60_000 } })
