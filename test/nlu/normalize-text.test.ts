import { expect, test } from 'vitest'
import { MAX_CHARS, normalizeText } from '../../src/nlu/normalize.js'
import { cpuMsOf } from '../support/cpu-time.js'
import { hostileTexts } from '../support/hostile-text.js'

test.each([
  ['full width', '１＋７，ＵＧＣ说明怎么填？', '1+7,ugc说明怎么填?'],
  ['capitals', 'ICP 备案 MsgSecCheck', 'icp 备案 msgseccheck'],
  ['traditional characters', '審核不通過，類目怎麼設置', '审核不通过,类目怎么设置'],
  ["Taiwan's words", '小程式的類別在哪裡設定', '小程序的类目在哪里设置'],
  ['simplified words that look like Taiwan ones', '小程序后台的设置', '小程序后台的设置'],
  ['line break tags', '未通过<br>1. 类目<BR/>2. 测试<br />完', '未通过\n1. 类目\n2. 测试\n完'],
  ['line break tags in full width', '未通过＜br＞原因', '未通过\n原因'],
  ['blank lines', '第一行\n\n  \n第二行', '第一行\n第二行'],
  ['several kinds of blanks', '类目\u3000\u00a0\t 怎么加', '类目 怎么加'],
  ['invisible characters', '类\u200b目\u202e\ufeff怎么\u00ad加', '类目怎么加'],
  ['emoji', '过审了吗🙏🏽👨‍👩‍👧', '过审了吗'],
  ["WeChat's emoji", '又没过[捂脸][流泪]怎么办', '又没过 怎么办'],
  ['bracketed words that are no emoji', '[第 1 条]没通过', '[第 1 条]没通过'],
  ['runs of one mark', '怎么办？？？！！！。。。', '怎么办?!。'],
  ['circled numbers', '①页面空白②有测试⑫类目', '(1)页面空白(2)有测试(12)类目'],
  ['filled circled numbers', '❶空白❿类目', '(1)空白(10)类目'],
  ['keycaps', '1️⃣空白2⃣测试', '(1) 空白(2) 测试'],
  ['numbers with a dot or brackets of their own', '⒈空白⑵测试㈢类目', '1.空白(2)测试(三)类目'],
  ['emoji alone', '😀👍', ''],
  ['nothing', ' \n\u200b ', ''],
])('brings %s into one form', (_, text, expected) => {
  expect(normalizeText(text)).toBe(expected)
})

test('keeps digits that are no enumeration', () => {
  expect(normalizeText('7天、2.1、#5号')).toBe('7天、2.1、#5号')
})

test('cuts long messages and never inside a character', () => {
  expect(normalizeText('审'.repeat(5000))).toHaveLength(MAX_CHARS)
  expect(normalizeText(`a${'𠮷'.repeat(400)}`)).toBe(`a${'𠮷'.repeat(299)}`)
})

test('drops halves of emoji', () => {
  expect(normalizeText('类目\ud83d怎么\udc68加')).toBe('类目怎么加')
})

test('stays within its limits whatever it is given', () => {
  const offenders = hostileTexts(800).filter((text) => {
    const normalized = normalizeText(text)
    return (
      normalized.length > MAX_CHARS ||
      normalized !== normalized.trim() ||
      /\p{Cs}/u.test(normalized) ||
      /[^\S\n]{2}|\n\s|\s\n|\u200b|\u202e|\ufeff/.test(normalized)
    )
  })
  expect(offenders).toEqual([])
})

test('takes well under a second for a message of a megabyte', () => {
  const pieces = ['審', '<br', '[捂脸', '①', '。', ' ', 'ﷺ', '👨‍👩‍👧‍👦']
  const took = cpuMsOf(() => {
    for (const piece of pieces) normalizeText(piece.repeat(1_000_000 / piece.length))
  })
  expect(took / pieces.length).toBeLessThan(500)
})
