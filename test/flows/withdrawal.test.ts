import { expect, test } from 'vitest'
import { aSection } from '../support/a-section.js'
import { aSnapshot } from '../support/a-snapshot.js'
import { aCandidate } from '../support/an-understanding.js'
import { botUnderTest } from '../support/bot-under-test.js'

const WARNING = /^@王老板 ⚠️ 先别撤：[^\n（]*从头再等。\n/

const knowledge = () => ({
  current: aSnapshot({
    sections: [
      aSection('3', { title: '服务类目' }),
      aSection('5', {
        title: '发布',
        tellsTimeline: true,
        supplements: [{ text: '期间撤回要从头再来。', source: 'example.com/1', checkedOn: '2026-11-23' }],
      }),
    ],
    matcher: {
      match: (normalized) => ({
        candidates: normalized.includes('类目') ? [aCandidate('3')] : [],
        wantsHuman: { confidence: 0, overheard: 0 },
      }),
    },
  }),
})

test.each(['想撤回重新提', '撤回了重提行不行', '二审期间能改个图标再提吗'])(
  'warns on top of the timeline: %s',
  async (words) => {
    const bot = await botUnderTest({ knowledge: knowledge() })
    const { decision, sent } = await bot.hears(`@小助手 ${words}`)
    expect(decision).toMatchObject({ kind: 'answer', sections: ['5'], reason: 'withdrawal' })
    expect(sent[0]).toMatch(WARNING)
    expect(sent[0]).toContain('回复“5”')
    expect(sent[0]?.match(/从头/g)).toHaveLength(1)
  },
)

test('warns on top of the answer where another section is surely meant', async () => {
  const bot = await botUnderTest({ knowledge: knowledge() })
  const { decision, sent } = await bot.hears('@小助手 还在审核中，可以先加一个类目吗')
  expect(decision).toMatchObject({ kind: 'answer', sections: ['3'], reason: 'sure' })
  expect(sent[0]).toMatch(WARNING)
})

test('warns beside the days of the asker', async () => {
  const bot = await botUnderTest({ knowledge: knowledge() })
  const { decision, sent } = await bot.hears('@小助手 我11月20号提的，想撤回重新提，什么时候能好')
  expect(decision).toMatchObject({ kind: 'answer', sections: ['5'], reason: 'days' })
  expect(sent[0]).toMatch(WARNING)
  expect(sent[0]).toContain('11月28日')
})

test('does not step in where nobody has asked', async () => {
  const bot = await botUnderTest({ knowledge: knowledge() })
  expect((await bot.hears('想撤回重新提')).decision.kind).toBe('silent')
})
