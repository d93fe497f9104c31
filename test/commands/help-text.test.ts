import { expect, test } from 'vitest'
import type { Command } from '../../src/commands/table.js'
import { helpText, mayGive, parseCommand } from '../../src/commands/take.js'
import type { Operations, Orderer } from '../../src/model/ports.js'

const all = new Proxy({} as Operations, { get: () => new Proxy({}, { get: () => () => undefined }) })
const by = (role: Orderer['role'], where: Orderer['where']): Orderer => ({
  ...{ who: { key: 'k', name: '某人' }, role, where },
})
const DOORS = [by('staff', 'staff-room'), by('admin', 'direct'), by('operator', 'page'), by('operator', 'terminal')]

test.each(DOORS)(
  'lists for $role by $where what they may order, in words that are understood, on one screen',
  (who) => {
    const [, ...lines] = helpText(who, all).split('\n')
    expect(helpText(who, all).length).toBeLessThanOrEqual(500)
    const orders = lines.flatMap((line) =>
      line
        .replace(/（(.*)）$/, '｜$1')
        .split('｜')
        .map((part) => part.split('：')[0]!),
    )
    const notUnderstood = orders.filter((order) => parseCommand(order.replace('群名', '售后群')) === undefined)
    expect(notUnderstood).toEqual([])
    const forbidden = orders.filter((order) => !mayGive(who.role, parseCommand(order) as Command, who.where))
    expect(forbidden).toEqual([])
  },
)

test('leaves out what the bot was built without', () => {
  const bare: Operations = { releases: { reload: async () => ({ ok: true, text: '' }) } }
  const text = helpText(by('admin', 'direct'), bare)
  expect(text).toContain('重载')
  expect(text).not.toMatch(/回滚|未答|静音|审计|撤销/)
})
