// Drives one disruptor through a number of calls.

import { Disruptor } from '#kata/5-kernel/disruptor'

export function run({ calls }: { calls: number }): number[] {
  const subject = new Disruptor()
  return Array.from({ length: calls }, () => subject.next())
}
