// Three kinds of tests live here. `engine` is the project's own (npm test). `examples` are what a learner runs from
// an editor. The hidden suites are run by the judge (bin/judge), never by this file.

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // One core left free, as is usual, would be half of a machine of two: most of a test here is a process of its own.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'engine',
          include: ['bin/**/*.test.ts', 'graders/kit/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      { test: { name: 'examples', include: ['katas/**/*.test.ts'] } },
    ],
  },
})
