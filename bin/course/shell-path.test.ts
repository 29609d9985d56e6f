import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { shellPath } from './shell-path.ts'

test('a plain path is left as it is', () => {
  expect(shellPath('katas/2-foundation/token-bucket.ts')).toBe('katas/2-foundation/token-bucket.ts')
})

test.skipIf(process.platform === 'win32')('a shell reads back the very path', () => {
  for (const path of ['my katas/a.ts', "it's.ts", '$(exit 1).ts', '~/a.ts', 'a\\b;c|d&e`f"g', 'ä\n🚦.ts'])
    expect(execFileSync('sh', ['-c', `printf %s ${shellPath(path)}`], { encoding: 'utf8' })).toBe(path)
  expect(shellPath('--from')).toBe('./--from')
})
