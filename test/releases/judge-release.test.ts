import { expect, test } from 'vitest'
import type { ExamChange } from '../../src/evaluate/exam.js'
import type { ExamFigures } from '../../src/model/knowledge.js'
import { judgeRelease } from '../../src/releases/release.js'

const LIMITS = { goldenMayLose: 0, heldOutMayLosePoints: 1, wrongMayGainPoints: 0.5 }

const figures = (right: number, wrong: number): ExamFigures => ({
  golden: { total: 1, right: 1 },
  heldOut: { total: 1_000, right, wrong },
})
const change = (facts: Partial<ExamChange> = {}): ExamChange => ({
  ...{ set: 'golden', text: '审核要多久', heard: 'asked', wanted: { kind: 'sections', keys: ['5'] } },
  ...{ before: { kind: 'answer', sections: ['5'] }, after: { kind: 'fallback', sections: [] } },
  ...{ wasRight: true, isRight: false },
  ...facts,
})
const kinds = (
  { right = 900, wrong = 10, changes = [] as readonly ExamChange[], before = figures(900, 10) as ExamFigures | null },
  limits = {},
): readonly string[] => {
  const exam = { ...(before && { before }), after: figures(right, wrong), changes, unmet: [] }
  return judgeRelease({ exam }, { ...LIMITS, ...limits }).map(({ kind }) => kind)
}

test('has no objection when nothing got worse, or nothing came before', () => {
  expect(kinds({})).toEqual([])
  expect(kinds({ before: null, right: 0, wrong: 1_000 })).toEqual([])
})

test.each([
  ['as many right as the limit allows', { right: 890 }, []],
  ['one right fewer', { right: 889 }, ['fewer-right']],
  ['as many wrong as the limit allows', { wrong: 15 }, []],
  ['one wrong more', { wrong: 16 }, ['more-wrong']],
  ['a golden question lost', { changes: [change()] }, ['golden']],
  [
    'a golden question lost and another won',
    { changes: [change(), change({ wasRight: false, isRight: true })] },
    ['golden'],
  ],
  ['a golden question that was wrong before', { changes: [change({ wasRight: false })] }, []],
  ['a held-out message lost', { changes: [change({ set: 'held-out' })] }, []],
])('judges %s', (_what, facts, objections) => {
  expect(kinds(facts)).toEqual(objections)
})

test('lets pass what the configuration allows', () => {
  expect(kinds({ changes: [change()], right: 850 }, { goldenMayLose: 1, heldOutMayLosePoints: 5 })).toEqual([])
})
