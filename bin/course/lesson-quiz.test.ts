import { expect, test } from 'vitest'
import { type Quiz, quizFairness } from './lesson-quiz.ts'

const quiz = (texts: readonly string[], right: number): Quiz => ({
  line: 1,
  question: '?',
  body: '',
  options: texts.map((text, at) => ({ text, right: at === right, explanation: 'so' })),
})

test('counts positions, and what always picking the longest would win', () => {
  const lessons = [
    [quiz(['longest', 'b', 'c'], 0), quiz(['longest', 'b', 'c'], 1)],
    [quiz(['a', 'b', 'longest'], 2), quiz(['a', 'same', 'even'], 1)],
  ]
  expect(quizFairness(lessons)).toEqual({ rightPositions: [1, 2, 1], longestIsRight: (1 + 0 + 1 + 0.5) / 4 })
})

test('a question without a right answer is no question, and no questions are fair', () => {
  expect(quizFairness([[quiz(['a', 'b'], -1)]])).toEqual({ rightPositions: [], longestIsRight: 0 })
  expect(quizFairness([])).toEqual({ rightPositions: [], longestIsRight: 0 })
})
