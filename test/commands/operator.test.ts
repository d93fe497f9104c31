import { expect, test } from 'vitest'
import { operatorDoor } from '../../src/commands/take.js'
import type { Operations } from '../../src/model/ports.js'
import { LowdbTicketStore } from '../../src/store/tickets.js'
import { TicketDesk } from '../../src/tickets/desk.js'
import { someDeskRules } from '../support/desk-rules.js'
import { fixedClock } from '../support/fixed-clock.js'

async function door() {
  const clock = fixedClock()
  const say = (word: string) => async (text?: string) => ({ ok: true, text: `${word}${text ?? ''}` })
  const overview = { status: say('status'), figures: say('figures'), explain: say('tried: ') }
  const operations = { releases: { reload: say('reload') }, overview } as unknown as Operations
  const desk = new TicketDesk(await LowdbTicketStore.inMemory(), clock, someDeskRules())
  const staffTools = { desk, clock, tellAsker: async () => 'said' as const, titleOf: () => '' }
  return operatorDoor({ operations, staffTools, clock })
}

test.each([
  ['测试你好', 'tried: 你好'],
  ['测试 审核要多久', 'tried: 审核要多久'],
  ['测试数据被驳回了', 'tried: 数据被驳回了'],
  ['状太', 'status'],
  ['状 态', 'status'],
])('takes all that the operator writes for an order: %s', async (text, said) => {
  const order = await door()
  expect(await order(text, 'page')).toEqual({ ok: true, text: said })
})

test('does not put the operator on duty, whom nobody could call in the staff group', async () => {
  const order = await door()
  expect(await order('我值班', 'page')).toEqual({ ok: false, text: expect.stringContaining('本人') })
  expect((await order('值班', 'page')).text).not.toContain('操作员')
})

test('tells the operator how the nearest order is written, and of help where there is none', async () => {
  const order = await door()
  expect((await order('归类 七', 'terminal')).text).toBe('没看懂这个命令，是不是想发“归类 7 4.1”？发“帮助”看全部。')
  expect(await order('你好呀', 'page')).toEqual({ ok: false, text: '没看懂这个命令。发“帮助”看全部。' })
})
