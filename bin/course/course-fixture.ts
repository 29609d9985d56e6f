// Small courses on a real disk, for the tests of this room and of those above it.

import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Kata } from './kata.ts'

/** `using folder = tempFolder()`: gone at the end of the test. */
export const tempFolder = () => mkdtempDisposableSync(join(tmpdir(), 'kata-course-'))

export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

export function aKata(slug: string, more: Partial<Kata> = {}): Kata {
  const volume = more.volume ?? 2
  return { slug, path: `${volume}-volume/${slug}`, volume, title: slug, level: 'easy', minutes: 20, after: [], ...more }
}

export const lessonHead = (kata: Kata): string =>
  `---\nlevel: ${kata.level}\nminutes: ${kata.minutes}\nafter: [${kata.after.join(', ')}]\n---\n\n# ${kata.title}\n`

/** The course's files for the given katas: enough for everything in this room but a full lesson. */
export function writeCourse(course: string, katas: readonly Kata[]): void {
  writeFiles(course, {
    'package.json': JSON.stringify({
      dependencies: { vitest: '5.1.1', typescript: '7.0.2', acorn: '8.19.0' },
      devDependencies: { '@types/node': '^26' },
    }),
    'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, noEmit: true }, include: ['bin'] }),
  })
  for (const kata of katas) {
    writeFiles(course, {
      [`lessons/${kata.path}.md`]: lessonHead(kata),
      [`katas/${kata.path}.ts`]: `// stub of ${kata.slug}\n`,
      [`katas/${kata.path}.test.ts`]: `// examples of ${kata.slug}\n`,
      [`graders/${kata.path}/stub.ts`]: `// stub of ${kata.slug}\n`,
      [`graders/${kata.path}/suite.test.ts`]: `// suite of ${kata.slug}\n`,
      [`graders/${kata.path}/driver.ts`]: `// driver of ${kata.slug}\n`,
    })
  }
}
