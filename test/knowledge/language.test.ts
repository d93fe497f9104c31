import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PROJECT_ROOT } from '../../src/config.js'
import { readLanguage } from '../../src/knowledge/intents.js'
import { readKnowledge } from '../../src/knowledge/read.js'
import { compileLanguage, groupsOf, THEMES } from '../../src/model/language.js'
import { readSpeechAct } from '../../src/nlu/dialogue-act.js'
import { cpuMsOf } from '../support/cpu-time.js'
import { hostileTexts } from '../support/hostile-text.js'
import { LANGUAGE } from '../support/shipped-language.js'

const FOLDER = join(PROJECT_ROOT, 'intents/language')
const shipped = (theme: string): string => readFileSync(join(FOLDER, `${theme}.yaml`), 'utf8')
const read = (theme: string, text: string) => readLanguage({ file: `intents/language/${theme}.yaml`, text }, theme)

test('every theme has its file, and every file is sound', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(THEMES.map((theme) => `${theme}.yaml`).sort())
  for (const theme of THEMES) expect(read(theme, shipped(theme)).problems).toEqual([])
})

test('an added phrase is understood, and changes the content', () => {
  const text = shipped('talk').replace(/^thanks:\n/m, 'thanks:\n  - 撒花\n')
  const files = { guides: [], intents: [{ file: 'i/language/talk.yaml', kept: 'intents/language/talk.yaml', text }] }
  const { language } = readKnowledge(files).content
  expect(readSpeechAct('撒花', LANGUAGE).act).toBe('statement')
  expect(readSpeechAct('撒花', compileLanguage(language)).act).toBe('thanks')
})

describe('what an author gets wrong is told with its place:', () => {
  const withPhrase = (phrase: string): string => shipped('reminder').replace(/^asks:\n/m, `asks:\n  - '${phrase}'\n`)
  const line = shipped('reminder').split('\n').indexOf('asks:') + 2

  test.each([
    ['(提醒', '括号或符号不成对'],
    ['提醒[一二', '括号或符号不成对'],
    ['{who}提醒', '没有叫“who”的一组'],
    ['(提醒+)*', '括号里已经有 * 或 +'],
    ['((记得|请*)好)+', '括号里已经有 * 或 +'],
    ['(记得|{filler}+)*', '括号里已经有 * 或 +'],
  ])('%s', (phrase, message) => {
    expect(read('reminder', withPhrase(phrase))).toMatchObject({
      content: { kind: 'broken' },
      problems: [
        {
          severity: 'error',
          file: 'intents/language/reminder.yaml',
          line,
          column: 5,
          message: expect.stringContaining(message),
        },
      ],
    })
  })

  test('a group that is missing, and one that nobody asks for', () => {
    const text = shipped('reminder').replace(/^cancels:/m, 'cancel:')
    const messages = read('reminder', text).problems.map(({ message }) => message)
    expect(messages).toEqual(expect.arrayContaining(['缺少“cancels”', '不认识“cancel”']))
  })

  test('a file of no theme', () => {
    expect(read('talks', 'a: [b]').problems).toMatchObject([
      { message: '没有叫 talks 的语言文件', remedy: '是不是 talk.yaml？' },
    ])
  })
})

test('a theme without a file is never found', () => {
  const language = compileLanguage({})
  for (const theme of THEMES) {
    for (const pattern of Object.values(language[theme])) expect('谢谢提交1'.match(pattern)).toBeNull()
    expect(Object.keys(language[theme])).toEqual(expect.arrayContaining([...groupsOf(theme).keys()]))
  }
})

test('no shipped phrase takes long on any text', () => {
  const texts = hostileTexts(20).map((text) => text.slice(0, 600))
  for (const theme of THEMES) {
    for (const pattern of Object.values(LANGUAGE[theme])) {
      const took = Math.min(...[1, 2, 3].map(() => cpuMsOf(() => texts.map((text) => text.replace(pattern, '')))))
      expect(took / texts.length).toBeLessThan(20)
    }
  }
})
