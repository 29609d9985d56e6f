// The ladder for a submission that keeps every promise and costs too much. Lessons write none of their own: what may be
// spent, and what others spend too much on, stands in them already; where this one spends it is for `kata perf` to say.

import type { Lesson } from './lesson.ts'
import type { HintStage } from './lesson-hints.ts'

export function costHints({ sections, traps }: Lesson): HintStage {
  const cost = sections.find(({ title }) => title === 'What it may cost')
  const dear = traps.filter(({ name }) => name.startsWith('over-budget.'))
  const bullets = dear.map(({ text }) => `- ${text.replaceAll('\n', '\n  ')}`)
  return {
    line: cost?.line ?? 1,
    title: 'What it costs',
    promises: [],
    rungs: [
      { title: 'What may it cost, and why?', text: cost?.text ?? '' },
      { title: 'What do others spend too much on?', text: bullets.join('\n') },
    ].filter(({ text }) => text !== ''),
  }
}
