import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aKata, tempFolder, writeCourse, writeFiles } from './course-fixture.ts'
import { type InitReport, initWorkspace } from './init-workspace.ts'
import { findWorkspace } from './workspace.ts'

const tokenBucket = aKata('token-bucket')
const hashRing = aKata('hash-ring', { volume: 3 })
const STUB = 'katas/2-volume/token-bucket.ts'
const EXAMPLE = 'katas/2-volume/token-bucket.test.ts'
const NOTHING: InitReport = { added: [], updated: [], kept: [], conflicts: [] }

function courseAndFolder(path: string) {
  const course = join(path, 'course')
  const dir = join(path, 'mine')
  writeCourse(course, [tokenBucket, hashRing])
  return {
    course,
    dir,
    init: (katas = [tokenBucket]) => initWorkspace(course, dir, katas),
    changeStub: (text: string) => writeFiles(course, { 'graders/2-volume/token-bucket/stub.ts': text }),
    mine: (file: string) => readFileSync(join(dir, file), 'utf8'),
    write: (file: string, text: string) => writeFiles(dir, { [file]: text }),
  }
}

test('an empty folder becomes a workspace that is found and complete', () => {
  using folder = tempFolder()
  const { course, dir, init, mine } = courseAndFolder(folder.path)
  // The course's own katas/ may hold the author's work: the pristine stub is what a learner gets.
  writeFiles(course, { [STUB]: 'somebody worked here' })
  const added = ['package.json', 'tsconfig.json', '.gitignore', 'README.md', STUB, EXAMPLE]
  expect(init()).toEqual({ ...NOTHING, added })
  expect(findWorkspace(join(dir, 'katas'), course)).toEqual({ course, root: dir })
  expect(mine(STUB)).toBe('// stub of token-bucket\n')
  expect(mine(EXAMPLE)).toBe('// examples of token-bucket\n')
  expect(JSON.parse(mine('package.json'))).toEqual({
    name: 'kata-workspace',
    private: true,
    type: 'module',
    devDependencies: { vitest: '5.1.1', typescript: '7.0.2', '@types/node': '^26' },
  })
  expect(JSON.parse(mine('tsconfig.json'))).toEqual({
    compilerOptions: { strict: true, noEmit: true },
    include: ['katas'],
  })
  expect(mine('README.md').trimEnd().split('\n')).toHaveLength(3)
})

test('done again it changes nothing; new katas are added', () => {
  using folder = tempFolder()
  const { init, mine } = courseAndFolder(folder.path)
  init()
  expect(init()).toEqual(NOTHING)
  expect(init([tokenBucket, hashRing]).added).toEqual([
    'katas/3-volume/hash-ring.ts',
    'katas/3-volume/hash-ring.test.ts',
  ])
  expect(mine('katas/3-volume/hash-ring.ts')).toBe('// stub of hash-ring\n')
})

test('a file that the learner has not changed follows the course, whatever its line endings', () => {
  using folder = tempFolder()
  const { init, changeStub, mine, write } = courseAndFolder(folder.path)
  init()
  write(STUB, '// stub of token-bucket\r\n')
  expect(init()).toEqual(NOTHING)
  changeStub('// better\n')
  expect(init()).toEqual({ ...NOTHING, updated: [STUB] })
  expect(mine(STUB)).toBe('// better\n')
})

test("the learner's work is kept, and a new stub lands beside it once", () => {
  using folder = tempFolder()
  const { init, changeStub, mine, write } = courseAndFolder(folder.path)
  init()
  write(STUB, 'my work')
  expect(init()).toEqual({ ...NOTHING, kept: [STUB] })
  changeStub('// better\n')
  const newFile = 'katas/2-volume/token-bucket.new.ts'
  expect(init()).toEqual({ ...NOTHING, conflicts: [{ file: STUB, newFile }] })
  expect([mine(STUB), mine(newFile)]).toEqual(['my work', '// better\n'])
  expect(init()).toEqual({ ...NOTHING, kept: [STUB] })

  // Not touched, so the next one takes its place; made something of, so the next one takes another name.
  changeStub('// best\n')
  expect(init().conflicts).toEqual([{ file: STUB, newFile }])
  expect(mine(newFile)).toBe('// best\n')
  write(newFile, 'notes on it')
  changeStub('// very best\n')
  expect(init().conflicts).toEqual([{ file: STUB, newFile: 'katas/2-volume/token-bucket.new-2.ts' }])
  expect([mine(STUB), mine(newFile)]).toEqual(['my work', 'notes on it'])

  // The learner adopts the new stub, and from then on follows the course again.
  write(STUB, '// very best\n')
  changeStub('// final\n')
  expect(init().updated).toEqual([STUB])
})

test('a file of the same name that we never wrote is not written over', () => {
  using folder = tempFolder()
  const { init, mine, write } = courseAndFolder(folder.path)
  init()
  write('katas/3-volume/hash-ring.ts', 'I was here first')
  expect(init([tokenBucket, hashRing])).toEqual({
    ...NOTHING,
    added: ['katas/3-volume/hash-ring.test.ts'],
    conflicts: [{ file: 'katas/3-volume/hash-ring.ts', newFile: 'katas/3-volume/hash-ring.new.ts' }],
  })
  expect(mine('katas/3-volume/hash-ring.ts')).toBe('I was here first')
})

test('nothing that lies around in a workspace is taken for a test', () => {
  using folder = tempFolder()
  const { dir, init, write, course } = courseAndFolder(folder.path)
  init()
  write(EXAMPLE, 'my tests')
  writeFiles(course, { [EXAMPLE]: 'new tests' })
  expect(init().conflicts).toEqual([{ file: EXAMPLE, newFile: 'katas/2-volume/token-bucket.test.new.ts' }])
  const tests = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'))
  expect(tests.map((file) => file.replaceAll('\\', '/'))).toEqual([EXAMPLE])
})

test('an interrupted init is taken up again', () => {
  using folder = tempFolder()
  const { dir, init } = courseAndFolder(folder.path)
  init()
  // As if stopped after the link and one file, before that file was remembered.
  for (const name of ['package.json', 'tsconfig.json', '.gitignore', EXAMPLE, '.kata/base'])
    rmSync(join(dir, name), { recursive: true })
  expect(init()).toEqual({ ...NOTHING, added: ['package.json', 'tsconfig.json', '.gitignore', EXAMPLE] })
  expect(init()).toEqual(NOTHING)
})

test('a folder with something else in it is refused and left as it is', () => {
  using folder = tempFolder()
  const { dir, init, write } = courseAndFolder(folder.path)
  write('thesis.tex', 'years')
  expect(init).toThrow('is not empty and no workspace. Choose an empty folder: npx kata init DIR')
  expect(readdirSync(dir)).toEqual(['thesis.tex'])
})

test('a course that is not whole is told before anything is written', () => {
  using folder = tempFolder()
  const { course, dir, init } = courseAndFolder(folder.path)
  rmSync(join(course, EXAMPLE))
  expect(init).toThrow(/The course's file .*token-bucket\.test\.ts is missing/)
  expect(existsSync(dir)).toBe(false)
})

test('a workspace is linked to the course that initialises it, so that a moved course is one command', () => {
  using folder = tempFolder()
  const { course, dir, init } = courseAndFolder(folder.path)
  init()
  const moved = join(folder.path, 'moved')
  writeCourse(moved, [tokenBucket])
  expect(() => findWorkspace(dir, moved)).toThrow(`belongs to the course in ${course}`)
  expect(initWorkspace(moved, dir, [tokenBucket])).toEqual(NOTHING)
  expect(findWorkspace(dir, moved)).toEqual({ course: moved, root: dir })
})
