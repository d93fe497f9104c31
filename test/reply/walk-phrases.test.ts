import { expect, test } from 'vitest'
import { readReminderWord, readSpeechAct, readWalkRemark } from '../../src/nlu/dialogue-act.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { reminderPhrases, walkPhrases } from '../../src/reply/phrases.js'
import { LANGUAGE } from '../support/shipped-language.js'

const SAID: readonly string[] = [
  walkPhrases.intro(10),
  walkPhrases.prompt(3, 10),
  walkPhrases.offer(3, 10),
  walkPhrases.stopped(3, 10),
  walkPhrases.waiting(3, 10),
  walkPhrases.noGo(['1.1', '4.3']),
  walkPhrases.noGoHint,
  walkPhrases.go,
  reminderPhrases.set('12月1日（周二）'),
  reminderPhrases.today,
  reminderPhrases.needsDay,
  reminderPhrases.cancelled,
  reminderPhrases.none,
  reminderPhrases.late,
  reminderPhrases.dueSecond('12月1日（周二）'),
  reminderPhrases.dueInternal('12月1日（周二）'),
  reminderPhrases.dueSubmit('12月1日（周二）'),
]

test('is short enough for a phone, without gaps', () => {
  expect(SAID.filter((text) => text.length > 90 || /undefined|NaN|null/.test(text))).toEqual([])
})

test('understands every answer that it asks for', () => {
  const asked = SAID.filter((text) => text.includes('回复“'))
  const quoted = asked.flatMap((text) => [...text.matchAll(/“([^”]+)”/g)].map((match) => match[1]!))
  const answers = quoted.filter((answer) => answer !== '版本管理')
  expect(answers.length).toBeGreaterThan(8)
  const misunderstood = answers.filter((answer) => {
    const normalized = normalizeText(answer)
    const isTaken = readWalkRemark(normalized, LANGUAGE) ?? readReminderWord(normalized, LANGUAGE)
    return isTaken === undefined && readSpeechAct(normalized, LANGUAGE).act !== 'wants-human'
  })
  expect(misunderstood).toEqual([])
})
