// The lanes in which a class is judged, where a result cannot be kept.

import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { discoverKatas } from '../course/discover.ts'
import type { Judge } from '../judge/judge.ts'
import { gradeClass } from './grade-class.ts'

const COURSE = join(import.meta.dirname, '../..')
const KATA = 'token-bucket'

test('one result that cannot be kept ends all lanes: nothing more is begun', async () => {
  const kata = discoverKatas(COURSE).find(({ slug }) => slug === KATA)
  if (kata === undefined) throw new Error(`There is no ${KATA}.`)
  const work = Array.from({ length: 12 }, (_, i) => ({ kata: KATA, content: String(i) }))
  const begun: string[] = []
  let isFull = true
  const grading = gradeClass({
    ws: { course: COURSE, root: COURSE },
    // Refused at intake, so that nobody is judged.
    judge: new Promise<Judge>(() => {}),
    katas: new Map([[KATA, kata]]),
    work,
    bytesOf(content) {
      begun.push(content)
      return Uint8Array.of(0xff, 0xfe, 0)
    },
    secret: new Uint8Array(32),
    isStopped: () => false,
    onJudged() {
      if (!isFull) return
      isFull = false
      throw new Error('The disk is full.')
    },
  })
  await expect(grading).rejects.toThrow('The disk is full.')
  const atTheEnd = begun.length
  await setTimeout(500)
  expect(begun).toHaveLength(atTheEnd)
  expect(atTheEnd).toBeLessThan(work.length)
})
