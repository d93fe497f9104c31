import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { WalkRecords } from '../../src/dialogue/state.js'
import { openRecords } from '../../src/store/json-file.js'
import { storedWalks } from '../../src/store/records.js'
import { CUSTOMERS, DIRECT, LI } from '../support/a-message.js'
import { aPicture, aSection } from '../support/a-section.js'
import { anIntent, aSnapshot } from '../support/a-snapshot.js'
import { CHEN } from '../support/a-ticket.js'
import { aCandidate } from '../support/an-understanding.js'
import { botUnderTest } from '../support/bot-under-test.js'
import { capturedLog } from '../support/captured-log.js'
import { tempFolder } from '../support/temp-folder.js'

const HOUR_MS = 3_600_000
const SECTIONS = [
  aSection('0', { title: '开始' }),
  aSection('1.1', {
    title: '资质',
    parts: [{ lines: ['1. 查备案。'], pictures: [aPicture('icp')] }],
    required: ['备案查询结果页'],
  }),
  aSection('5', { title: '发布', tellsTimeline: true }),
  aSection('A1', { title: '驳回' }),
]

/** Three steps, and one question that is answered in between. */
const knowledge = () => ({
  current: aSnapshot({
    sections: SECTIONS,
    intents: SECTIONS.map(({ key, title }) => anIntent(`intent-${key}`, { sectionKey: key, title })),
    matcher: {
      match: (normalized) => ({
        candidates: normalized === '类目不符被驳回怎么办' ? [aCandidate('A1')] : [],
        wantsHuman: { confidence: 0, overheard: 0 },
      }),
    },
  }),
})

const walkingBot = (walks: WalkRecords = {}) => botUnderTest({ knowledge: knowledge() }, { walks })

test('walks somebody through the steps, with screenshots and pictures, to the list at the end', async () => {
  const bot = await walkingBot()
  const first = await bot.hears('@小助手 从头带我走一遍')
  expect(first.decision).toMatchObject({ kind: 'answer', sections: ['0'], reason: 'walk-through', confidence: 1 })
  expect(first.sent.join('\n')).toMatch(/^@王老板 好的，从头走一遍，共 3 步[\s\S]*（第 1\/3 步）$/)
  const second = await bot.hears('好了')
  expect(second.decision.sections).toEqual(['1.1'])
  expect(second.sent[0]).toContain('1. 查备案。\n📷 需要的截图：\n· 备案查询结果页\n👣')
  expect(second.sent[1]).toBe('[/img/icp.png]')
  expect((await bot.hears('跳过')).decision.sections).toEqual(['5'])
  const end = await bot.hears('下一步')
  expect(end.decision).toMatchObject({ kind: 'answer', sections: ['1.1'], reason: 'walk-through' })
  expect(end.sent[0]).toContain('✅ 0 开始\n⏭ 1.1 资质\n✅ 5 发布\n结论：还差 1 步：1.1。')
  expect((await bot.hears('继续')).decision.sections).toEqual(['1.1'])
  expect((await bot.hears('完成')).sent[0]).toContain('可以提审')
})

test('goes back a step, leaves off, and offers to go on', async () => {
  const bot = await walkingBot()
  await bot.hears('@小助手 提审前要检查什么')
  await bot.hears('好了')
  expect((await bot.hears('上一步')).decision.sections).toEqual(['0'])
  await bot.hears('好了')
  expect(await bot.hears('不弄了')).toMatchObject({
    decision: { kind: 'courtesy', reason: 'walk-ended', sections: [] },
    sent: [expect.stringContaining('先停在第 2/3 步')],
  })
  const again = await bot.hears('@小助手 一步一步教我')
  expect(again.decision).toMatchObject({ kind: 'courtesy', reason: 'walk-offered' })
  expect(again.sent[0]).toContain('上次到第 2 步（共 3 步），回复“继续”接着走，回复“重新开始”从头来')
  expect((await bot.hears('继续')).decision.sections).toEqual(['1.1'])
  await bot.hears('@小助手 带我走流程')
  expect((await bot.hears('重新开始')).decision.sections).toEqual(['0'])
})

test('answers a question in between, and then shows the step again instead of taking it for done', async () => {
  const bot = await walkingBot()
  await bot.hears('@小助手 带我走一遍')
  await bot.hears('好了')
  const between = await bot.hears('@小助手 类目不符被驳回怎么办')
  expect(between.decision).toMatchObject({ sections: ['A1'], reason: 'sure' })
  expect(between.sent.at(-1)).toMatch(/👣 清单停在第 2\/3 步，回复“继续”接着走。$/)
  expect((await bot.hears('继续')).decision).toMatchObject({ sections: ['1.1'], reason: 'walk-through' })
  expect((await bot.hears('好了')).decision.sections).toEqual(['5'])
})

test('never mixes two people, nor two places', async () => {
  const bot = await walkingBot()
  await bot.hears('@小助手 带我走一遍')
  await bot.hears('好了')
  await bot.hears('@小助手 带我走一遍', { sender: LI })
  await bot.hears('带我走一遍', { place: DIRECT })
  expect((await bot.hears('好了')).decision.sections).toEqual(['5'])
  expect((await bot.hears('好了', { sender: LI })).decision.sections).toEqual(['1.1'])
  expect((await bot.hears('跳过', { place: DIRECT })).decision.sections).toEqual(['1.1'])
})

test('takes nothing for its own among people who do not walk', async () => {
  const bot = await walkingBot()
  for (const words of ['好了', '跳过', '退出', '继续', '带我走流程', '重新开始']) {
    expect((await bot.hears(words)).decision.kind).toBe('silent')
  }
  await bot.hears('@小助手 带我走一遍')
  expect((await bot.hears('好了', { sender: LI })).decision.kind).toBe('silent')
  bot.clock.pass(2 * HOUR_MS + 1)
  expect((await bot.hears('好了')).decision.kind).toBe('silent')
  expect((await bot.hears('@小助手 好了')).decision.sections).toEqual(['1.1'])
})

test('starts unasked where only the review can be meant', async () => {
  const bot = await walkingBot()
  expect((await bot.hears('提审前要检查什么')).decision).toMatchObject({ sections: ['0'], reason: 'walk-through' })
})

test('keeps quiet on the walk while a person has the question, and goes on afterwards', async () => {
  const bot = await walkingBot()
  await bot.hears('@小助手 带我走一遍')
  await bot.hears('@小助手 转人工')
  expect((await bot.hears('好了')).decision).toMatchObject({ kind: 'silent', reason: 'held-by-human' })
  const held = bot.desk.heldFor(CUSTOMERS.key, 'name:王老板')!
  await bot.desk.giveBack(held.number, CHEN)
  expect((await bot.hears('@小助手 继续')).decision.sections).toEqual(['0'])
})

test('goes on days later in another run of the bot', async () => {
  const path = join(tempFolder(), 'walks.json')
  const options = { schema: storedWalks, log: capturedLog().log }
  const before = await openRecords(path, options)
  const bot = await walkingBot({ keep: (records) => before.keep(records) })
  await bot.hears('@小助手 带我走一遍')
  await bot.hears('好了')
  await before.flush()

  const after = await openRecords(path, options)
  const reborn = await walkingBot({ records: after.records() })
  reborn.clock.pass(5 * 24 * HOUR_MS)
  const { decision, sent } = await reborn.hears('@小助手 继续')
  expect(decision).toMatchObject({ sections: ['1.1'], reason: 'walk-through' })
  expect(sent[0]).toContain('（第 2/3 步）')
})
