import { expect, test } from 'vitest'
import { AskChannel } from '../../src/cli/asker.js'
import { CUSTOMERS } from '../support/a-message.js'
import { png } from '../support/picture-bytes.js'

test('hands out what was sent since the last time, in order', async () => {
  const channel = new AskChannel()
  const picture = { kind: 'picture', path: '/img/a.png', bytes: png(), fileName: 'a.png' } as const
  await channel.send(CUSTOMERS, { kind: 'text', text: '一' })
  await channel.send(CUSTOMERS, picture)
  const taken = channel.take()
  expect(taken).toEqual([{ kind: 'text', text: '一' }, picture])
  expect(channel.take()).toEqual([])
  await channel.send(CUSTOMERS, { kind: 'text', text: '二' })
  expect(channel.take()).toEqual([{ kind: 'text', text: '二' }])
  expect(taken).toHaveLength(2)
})

test('has nobody on duty', async () => {
  expect(await new AskChannel().staffPlace()).toBeUndefined()
})
