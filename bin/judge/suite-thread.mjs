// The entry of a suite thread: what it loads is compiled once and found in the cache after that, as in the main thread.

import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/kata'))
await import('./suite-worker.ts')
