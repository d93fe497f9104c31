import { expect, test } from 'vitest'
import { WireOrder } from '../../../src/channel/wechaty/incoming.js'
import { FakeWechat4u } from '../../support/fake-wechat4u.js'

test('knows the order of the wire, whatever order it is asked in', () => {
  const wechat4u = new FakeWechat4u()
  const order = new WireOrder()
  order.follow({ wechat4u })
  const batch: object[] = [{ MsgId: 'plain' }, { MsgId: 'with @' }, { MsgId: 'plain too' }]
  wechat4u.handleMsg(batch)
  const asked = ['plain too', 'plain', 'with @'].map((id) => ({ id, place: order.placeOf(id) }))
  expect(asked.sort((a, b) => a.place - b.place).map(({ id }) => id)).toEqual(['plain', 'with @', 'plain too'])
  expect(wechat4u.handled).toEqual(batch)
})

test('keeps the place of a message that comes again, and follows one puppet once', () => {
  const wechat4u = new FakeWechat4u()
  const order = new WireOrder()
  order.follow({ wechat4u })
  order.follow({ wechat4u })
  for (const MsgId of ['a', 'b', 'a']) wechat4u.handleMsg([{ MsgId } as object])
  expect(order.placeOf('a')).toBeLessThan(order.placeOf('b'))
  expect(wechat4u.handled).toHaveLength(3)
})

test('falls back on the order of asking with other puppets', () => {
  const order = new WireOrder()
  order.follow({})
  expect([order.placeOf('x'), order.placeOf('y'), order.placeOf('x')]).toEqual([1, 2, 1])
})
