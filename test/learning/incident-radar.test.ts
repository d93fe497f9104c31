import { expect, test } from 'vitest'
import { lookForIncidents, markTold, rejectionReasons } from '../../src/learning/listen.js'
import type { LearningRecords } from '../../src/model/stores.js'
import { anUnderstanding, aReason } from '../support/an-understanding.js'
import { noRecords } from '../support/learning-records.js'

const HOUR_MS = 3_600_000
const RULES = { groups: 3, windowMs: 48 * HOUR_MS }

/** Hears of rejections, e.g. `A3 b 1` is reason A3 in group b after an hour. @returns the incidents after each */
function radar(...lines: readonly string[]) {
  let records: LearningRecords = noRecords()
  return lines.map((line) => {
    const [key, place = '', hours] = line.split(' ')
    const atMs = Number(hours) * HOUR_MS
    const looked = lookForIncidents(records, [{ reason: `section:${key}`, place, atMs }], RULES)
    records = looked.records
    for (const { reason } of looked.incidents) records = markTold(records, reason, atMs)
    return looked.incidents.map(({ reason, places }) => `${reason} ${places.join('')}`)
  })
}

test('tells of the same reason from three groups, once', () => {
  expect(radar('A3 a 0', 'A3 b 1', 'A3 c 2', 'A3 d 3')).toEqual([[], [], ['section:A3 abc'], []])
})

test('counts a group once, and each reason by itself', () => {
  expect(radar('A3 a 0', 'A3 a 1', 'A1 b 2', 'A1 c 3', 'A3 b 4').flat()).toEqual([])
})

test('forgets after 48 hours', () => {
  expect(radar('A3 a 0', 'A3 b 47', 'A3 c 48').flat()).toEqual([])
  expect(radar('A3 a 0', 'A3 b 47', 'A3 c 47.9').flat()).toHaveLength(1)
  // Seen again, it counts from then on.
  expect(radar('A3 a 0', 'A3 b 47', 'A3 a 47', 'A3 c 50').flat()).toHaveLength(1)
})

test('tells again when it still goes on a whole window later', () => {
  const goingOn = ['A3 a 0', 'A3 b 0', 'A3 c 0', 'A3 d 40', 'A3 e 47', 'A3 f 49']
  expect(radar(...goingOn).flat()).toEqual(['section:A3 abc', 'section:A3 def'])
})

const isRejection = (key: string): boolean => key.startsWith('A')

test('reads reasons from notices and sure answers, of the appendix on rejections only', () => {
  const answer = (reason: 'sure' | 'chosen', ...keys: [string, ...string[]]) =>
    rejectionReasons({ kind: 'answer', sectionKeys: keys, reason }, anUnderstanding(), isRejection)
  expect(answer('sure', 'A3')).toEqual(['section:A3'])
  expect(answer('sure', '4.1')).toEqual([])
  expect(answer('chosen', 'A3')).toEqual([])
  const silent = { kind: 'silent', reason: 'held-by-human' } as const
  const notice = [aReason('A1'), aReason('1.1'), { ...aReason(), text: '小程序缺少投诉入口，请补充' }]
  expect(rejectionReasons(silent, anUnderstanding({ notice }), isRejection)).toEqual([
    'section:A1',
    'text:小程序缺少投诉入口请补充',
  ])
})
