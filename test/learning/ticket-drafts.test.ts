import { expect, test } from 'vitest'
import { draftsFrom } from '../../src/learning/listen.js'
import type { LearningRecords } from '../../src/model/stores.js'
import type { Ticket } from '../../src/model/ticket.js'
import { forgetAsker } from '../../src/tickets/desk.js'
import { openTicket, reopenTicket, resolveTicket } from '../../src/tickets/states.js'
import { noRecords } from '../support/learning-records.js'
import { LANGUAGE } from '../support/shipped-language.js'

const BY = { key: 'name:陈工', name: '陈工' }
const ACT = { by: BY, atMs: 1, why: '' }
const ANSWER = '印刷的小程序码至少 3 厘米见方，联系张三要高清版'
const opened = (question: string, lastWords: readonly string[] = []) =>
  openTicket(
    {
      ...{ placeKey: 'room:a', placeName: 'a', askerKey: 'name:王', askerName: '王', question, reason: 'asked' },
      ...{ sectionKey: null, answeredSections: [], lastWords: lastWords.map((text) => ({ atMs: 0, text })) },
    },
    { ...ACT, number: 5 },
  )
const resolved = (question: string, gist = ANSWER, lastWords?: readonly string[]) =>
  resolveTicket(opened(question, lastWords), { ...ACT, why: gist })
const options = { language: LANGUAGE, clean: (text: string) => text.replaceAll('张三', '[某人]'), nowMs: 9 }
const drafted = (records: LearningRecords, ...tickets: Ticket[]) => draftsFrom(records, tickets, options)

test('drafts the explanation of a settled ticket, once', () => {
  const records = drafted(noRecords(), resolved('小程序码要印多大'))
  expect(records.entries).toMatchObject([
    {
      kind: 'draft',
      ticketNumber: 5,
      question: '小程序码要印多大',
      answer: expect.stringContaining('[某人]'),
      status: 'open',
    },
  ])
  expect(drafted(records, resolved('小程序码要印多大'))).toBe(records)
})

test('takes what was asked before the call for a person', () => {
  const [draft] = drafted(noRecords(), resolved('转人工', ANSWER, ['你好', '小程序码要印多大', '在吗'])).entries
  expect(draft).toMatchObject({ question: '小程序码要印多大' })
})

test.each([
  ['nothing was explained', resolved('小程序码要印多大', '')],
  ['已处理 was all', resolved('小程序码要印多大', '已处理')],
  ['nothing was asked', resolved('转人工')],
  ['it is not settled', opened('小程序码要印多大')],
])('drafts nothing when %s', (_why, ticket) => {
  const before = noRecords()
  expect(drafted(before, ticket)).toBe(before)
})

test('drops the draft when the ticket is opened again, or its asker forgotten', () => {
  const ticket = resolved('小程序码要印多大')
  const records = drafted(noRecords(), ticket)
  expect(drafted(records, reopenTicket(ticket, ACT)).entries).toEqual([])
  expect(drafted(records, forgetAsker(ticket)).entries).toEqual([])
})

test('gives no second draft of what was settled', () => {
  const records = drafted(noRecords(), resolved('小程序码要印多大'))
  const [draft] = records.entries
  const settled = { ...records, entries: [{ ...draft!, status: 'settled' as const } as typeof draft & object] }
  expect(drafted(settled as LearningRecords, resolved('小程序码要印多大'))).toBe(settled)
})
