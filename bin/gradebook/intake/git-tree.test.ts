// Real repositories, honest and hostile. A canary program is planted wherever git would run one: it must never sing.

import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tempFolder, writeFiles } from '../../course/course-fixture.ts'
import { type Commit, commitTrees, type Which } from './git-tree.ts'
import { commit, git, makeRepository } from './repository-fixture.ts'

const DAY_MS = 86_400_000
const MONDAY_MS = Date.UTC(2026, 2, 2)
const at = (days: number): number => MONDAY_MS + days * DAY_MS

/** The last commit in time, and the `tip` where work went on. */
async function told(folder: string, which: Which = {}): Promise<unknown> {
  const found = await commitTrees(folder, which)
  if ('why' in found) return found.why
  using _ = found
  const [first = expect.unreachable(), tip] = found.commits
  const { hash, atMs } = first
  const more = tip === undefined ? {} : { tip: tip.hash }
  return { hash, atMs, isLate: found.isLate, isTip: hash === found.tip, ...more, files: await filesOf(first) }
}

async function filesOf({ tree }: Pick<Commit, 'tree'>): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  await tree.read(new Map(tree.entries.map(({ path }) => [path, 1000])), (path, read) => {
    files[path] = 'bytes' in read ? Buffer.from(read.bytes).toString() : `! ${read.why}`
  })
  return files
}

const files = (text: string) => ({ 'a.ts': text, 'b c/ü.ts': `${text} too` })

describe('which commit', () => {
  test('the last one before the deadline, the newest without one, the one at a ref whatever the deadline', async () => {
    using folder = tempFolder()
    const [first, second, third] = makeRepository(folder.path, [
      { atMs: at(0), files: files('one') },
      { atMs: at(1), files: files('two') },
      { atMs: at(3), files: files('three') },
    ])
    git(folder.path, ['tag', '-a', 'hand-in', '-m', 'this one', first ?? ''])
    const late = { isLate: false, isTip: true }
    const early = { isLate: false, isTip: false }
    expect(await told(folder.path)).toEqual({ hash: third, atMs: at(3), ...late, files: files('three') })
    expect(await told(folder.path, { deadlineMs: at(2) })).toEqual({
      hash: second,
      atMs: at(1),
      ...early,
      tip: third,
      files: files('two'),
    })
    expect(await told(folder.path, { deadlineMs: at(1) })).toMatchObject({ hash: second, tip: third })
    expect(await told(folder.path, { deadlineMs: at(1) - 1000 })).toMatchObject({ hash: first })
    expect(await told(folder.path, { deadlineMs: at(-1) })).toMatchObject({ hash: third, isLate: true })
    for (const ref of ['hand-in', 'refs/tags/hand-in', first ?? ''])
      expect(await told(folder.path, { ref, deadlineMs: at(9) })).toMatchObject({ hash: first, files: files('one') })
    expect(await told(folder.path, { ref: 'main' })).toMatchObject({ hash: third })
    expect(await told(folder.path, { ref: 'nowhere' })).toBe('has no branch, tag or commit "nowhere"')
    for (const ref of ['--output=/tmp/x', '../HEAD', 'HEAD:../../x', '@{upstream}', 'config'])
      expect(await told(folder.path, { ref })).toBe(`has no branch, tag or commit "${ref}"`)
  })

  test('a file has the time of the last commit that touched it, through merges and beside others', async () => {
    using folder = tempFolder()
    makeRepository(folder.path, [{ atMs: at(0), files: { 'a.ts': 'one', 'b.ts': 'one', '[a].ts': 'one' } }])
    git(folder.path, ['checkout', '--quiet', '-b', 'side'])
    const side = commit(folder.path, at(1), { 'a.ts': 'two' })
    git(folder.path, ['checkout', '--quiet', 'main'])
    commit(folder.path, at(2), { 'README.md': 'late' })
    git(folder.path, ['merge', '--quiet', '--no-ff', '-m', 'merged', 'side'], at(4))
    // Made after the merge by a clock that goes slow.
    const slow = commit(folder.path, at(3), { 'b.ts': 'two' })
    const found = await commitTrees(folder.path, { ref: 'main', deadlineMs: at(1) })
    if ('why' in found) throw new Error(found.why)
    using _ = found
    const [tip = expect.unreachable()] = found.commits
    expect(await tip.touched('a.ts')).toEqual({ hash: side, atMs: at(1) })
    expect(await tip.touched('b.ts')).toEqual({ hash: slow, atMs: at(3) })
    expect(await tip.touched('[a].ts')).toMatchObject({ atMs: at(0) })
    expect(await tip.touched('no.ts')).toEqual({ why: 'is in no commit' })
    git(folder.path, ['commit', '--quiet', '--allow-empty', '-m', 'slower'], at(2))
    const slower = await commitTrees(folder.path, {})
    if ('why' in slower) throw new Error(slower.why)
    using __ = slower
    expect(await slower.commits[0]?.touched('b.ts')).toEqual({ hash: slow, atMs: at(2) })
  })

  test('packed, bare, shallow, detached and with longer hashes', async () => {
    using folder = tempFolder()
    const source = join(folder.path, 'source')
    const hashes = makeRepository(source, [
      { atMs: at(0), files: files('one') },
      { atMs: at(1), files: files('two') },
    ])
    const expected = { hash: hashes[1], atMs: at(1), isLate: false, isTip: true, files: files('two') }
    git(folder.path, ['clone', '--quiet', '--bare', source, 'bare.git'])
    expect(await told(join(folder.path, 'bare.git'))).toEqual(expected)
    git(folder.path, ['clone', '--quiet', '--depth', '1', `file://${source}`, 'shallow'])
    expect(await told(join(folder.path, 'shallow'), { deadlineMs: at(2) })).toEqual(expected)
    git(source, ['gc', '--quiet'])
    expect(readdirSync(join(source, '.git', 'refs', 'heads'))).toEqual([])
    expect(await told(source)).toEqual(expected)
    git(source, ['checkout', '--quiet', hashes[0] ?? ''])
    expect(await told(source)).toMatchObject({ hash: hashes[0] })
    const long = join(folder.path, 'long')
    const [hash] = makeRepository(long, [{ atMs: at(0), files: files('one') }], 'sha256')
    expect(hash).toHaveLength(64)
    expect(await told(long)).toMatchObject({ hash, files: files('one') })
  })

  test('what was not committed was not handed in', async () => {
    using folder = tempFolder()
    makeRepository(folder.path, [{ atMs: at(0), files: { 'a.ts': 'committed' } }])
    writeFiles(folder.path, { 'a.ts': 'changed', 'b.ts': 'new' })
    git(folder.path, ['add', 'b.ts'])
    expect(await told(folder.path)).toMatchObject({ files: { 'a.ts': 'committed' } })
  })

  test('no commit at all', async () => {
    using folder = tempFolder()
    makeRepository(folder.path, [])
    expect(await told(folder.path)).toBe('has no commit')
  })
})

const MAIN = 'refs/heads/main'
const honest = tempFolder()
beforeAll(() => {
  makeRepository(honest.path, [{ atMs: at(0), files: files('one') }])
})
afterAll(() => honest.remove())

function link(target: string, place: string): void {
  rmSync(place, { recursive: true })
  symlinkSync(target, place)
}

function overwrite(place: string, text: string): void {
  rmSync(place, { recursive: true, force: true })
  writeFileSync(place, text)
}

describe('hostile repositories', () => {
  /** A program that leaves a file behind when anybody runs it. */
  function canary(folder: string): { program: string; sang: () => boolean } {
    const program = join(folder, 'canary.sh')
    const song = join(folder, 'song')
    writeFileSync(program, `#!/bin/sh\necho sang >> ${song}\nexit 1\n`)
    chmodSync(program, 0o755)
    return { program, sang: () => existsSync(song) }
  }

  test('nothing that its configuration, hooks or attributes name is run', async () => {
    using folder = tempFolder()
    const repository = join(folder.path, 'eve')
    makeRepository(repository, [
      { atMs: at(0), files: { ...files('one'), '.gitattributes': '* filter=evil diff=evil\n' } },
      { atMs: at(1), files: files('two') },
    ])
    const { program, sang } = canary(folder.path)
    appendFileSync(
      join(repository, '.git', 'config'),
      `[core]
	fsmonitor = ${program}
	sshCommand = ${program}
	hooksPath = ${folder.path}
	pager = ${program}
	editor = ${program}
	askPass = ${program}
	gitProxy = ${program}
	alternateRefsCommand = ${program}
[pager]
	rev-list = ${program}
	ls-tree = ${program}
	cat-file = ${program}
[alias]
	cat-file = !${program}
	ls-tree = !${program}
	rev-list = !${program}
[filter "evil"]
	smudge = ${program}
	clean = ${program}
	process = ${program}
	required = true
[diff]
	external = ${program}
[diff "evil"]
	textconv = ${program}
[gpg]
	program = ${program}
[log]
	showSignature = true
[credential]
	helper = !${program}
[include]
	path = ${folder.path}/more
[uploadpack]
	packObjectsHook = ${program}
`,
    )
    writeFileSync(join(folder.path, 'more'), `[core]\n\tfsmonitor = ${program}\n`)
    mkdirSync(join(repository, '.git', 'hooks'), { recursive: true })
    for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction', 'pre-auto-gc'])
      cpSync(program, join(repository, '.git', 'hooks', hook))

    const found = await commitTrees(repository, { deadlineMs: at(0) })
    if ('why' in found) throw new Error(found.why)
    using _ = found
    for (const state of found.commits) {
      expect(await filesOf(state)).toMatchObject({ 'a.ts': expect.stringMatching(/^(?:one|two)$/) })
      expect(await state.touched('a.ts')).toMatchObject({ hash: state.hash })
    }
    expect(found.commits).toHaveLength(2)
    expect(found.neutralised).toEqual(['hooks', 'configuration that runs programs'])
    expect(sang()).toBe(false)
    // The canary is alive: git itself, obeying the same configuration, wakes it.
    try {
      git(repository, ['status'])
    } catch {
      // Whether it can go on after such a canary is its own affair.
    }
    expect(sang()).toBe(true)
  })

  test('a missing object is fetched from nowhere', async () => {
    using folder = tempFolder()
    const repository = join(folder.path, 'eve')
    makeRepository(repository, [{ atMs: at(0), files: { 'a.ts': 'gone', 'b.ts': 'here' } }])
    const { program, sang } = canary(folder.path)
    const blob = git(repository, ['rev-parse', 'HEAD:a.ts'])
    rmSync(join(repository, '.git', 'objects', blob.slice(0, 2), blob.slice(2)))
    appendFileSync(
      join(repository, '.git', 'config'),
      `[core]
	repositoryformatversion = 1
[extensions]
	partialClone = origin
[remote "origin"]
	url = ext::${program}
	promisor = true
	partialclonefilter = blob:none
	uploadpack = ${program}
[protocol]
	allow = always
[protocol "ext"]
	allow = always
`,
    )
    expect(await told(repository)).toMatchObject({
      files: { 'a.ts': '! is not in the repository (a partial or damaged clone)', 'b.ts': 'here' },
    })
    expect(sang()).toBe(false)
    expect(() => git(repository, ['cat-file', 'blob', blob])).toThrow()
    expect(sang()).toBe(true)
  })

  test('objects of a neighbour are not borrowed', async () => {
    using folder = tempFolder()
    const ada = join(folder.path, 'ada')
    const eve = join(folder.path, 'eve')
    const [secret] = makeRepository(ada, [{ atMs: at(0), files: files('of ada') }])
    makeRepository(eve, [])
    writeFileSync(join(eve, '.git', 'refs', 'heads', 'main'), `${secret}\n`)
    expect(await told(eve)).toMatch(/^cannot be read by git/)
    writeFiles(eve, { '.git/objects/info/alternates': `${ada}/.git/objects\n` })
    expect(await told(eve)).toMatch(/^borrows objects/)
    rmSync(join(eve, '.git', 'objects', 'info', 'alternates'))
    symlinkSync(
      join(ada, '.git', 'objects', (secret ?? '').slice(0, 2)),
      join(eve, '.git', 'objects', (secret ?? '').slice(0, 2)),
    )
    expect(await told(eve)).toBe('has a link among its objects, which is never followed')
  })

  test.each<[string, (own: string, other: string) => void, RegExp]>([
    ['a .git that is a link', (own, other) => link(other, own), /points elsewhere/],
    ['a .git that is a file', (own, other) => overwrite(own, `gitdir: ${other}\n`), /points elsewhere/],
    [
      'objects that are a link',
      (own, other) => link(`${other}/objects`, `${own}/objects`),
      /link in place of its objects/,
    ],
    ['refs that are a link', (own, other) => link(`${other}/refs`, `${own}/refs`), /link in place of its refs/],
    ['a HEAD that is a link', (own) => link('/etc/passwd', `${own}/HEAD`), /link in place of its HEAD/],
    [
      'a HEAD that leads out',
      (own, other) => overwrite(`${own}/HEAD`, `ref: ../..${other}/refs/heads/main\n`),
      /^has no commit$/,
    ],
    ['a HEAD that leads out of refs', (own) => overwrite(`${own}/HEAD`, 'ref: refs/../../x\n'), /^has no commit$/],
    ['a branch that goes in circles', (own) => overwrite(`${own}/${MAIN}`, `ref: ${MAIN}\n`), /^has no commit$/],
    ['a branch that is a link', (own) => link('/etc/hostname', `${own}/${MAIN}`), /^has no commit$/],
    ['a branch that names a flag', (own) => overwrite(`${own}/${MAIN}`, '--upload-pack=evil\n'), /^has no commit$/],
    ['a commondir', (own, other) => overwrite(`${own}/commondir`, other), /keeps its objects elsewhere/],
    ['no objects', (own) => rmSync(`${own}/objects`, { recursive: true }), /has no objects/],
    [
      'a commit that is not there',
      (own) => overwrite(`${own}/${MAIN}`, `${'0'.repeat(39)}1\n`),
      /cannot be read by git/,
    ],
    [
      'a pack that is rubbish',
      (own) => {
        rmSync(`${own}/objects`, { recursive: true })
        writeFiles(own, { 'objects/pack/pack-1.pack': 'PACKrubbish', 'objects/pack/pack-1.idx': 'rubbish' })
      },
      /cannot be read by git/,
    ],
  ])('%s', async (_, spoil, why) => {
    using folder = tempFolder()
    for (const name of ['ada', 'eve']) cpSync(honest.path, join(folder.path, name), { recursive: true })
    spoil(join(folder.path, 'eve', '.git'), join(folder.path, 'ada', '.git'))
    expect(await told(join(folder.path, 'eve'))).toMatch(why)
  })

  test('links and submodules of a commit are named, and so are names that escape', async () => {
    using folder = tempFolder()
    makeRepository(folder.path, [{ atMs: at(0), files: { 'ok.ts': 'ok' } }])
    symlinkSync('/etc/passwd', join(folder.path, 'link.ts'))
    commit(folder.path, at(0), {})
    const blob = git(folder.path, ['hash-object', '-w', '--stdin'], at(0), 'evil')
    const head = git(folder.path, ['rev-parse', 'HEAD'])
    const listed = git(folder.path, ['ls-tree', 'HEAD'])
    const evil = git(
      folder.path,
      ['mktree', '--missing'],
      at(0),
      `${listed}\n100644 blob ${blob}\tev\\il.ts\n160000 commit ${head}\tsub\n`,
    )
    const made = git(folder.path, ['commit-tree', evil, '-p', head, '-m', 'evil'], at(0))
    git(folder.path, ['update-ref', 'refs/heads/main', made])
    const found = await commitTrees(folder.path, {})
    if ('why' in found) throw new Error(found.why)
    using _ = found
    const [{ tree } = expect.unreachable()] = found.commits
    expect(await filesOf({ tree })).toEqual({ 'ok.ts': 'ok' })
    expect(tree.refused.map(({ path, refusal }) => `${path}: ${refusal}`).sort()).toEqual([
      'ev\\il.ts: name',
      'link.ts: link',
      'sub: submodule',
    ])
  })

  test('a replaced object is the one that was committed', async () => {
    using folder = tempFolder()
    makeRepository(folder.path, [{ atMs: at(0), files: { 'a.ts': 'committed' } }])
    const blob = git(folder.path, ['rev-parse', 'HEAD:a.ts'])
    const other = git(folder.path, ['hash-object', '-w', '--stdin'], at(0), 'another')
    git(folder.path, ['replace', blob, other])
    expect(git(folder.path, ['cat-file', 'blob', blob])).toBe('another')
    expect(await told(folder.path)).toMatchObject({ files: { 'a.ts': 'committed' } })
  })

  test('a large object is never unpacked, and a tree that doubles itself ends', async () => {
    using folder = tempFolder()
    makeRepository(folder.path, [{ atMs: at(0), files: { 'a.ts': 'x'.repeat(100_000), 'b.ts': 'ok' } }])
    expect(await told(folder.path)).toMatchObject({
      files: { 'a.ts': '! has 100,000 bytes, and at most 1,000 are taken', 'b.ts': 'ok' },
    })
    let tree = git(folder.path, ['rev-parse', 'HEAD^{tree}'])
    for (let level = 0; level < 20; level++)
      tree = git(folder.path, ['mktree'], at(0), `040000 tree ${tree}\ta\n040000 tree ${tree}\tb\n`)
    const bomb = git(folder.path, ['commit-tree', tree, '-m', 'bomb'], at(0))
    git(folder.path, ['update-ref', 'refs/heads/main', bomb])
    expect(await told(folder.path)).toMatch(/^has .* entries, and at most 100,000 are looked at$/)
  })

  test('nothing is written into the repository, and nothing is left behind', async () => {
    using folder = tempFolder()
    makeRepository(folder.path, [{ atMs: at(0), files: files('one') }])
    const before = readdirSync(folder.path, { recursive: true }).sort()
    const index = readFileSync(join(folder.path, '.git', 'index'))
    await told(folder.path, { deadlineMs: at(1) })
    expect(readdirSync(folder.path, { recursive: true }).sort()).toEqual(before)
    expect(readFileSync(join(folder.path, '.git', 'index'))).toEqual(index)
  })
})
