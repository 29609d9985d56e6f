// Each promise is checked in a setting in which breaking another promise does not show.

import { agree, fc, hiddenTest } from '../../kit/suite.ts'
import type * as driver from './driver.ts'

const test = hiddenTest<typeof driver>(import.meta.url)

test('A new disruptor counts from zero', async ({ subject, forAll }) => {
  const inputs = fc.record({ calls: fc.integer({ min: 1, max: 20 }) })
  await forAll(inputs, subject.run, (_, got) =>
    agree(
      'new Disruptor()',
      got.map((value, i) => ({ call: 'next()', got: value, want: i })),
    ),
  )
})
