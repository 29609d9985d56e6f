// The plainest layout: everything at the top is one learner, be it a folder, an archive, a repository or a file that
// carries their name.

import type { Kata } from '../../course/kata.ts'
import { isArchiveName, isOtherArchiveName, withoutArchiveEnding } from './archive.ts'
import { byAttempt, byTop, type Handing, type Plan } from './handing.ts'
import type { Tree } from './tree.ts'

export function planFolders(tree: Tree, katas: readonly Kata[]): Plan {
  const { tops, nobodys: unnamed } = byTop(tree)
  const handings: Handing[] = []
  const nobodys = [...unnamed]
  for (const { name, isFolder, items, refused } of tops) {
    const [file] = items
    if (isFolder || file === undefined) {
      const learner = { id: name.replace(/\.git$/, '') }
      for (const handing of byAttempt(items, refused)) handings.push({ learner, ...handing })
    } else if (isArchiveName(name)) {
      handings.push({ learner: { id: withoutArchiveEnding(name) }, attempt: 1, items, refused })
    } else {
      const named = learnerOfFile(name, katas)
      if (named !== undefined) {
        const asStub = [{ ...file, path: `${named.kata.slug}.ts` }]
        handings.push({ learner: { id: named.learner }, attempt: 1, items: asStub, refused })
      } else if (isOtherArchiveName(name) || name.endsWith('.ts'))
        nobodys.push({ path: name, why: whyNobodys(name, katas) })
    }
  }
  return { handings, nobodys, remarks: [] }
}

/** `ada-token-bucket.ts`, `ada_token-bucket.ts`, `ada.token-bucket.ts`; with a single kata `ada.ts`, too. */
export function learnerOfFile(
  name: string,
  katas: readonly Kata[],
): { readonly learner: string; readonly kata: Kata } | undefined {
  // The longest slug first: `ada-sharded-counter.ts` is no `counter` of a learner called `ada-sharded`.
  for (const kata of katas.toSorted((a, b) => b.slug.length - a.slug.length)) {
    const end = `${kata.slug}.ts`
    if (!name.endsWith(end)) continue
    const learner = /^(.+?)[-_. ]+$/.exec(name.slice(0, -end.length))?.[1]
    return learner === undefined ? undefined : { learner, kata }
  }
  const [only] = katas
  const learner = /^([^.].*)\.ts$/.exec(name)?.[1]
  return katas.length === 1 && only !== undefined && learner !== undefined ? { learner, kata: only } : undefined
}

function whyNobodys(top: string, katas: readonly Kata[]): string {
  if (isOtherArchiveName(top)) return 'is an archive of a kind that is not opened; ask for a .zip or .tar.gz'
  const example = katas[0]?.slug ?? 'token-bucket'
  return `names no learner and kata; name it like ada-${example}.ts`
}
