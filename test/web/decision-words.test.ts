import { expect, test } from 'vitest'
import type { Decision, EscalationReason, SilenceReason } from '../../src/model/decision.js'

// By address, because the page's scripts are no part of the compiled program.
const { KIND_WORDS, REASON_WORDS, badgeWords, reasonWords } = await import(
  new URL('../../public/words.js', import.meta.url).href
)

type Reasons =
  | SilenceReason
  | EscalationReason
  | Extract<Decision, { kind: 'answer' }>['reason']
  | Extract<Decision, { kind: 'courtesy' }>['word']

// A new reason in the model does not compile until it stands here, and then needs its words.
const REASONS: Record<Reasons, true> = {
  several: true,
  flooding: true,
  'bot-loop': true,
  'too-fast': true,
  'follow-up': true,
  days: true,
  withdrawal: true,
  'walk-through': true,
  'walk-offered': true,
  'walk-ended': true,
  'reminder-set': true,
  'reminder-today': true,
  'reminder-needs-day': true,
  'reminder-cancelled': true,
  'reminder-none': true,
  overdue: true,
  overload: true,
  'still-failing': true,
  settled: true,
  'own-message': true,
  'system-notice': true,
  staff: true,
  'too-old': true,
  duplicate: true,
  'room-not-served': true,
  'staff-room': true,
  'not-text': true,
  empty: true,
  'to-somebody-else': true,
  'not-for-us': true,
  'not-sure': true,
  'answered-lately': true,
  'held-by-human': true,
  'not-allowed': true,
  muted: true,
  failed: true,
  asked: true,
  'accepted-offer': true,
  'unknown-rejection-reason': true,
  sure: true,
  chosen: true,
  notice: true,
  greeting: true,
  thanks: true,
  menu: true,
  declined: true,
  acknowledged: true,
  chat: true,
  listening: true,
  complaint: true,
  'failed-twice': true,
  'section-says-so': true,
  ticket: true,
}
/** Orders are rows of a table, so that no type knows their names. */
const ORDERS: readonly string[] = [
  'reload',
  'help',
  'status',
  'check',
  'roll-back',
  'try',
  'list-unanswered',
  'assign',
  'ignore',
  'teach',
  'unteach',
  'list-drafts',
  'accept-draft',
  'mute',
  'unmute',
  'list-rooms',
  'bind-staff-room',
  'show-figures',
  'show-audit',
  'claim-role',
  'revoke-role',
  'web-link',
  'list-tickets',
  'claim-ticket',
  'close-ticket',
  'show-ticket',
  'pass-ticket',
  'reply-ticket',
  'note-ticket',
  'return-ticket',
  'show-duty',
  'start-duty',
  'end-duty',
]
const KINDS: Record<Decision['kind'], true> = {
  silent: true,
  answer: true,
  outside: true,
  clarify: true,
  fallback: true,
  escalate: true,
  courtesy: true,
  command: true,
}

test.each([...Object.keys(REASONS), ...ORDERS])('has a label and a sentence for the reason %s', (reason) => {
  expect(REASON_WORDS[reason]?.[0]).toMatch(/^[\u4e00-\u9fff]{2,8}$/)
  expect(REASON_WORDS[reason]?.[1]).toMatch(/。$/)
})

test('has a word for every kind of decision', () => {
  expect(Object.keys(KIND_WORDS).sort()).toEqual(Object.keys(KINDS).sort())
})

test('shows a reason that it does not know as it is', () => {
  expect(reasonWords('brand-new')).toEqual({ label: 'brand-new', sentence: '' })
})

test.each([
  [{ kind: 'answer', sections: ['4.1', '4.2'], confidence: 0.934, reason: 'sure' }, '回答 4.1、4.2 · 93%'],
  [{ kind: 'silent', sections: [], confidence: 0.4, reason: 'not-sure' }, '没插话 · 把握不够'],
  [{ kind: 'fallback', sections: [], confidence: 0.1, reason: 'not-understood' }, '不知道 · 提出转人工'],
])('sums up %o', (decision, badge) => {
  expect(badgeWords(decision)).toBe(badge)
})
