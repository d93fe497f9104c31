import { expect, test } from 'vitest'
import { parseCommand } from '../../src/commands/take.js'
import { readSpeechAct } from '../../src/nlu/dialogue-act.js'
import { normalizeText } from '../../src/nlu/normalize.js'
import { phrases } from '../../src/reply/phrases.js'
import { LANGUAGE } from '../support/shipped-language.js'

const SAID: readonly string[] = [
  ...Object.values(phrases).filter((phrase) => typeof phrase === 'string'),
  phrases.title({ key: '4.1', title: '标题' }),
  phrases.next('做下一步。'),
  phrases.handoff('找同事。'),
  phrases.supplement('补充。', true),
  phrases.severalReasons(3),
  phrases.moreOf('A3', '标题'),
  phrases.option('C', '标题'),
]

test('holds no Markdown, no HTML, no gaps and no robot talk', () => {
  const bad = /\*\*|__|^#|\[[^\]]*\]\(|<\/?[a-z]|undefined|NaN|null|作为(?:一个)?(?:AI|人工智能)|很抱歉|亲爱的用户/m
  expect(SAID.filter((text) => bad.test(text))).toEqual([])
})

test('is short enough for a phone', () => {
  expect(SAID.filter((text) => text.length > 120)).toEqual([])
})

test('understands every answer that it asks for', () => {
  const quoted = SAID.flatMap((text) => [...text.matchAll(/回复“([^”]+)”/g)].map((match) => match[1]!))
  expect(quoted.length).toBeGreaterThan(5)
  const misunderstood = quoted.filter(
    (answer) =>
      !parseCommand(answer) &&
      !['menu', 'wants-human', 'choice'].includes(readSpeechAct(normalizeText(answer), LANGUAGE).act),
  )
  expect(misunderstood).toEqual([])
})
