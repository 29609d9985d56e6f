// The files that other systems read: Gradescope's results.json and JUnit XML.

import { expect, test } from 'vitest'
import type { KataGrade } from '../grades.ts'
import { aClass, aGrade, aLearner, aReport, hostileClass } from './grades-fixture.ts'
import { gradescopeResults } from './gradescope-results.ts'
import { COMMAND_LEFT, HOSTILE } from './hostile-text-fixture.ts'
import { junitXml } from './junit-xml.ts'
import { elementsOf, schemaFaults } from './xml-fixture.ts'

const SECRET = 'the hidden input'
const results = (grade: KataGrade, options = {}) => {
  const learner = aLearner('ada', grade)
  return gradescopeResults(aClass([learner]), learner, options)
}

test('results.json has what Gradescope specifies', () => {
  const got = results(aGrade('graded', aReport('wrong-answer', SECRET)))
  expect(got).toMatchObject({
    score: 5,
    output: '',
    output_format: 'text',
    test_output_format: 'text',
    test_name_format: 'text',
    visibility: 'visible',
    stdout_visibility: 'hidden',
    extra_data: { learner: 'ada', isComplete: true, katas: [{ verdict: 'wrong-answer' }] },
  })
  expect(got.tests).toEqual([
    {
      name: 'Token bucket: wrong-answer',
      number: '1',
      status: 'failed',
      output: `The file printed:\n  ${SECRET}`,
      visibility: 'visible',
    },
    {
      name: 'Token bucket: It begins full',
      number: '1.1',
      score: 5,
      max_score: 5,
      status: 'passed',
      visibility: 'visible',
    },
    {
      name: 'Token bucket: A refusal takes nothing',
      number: '1.2',
      score: 0,
      max_score: 5,
      status: 'failed',
      output: [
        '  new TokenBucket({ capacity: 1 })',
        `  take(${SECRET})`,
        `expected  true, not ${SECRET}`,
        `got       ${SECRET}`,
        `at        katas/${SECRET}.ts:12`,
      ].join('\n'),
      visibility: 'visible',
    },
    {
      name: 'Token bucket: A call makes no garbage',
      number: '1.3',
      score: 0,
      max_score: 2.5,
      output: 'Not judged: judging ended before it came to this.',
      visibility: 'visible',
    },
  ])
})

test('a flag is in no file of a learner, and nor is what an instructor is told of another', () => {
  const flags = [
    'The same file, byte for byte, was handed in by s3.',
    'It tampered with its judge, and earns nothing: In run 4, n2 was sent "vote 7" and said "no".',
  ]
  const grade = aGrade('graded', aReport('tampered', 'x', { reason: 'In run 4, n2 was sent "vote 7".' }), { flags })
  for (const redact of [false, true])
    for (const told of ['s3', 'tampered with its judge', ...(redact ? ['run 4', 'vote 7'] : [])]) {
      expect(JSON.stringify(results(grade, { redact }))).not.toContain(told)
      expect(junitXml(aClass([aLearner('ada', grade)]), { redact })).not.toContain(told)
    }
})

test('what is not known has no score, and hides the total that is not whole', () => {
  for (const state of ['pending', 'judge-error', 'not-taken'] as const) {
    const got = results(aGrade(state))
    expect(got.visibility).toBe('hidden')
    expect(got.tests).toHaveLength(1)
    expect(got.tests[0]).not.toHaveProperty('score')
    expect(got.output).toContain('Not complete: token-bucket')
  }
  expect(results(aGrade('missing'))).toMatchObject({
    score: 0,
    visibility: 'visible',
    tests: [{ score: 0, status: 'failed' }],
  })
})

test('what was late says what it cost', () => {
  const late = { days: 2, lateDaysUsed: 0, off: 125 }
  expect(results(aGrade('graded', aReport('accepted', ''), { points: 1125, late }))).toMatchObject({
    score: 11.25,
    output: 'token-bucket was 2 days late: 1.25 points off.',
  })
  expect(results(aGrade('graded', aReport('accepted', ''), { late: { ...late, days: 1, off: 100 } })).output).toBe(
    'token-bucket was 1 day late: 1 point off.',
  )
  const output = (off: number, lateDaysUsed: number) =>
    results(aGrade('graded', aReport('accepted', ''), { late: { days: 2, lateDaysUsed, off } })).output
  expect(output(0, 2)).toBe('token-bucket was 2 days late, 2 late days used: nothing off.')
  expect(output(0, 0)).toBe('token-bucket was 2 days late: nothing off.')
})

test.each(['wrong-answer', 'crashed', 'over-budget', 'timed-out', 'todo'] as const)(
  'hidden inputs of %s are shown or left out, as is chosen',
  (verdict) => {
    // The name of the file is the learner's own to know.
    const report = aReport(verdict, SECRET, { file: 'katas/a.ts' })
    const grade = aGrade('graded', verdict === 'todo' ? withoutSecretTodo(report) : report)
    for (const [shown, hidden] of [
      [JSON.stringify(results(grade)), JSON.stringify(results(grade, { redact: true }))],
      [junitXml(aClass([aLearner('ada', grade)])), junitXml(aClass([aLearner('ada', grade)]), { redact: true })],
    ] as const) {
      expect(shown).toContain(SECRET)
      for (const secret of [SECRET, '4711', 'new TokenBucket']) expect(hidden).not.toContain(secret)
      expect(hidden).toContain('A refusal takes nothing')
    }
  },
)

/** A `todo` says what is left to do in its own words: there the calls alone could tell an input. */
const withoutSecretTodo = (report: ReturnType<typeof aReport>) => ({
  ...report,
  promises: report.promises.map((one) => (one.kept ? one : { ...one, got: 'TODO: spend a token' })),
})

test.each(HOSTILE)('hostile text %# commands nothing in results.json and leaves the XML whole', (text) => {
  const grades = hostileClass(text)
  for (const learner of grades.learners) {
    const { tests, output } = gradescopeResults(grades, learner)
    expect([output, ...tests.map((one) => `${one.name}\n${one.output ?? ''}`)].join('\n')).not.toMatch(COMMAND_LEFT)
  }
  const xml = junitXml(grades)
  expect(xml).not.toMatch(COMMAND_LEFT)
  expect(schemaFaults(xml)).toEqual([])
  // Whatever the text, the elements are the same ones.
  expect(elementsOf(xml).map(({ name }) => name)).toEqual(
    elementsOf(junitXml(hostileClass('x'))).map(({ name }) => name),
  )
})

test('JUnit: a suite for each kata of each learner; a fault of ours is an error, what is missing a failure', () => {
  const suites = elementsOf(junitXml(hostileClass('x'))).filter(({ name }) => name === 'testsuite')
  const counts = suites.map(({ attributes }) => [
    attributes['name'],
    ...['tests', 'failures', 'errors', 'skipped'].map((key) => Number(attributes[key])),
  ])
  expect(counts).toEqual([
    ['accepted x token-bucket', 3, 0, 0, 0],
    ['wrong-answer x token-bucket', 3, 1, 0, 1],
    ['over-budget x token-bucket', 3, 1, 0, 0],
    ['crashed x token-bucket', 3, 1, 0, 1],
    ['rejected-source x token-bucket', 4, 1, 0, 3],
    ['todo x token-bucket', 3, 1, 0, 1],
    ['late token-bucket', 3, 0, 0, 0],
    ['missing token-bucket', 1, 1, 0, 0],
    ['not taken token-bucket', 1, 0, 1, 0],
    ['pending token-bucket', 1, 0, 0, 1],
    ['judge error token-bucket', 1, 0, 1, 0],
  ])
})

test('JUnit: the line of a failure says what was expected, too', () => {
  const failures = elementsOf(junitXml(hostileClass('x'))).filter(({ name }) => name === 'failure')
  const messages = failures.map(({ attributes }) => attributes['message'])
  expect(messages).toContain('expected true, not x, got x')
})

test('the check of the schema finds what is wrong', () => {
  const xml = junitXml(hostileClass('x'))
  expect(schemaFaults(xml.replace(' hostname="localhost"', ''))).not.toEqual([])
  expect(schemaFaults(xml.replace('<skipped/>', '<ignored/>'))).not.toEqual([])
  expect(schemaFaults(xml.replace('tests="3"', 'tests="many"'))).not.toEqual([])
  expect(schemaFaults(xml.replace('</testcase>', ''))).not.toEqual([])
})
