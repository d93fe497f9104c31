import { expect, test } from 'vitest'
import type { HeardLine } from '../../src/dialogue/addressee.js'
import {
  noticeAskedFor,
  pointsAt,
  readingOf,
  talkAboutQuote,
  wordsInPieces,
  wordsMeant,
} from '../../src/dialogue/context.js'
import type { IncomingMessage } from '../../src/model/chat.js'
import { aMessage } from '../support/a-message.js'
import { aCandidate, anUnderstanding } from '../support/an-understanding.js'
import { LANGUAGE } from '../support/shipped-language.js'

const NOW = 1_000_000_000
const said = (key: string, text: string, secondsAgo = 30, wants: HeardLine['wants'] = 'answer'): HeardLine => ({
  ...{ atMs: NOW - secondsAgo * 1000, speaker: { key, name: key }, part: 'asker', text, wants, to: [] },
})
const answered = (key: string): HeardLine => ({ ...said('bot', '【4.1】', 10, 'nothing'), part: 'bot', to: [key] })
const quote = (text: string, ofBot = false) => ({ speaker: '小李', text, ofBot })

function meant(text: string, message: Partial<IncomingMessage> = {}, lines: readonly HeardLine[] = []): string {
  const sender = { id: 'w', key: '王', name: '王', role: 'customer' } as const
  const heard = aMessage({ text, sender, sentAtMs: NOW, addressedToBot: true, ...message })
  return wordsMeant(heard, { lines, language: LANGUAGE })
}

test.each(['', '？', '这个要怎么改', '帮忙看下这个', '回答一下他', '这条是什么意思', '同问', '咋整啊这个', '谁知道'])(
  '%s beside a quoted question means the question',
  (text) => {
    expect(meant(text, { quote: quote('隐私协议怎么填') })).toBe('隐私协议怎么填')
  },
)

test.each(['版本描述写什么', '这个类目怎么选', '转人工'])('%s says itself what it means', (text) => {
  expect(meant(text, { quote: quote('隐私协议怎么填') })).toBe(text)
})

test('what is not put to the bot, or quotes it, stays what it is', () => {
  expect(meant('这个怎么改', { addressedToBot: false, quote: quote('隐私协议怎么填') })).toBe('这个怎么改')
  expect(meant('这个怎么改', { quote: quote('【4.1】 …', true) })).toBe('这个怎么改')
})

test('a lone mention means what the same person has just said, in however many pieces', () => {
  expect(meant('', {}, [said('王', 'UGC那个框'), said('李', '晚上吃啥'), said('王', '怎么填')])).toBe(
    'UGC那个框 怎么填',
  )
})

test('or what was answered, once more', () => {
  expect(meant('', {}, [said('王', 'UGC怎么填'), answered('王')])).toBe('UGC怎么填')
})

test.each(['[强]', '👍', '/:rose'])('a face alone asks for nothing once more: %s', (face) => {
  expect(meant(face, {}, [said('王', 'UGC怎么填'), answered('王')])).toBe(face)
  expect(meant(face, {}, [said('王', 'UGC怎么填')])).toBe('UGC怎么填')
})

test('but not what was said long ago, or by others', () => {
  expect(meant('', {}, [said('王', 'UGC怎么填', 600)])).toBe('')
  expect(meant('', {}, [said('李', 'UGC怎么填')])).toBe('')
  expect(meant('', {}, [said('王', '谢谢', 20, 'nothing')])).toBe('')
})

test.each(['同问', '我也想知道', '+1', '我也想问这个问题', '同求'])(
  '%s means the question of somebody else',
  (text) => {
    expect(meant(text, {}, [said('李', '首次审核要几天', 60), answered('李')])).toBe('首次审核要几天')
  },
)

test('an answer of ours that is quoted is what was told last', () => {
  const told = {
    atMs: 0,
    personKey: '李',
    decision: { kind: 'silent', reason: 'empty' },
    options: [],
    asked: '',
  } as const
  const repliesHere = [{ ...told, sections: ['4.2'], text: '版本描述写“新版本提交”就行。' }]
  const about = (text: string) => talkAboutQuote({ quote: quote(text, true) }, { repliesHere }, () => true)
  expect(about('@小李 版本描述写“新版本提交”就行。\n完整步骤回复“4.2”。')).toMatchObject({
    lastSection: '4.2',
    offered: [],
  })
  expect(about('@王 【4.1】UGC场景信息安全说明')).toMatchObject({ lastSection: '4.1', talkedLately: true })
  expect(about('您好')).toBeUndefined()
})

test('the last piece of a question stands for all of them', () => {
  const sender = { id: 'w', key: '王', name: '王', role: 'customer' } as const
  const last = aMessage({ text: '填什么用途', sender, sentAtMs: NOW, addressedToBot: true })
  const lines = [said('王', '那个隐私协议', 40, 'maybe'), said('李', '晚上吃啥'), said('王', '问录音那里', 20, 'maybe')]
  expect(wordsInPieces(last, { lines })).toBe('那个隐私协议 问录音那里 填什么用途')
  expect(wordsInPieces({ ...last, addressedToBot: false }, { lines })).toBeUndefined()
  expect(wordsInPieces(last, { lines: [said('李', '晚上吃啥')] })).toBeUndefined()
})

test('unless it asks for something of its own', () => {
  const together = anUnderstanding({ candidates: [aCandidate('4.3', { share: 0.9 })] })
  const vague = anUnderstanding({ candidates: [aCandidate('5', { share: 0.3 })] })
  const clear = anUnderstanding({ candidates: [aCandidate('5', { share: 0.9 })] })
  expect(readingOf(vague, together)).toBe(together)
  expect(readingOf(clear, together)).toBe(clear)
  const sure = anUnderstanding({ candidates: [aCandidate('4.3', { share: 0.9, asked: 0.9 })] })
  expect(readingOf(sure, together)).toBe(sure)
  expect(readingOf({ ...vague, act: 'wants-human' }, together)).toMatchObject({ act: 'wants-human' })
})

test('这个怎么改 points at the picture that came before it', () => {
  const sender = { id: 'w', key: '王', name: '王', role: 'customer' } as const
  const points = aMessage({ text: '这个怎么改', sender, sentAtMs: NOW, addressedToBot: true })
  const picture = { ...said('王', '', 30, 'maybe'), isPicture: true }
  const at = (lines: readonly HeardLine[], text = points.text) =>
    pointsAt({ ...points, text }, { lines, language: LANGUAGE })
  expect(at([picture, said('李', '好的', 10)])).toBe('picture')
  expect(at([])).toBe('nothing')
  expect(at([picture], '类目怎么选')).toBeUndefined()
})

test('a list of reasons that answers the question for the notice is one', () => {
  const asked = () => [{ decision: { kind: 'clarify', sectionKeys: ['A1'], asksNotice: true } }] as never
  const list = '1.首页空白 2.小程序存在测试数据'
  expect(noticeAskedFor(list, LANGUAGE, asked)).toMatch(/^审核不通过.*\n1\.首页空白/)
  expect(noticeAskedFor(list, LANGUAGE, () => [])).toBe(list)
  expect(noticeAskedFor('首页空白', LANGUAGE, asked)).toBe('首页空白')
  expect(noticeAskedFor('没说原因', LANGUAGE, asked)).toMatch(/原因.*看/)
  expect(noticeAskedFor('没说原因', LANGUAGE, () => [])).toBe('没说原因')
})

test('who is called beside the bot says nothing of what is asked', () => {
  expect(meant('@陈工 版本描述写什么')).toBe('版本描述写什么')
  expect(meant('@陈工 @小李 版本描述写什么')).toBe('版本描述写什么')
  expect(meant('@陈工 版本描述写什么', { addressedToBot: false })).toBe('@陈工 版本描述写什么')
  expect(meant('@陈工')).toBe('@陈工')
})
