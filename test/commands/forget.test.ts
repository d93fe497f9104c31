import { expect, test } from 'vitest'
import { type Forgetful, forgetPerson } from '../../src/commands/operations.js'
import type { ForgottenPerson, Ticket } from '../../src/model/ticket.js'
import { LowdbTicketStore } from '../../src/store/tickets.js'
import { forgetIn } from '../../src/tickets/desk.js'
import { anOpenTicket, keep } from '../support/a-ticket.js'

const by = (askerKey: string, askerName: string, question: string): Partial<Ticket> => ({
  ...{ askerKey, askerName, question, lastWords: [], events: [] },
})

async function kept(tickets: readonly Partial<Ticket>[], others: readonly Forgetful[] = []) {
  const store = await LowdbTicketStore.inMemory()
  for (const [index, given] of tickets.entries())
    await keep(store, { ...anOpenTicket(index + 1), ...given, number: index + 1 } as Ticket)
  const desk = { everything: () => store.all(), forget: (person: ForgottenPerson) => store.forget(forgetIn(person)) }
  const gone: ForgottenPerson[] = []
  const forget = (who: string, sure = true) =>
    forgetPerson({ who, sure }, { tickets: desk, others: [...others, { forget: (person) => void gone.push(person) }] })
  return { forget, store, gone }
}

const SHEN = [
  by('name:审核', '审核', '我的单子没过'),
  by('name:张三', '张三', '审核已经三天，审核员没有回复'),
  by('name:李四', '李四', '类目审核被拒'),
]

test('a name that is a word takes nothing from others', async () => {
  const { forget, store } = await kept(SHEN)
  const before = (await store.all()).slice(1)
  expect(await forget('审核')).toMatchObject({ mentionedIn: [2, 3], isDone: true })
  expect((await store.all()).slice(1)).toEqual(before)
  expect(JSON.stringify((await store.all())[0])).not.toMatch(/审核|单子/)
})

test.each(['工', '审', '王', '王大', '锤', 'name', '', ' '])('a part of a name is nobody: %j', async (who) => {
  const { forget, gone } = await kept([...SHEN, by('name:王大锤', '王大锤', '打不开')])
  expect(await forget(who)).toEqual({ people: [], mentionedIn: [], isDone: false })
  expect(gone).toEqual([])
})

test('only tells, until one is sure', async () => {
  const { forget, store, gone } = await kept(SHEN)
  const before = await store.all()
  expect(await forget('张三', false)).toEqual({
    people: [{ key: 'name:张三', names: ['张三'], tickets: [2] }],
    ...{ mentionedIn: [], isDone: false },
  })
  expect([await store.all(), gone]).toEqual([before, []])
})

test('by any name that was ever theirs, all under the key goes', async () => {
  const identities: Forgetful = {
    people: () => [{ key: 'name:王大锤', names: ['', '王大锤', '王大锤新名', '悦邻-王'] }],
    forget: () => {},
  }
  const tickets = [by('name:王大锤', '王大锤', '甲'), by('name:王大锤', '王大锤新名', '乙'), ...SHEN]
  for (const who of ['王大锤', '王大锤新名', '悦邻-王', 'name:王大锤']) {
    const { forget, store, gone } = await kept(tickets, [identities])
    expect(await forget(who)).toMatchObject({ people: [{ key: 'name:王大锤', tickets: [1, 2] }], isDone: true })
    expect(JSON.stringify(await store.all())).not.toMatch(/王大锤/)
    expect(gone).toMatchObject([{ keys: ['name:王大锤'], tickets: [1, 2], said: ['甲', '乙'] }])
  }
})

test('of two of the same name nobody is forgotten until a key says which', async () => {
  const tickets = [by('name:王伟', '王伟', '甲'), by('name:王伟#2', '王伟', '乙')]
  const { forget, store } = await kept(tickets)
  expect(await forget('王伟')).toMatchObject({ people: [{ tickets: [1] }, { tickets: [2] }], isDone: false })
  expect(await forget('name:王伟#2')).toMatchObject({ people: [{ tickets: [2] }], isDone: true })
  expect((await store.all()).map(({ askerName }) => askerName)).toEqual(['王伟', '—'])
})
