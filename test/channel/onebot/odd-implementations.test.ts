import { describe, expect, test } from 'vitest'
import { apiAnswer, readEvent } from '../../../src/channel/onebot/connection.js'
import type { Place } from '../../../src/model/chat.js'
import type { Outgoing } from '../../../src/model/ports.js'
import { BOT, CHEN, CUSTOMERS, LI, WANG } from '../../support/onebot/a-world.js'
import { openQq } from '../../support/onebot/open-qq.js'
import { at, type Fault, type Piece, reply, text } from '../../support/onebot/stand-in.js'
import { jpg, png } from '../../support/picture-bytes.js'

/** What implementations in the field do differently, all of it within what people call OneBot v11. */

const XIANGTIAN: Place = {
  ...{
    kind: 'room',
    id: String(CUSTOMERS),
    key: `qq-group:${CUSTOMERS}`,
    topic: '想天售后服务群',
    purpose: 'customers',
  },
}
const words = (said: string): Outgoing => ({ kind: 'text', text: said })

/** A group message as a frame, with what is odd about it. */
const said = (odd: Record<string, unknown> = {}) => ({
  ...{ post_type: 'message', message_type: 'group', sub_type: 'normal', self_id: BOT, user_id: WANG },
  ...{ group_id: CUSTOMERS, message_id: 7, time: 1_790_000_000, message: [text('怎么提审')] },
  ...{ sender: { user_id: WANG, nickname: '老王', card: '' } },
  ...odd,
})

describe('an event', () => {
  test.each<[string, Record<string, unknown>]>([
    [
      'numbers as text',
      { self_id: '10001', user_id: '30001', group_id: '700001', message_id: '7', time: '1790000000' },
    ],
    ['milliseconds', { time: 1_790_000_000_123 }],
    ['the words as codes in one string', { message: '怎么提审' }],
    ['no sender', { sender: null }],
    ['no sub_type, and fields that nobody knows', { sub_type: undefined, real_seq: '1', font: null }],
  ])('is understood with %s', (_what, odd) => {
    expect(readEvent(said(odd))).toMatchObject({
      ...{ self_id: '10001', user_id: '30001', group_id: '700001', message_id: '7', time: 1_790_000_000 },
      message: [{ type: 'text', data: { text: '怎么提审' } }],
    })
  })

  test.each([null, 0, '', undefined])('of a private chat may name %j as its group', (group_id) => {
    expect(readEvent(said({ message_type: 'private', group_id }))).toMatchObject({ group_id: undefined })
  })

  test.each([
    ['a group message without its group', said({ group_id: null })],
    ['a channel of another kind', said({ message_type: 'guild' })],
    ['no words', said({ message: undefined })],
    ['no time', said({ time: 0 })],
    ['a request', { post_type: 'request', request_type: 'group', group_id: CUSTOMERS, user_id: WANG, time: 1 }],
  ])('is left alone: %s', (_what, frame) => {
    expect(readEvent(frame)).toBeUndefined()
  })

  test('and an answer may hold its code as text', () => {
    expect(apiAnswer.parse({ status: 'failed', retcode: '1200', echo: 4 })).toMatchObject({ retcode: 1200, echo: 4 })
  })
})

describe('ids of messages', () => {
  test.each([-2_147_483_648, '-12', 'AAHgBwAAJxE=|7'])('may be %j', async (message_id) => {
    const { qq, hears } = await openQq()
    const [message] = await hears(() => qq.emit(said({ message_id, time: Math.floor(Date.now() / 1000) })))
    expect(message).toMatchObject({ text: '怎么提审' })
    // In logs, where nothing stands that tells of people.
    expect(message!.id).toMatch(/^\d{10}-(?:-?\d+|x)-[0-9a-f]{8}$/)
  })

  test('may be one and the same for what two people say in one second', async () => {
    const { qq, hears, heard } = await openQq()
    const time = Math.floor(Date.now() / 1000)
    const both = await hears(() => {
      qq.emit(said({ message_id: 0, time }))
      qq.emit(said({ message_id: 0, time, user_id: LI, message: [text('类目选哪个')] }))
      qq.emit(said({ message_id: 0, time }))
    }, 2)
    expect(both.map(({ text }) => text)).toEqual(['怎么提审', '类目选哪个'])
    expect(heard).toHaveLength(2)
  })
})

describe('mentions', () => {
  test.each<[string, readonly Piece[], object]>([
    ['the bot twice', [at(BOT), text(' '), at(BOT), text(' 怎么提审')], { text: '怎么提审', addressedToBot: true }],
    ['nothing but the bot', [at(BOT)], { kind: 'text', text: '', addressedToBot: true }],
    [
      'the bot and all',
      [at('all'), at(BOT), text(' 怎么提审')],
      { text: '@所有人 怎么提审', addressedToBot: true, mentionsOthers: false },
    ],
    [
      'somebody who has left the group',
      [at(99), text(' 在吗')],
      { text: '@99 在吗', addressedToBot: false, mentionsOthers: true },
    ],
  ])('of %s', async (_what, pieces, expected) => {
    const { qq, hears } = await openQq()
    expect((await hears(() => qq.inGroup(CUSTOMERS, WANG, pieces)))[0]).toMatchObject(expected)
  })

  test('are none where nobody can be seen', async () => {
    const { qq, hears } = await openQq()
    const [message] = await hears(() => qq.emit(said({ sub_type: 'anonymous', message: [at(BOT), text('怎么提审')] })))
    expect(message).toMatchObject({ kind: 'notice', text: '' })
  })
})

describe('what is asked for', () => {
  test('a quote that the implementation can not find leaves the words as they are', async () => {
    const { qq, hears } = await openQq()
    const asked = qq.inGroup(CUSTOMERS, LI, '类目选哪个')
    qq.fault({ action: 'get_msg', does: 'refuse', retcode: 1200, wording: '消息不存在' })
    const [, message] = await hears(() => qq.inGroup(CUSTOMERS, WANG, [reply(asked), at(BOT), text(' 这个呢')]), 2)
    expect(message).toMatchObject({ text: '这个呢', addressedToBot: true })
    expect(message!.quote).toBeUndefined()
  })

  test('the name of a group, until it is told', async () => {
    const standIn = { lacks: ['get_group_list'] }
    const { qq, hears } = await openQq({ standIn })
    const topicOf = async (event: () => unknown) => {
      const place = (await hears(event))[0]!.place
      return place.kind === 'room' && [place.topic, place.purpose]
    }
    qq.fault({ action: 'get_group_info', does: 'refuse', retcode: 1200 })
    expect(await topicOf(() => qq.inGroup(CUSTOMERS, WANG, '一'))).toEqual([`qq-group:${CUSTOMERS}`, 'ignored'])
    // Some tell it with each message.
    const time = Math.floor(Date.now() / 1000)
    const named = said({ group_name: '想天售后服务群', time })
    expect(await topicOf(() => qq.emit(named))).toEqual(['想天售后服务群', 'customers'])
    expect(await topicOf(() => qq.inGroup(CUSTOMERS, WANG, '二'))).toEqual(['想天售后服务群', 'customers'])
    expect(qq.asked.filter((action) => action === 'get_group_info')).toHaveLength(1)
  })

  test('an answer that nothing tells the question of, is waited for in vain, and the next one is heard', async () => {
    const { qq, session } = await openQq()
    const ask = () => session.call('get_status', {}, { answer: apiAnswer.pick({}).loose(), timeoutMs: 300 })
    qq.fault({ action: 'get_status', does: 'no-echo' })
    await expect(ask()).rejects.toMatchObject({ kind: 'no-answer' })
    expect(await ask()).toMatchObject({ online: true })
  })

  test('what comes before it is known whose account it is, is heard by who people are', async () => {
    const { qq, heard, start, until } = await openQq({ isDown: true })
    await qq.start()
    qq.fault({ action: 'get_login_info', does: 'ignore', times: 100 })
    void start()
    await until(() => qq.isConnected)
    for (let count = 1; count <= 20; count++) qq.inGroup(CUSTOMERS, CHEN, `第 ${count} 句`)
    await until(() => heard.length === 20)
    expect(heard.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, index) => `第 ${index + 1} 句`))
    // A seat in the staff group is known before the first of them is read.
    expect(new Set(heard.map(({ sender }) => sender.role))).toEqual(new Set(['staff']))
  })
})

describe('pictures', () => {
  test('whose address has expired are asked for once more', async () => {
    const { qq, hears } = await openQq()
    const fresh = qq.picture(png('fresh'), 'fresh.png')
    const expired = { ...fresh, data: { ...fresh.data, url: `${String(fresh.data.url)}?rkey=old-gone` } }
    const [message] = await hears(() => qq.inGroup(CUSTOMERS, WANG, [expired]))
    expect(message).toMatchObject({ kind: 'picture', picture: { mime: 'image/png' } })
    expect(qq.fetched).toEqual(['fresh.png?rkey=old-gone', 'fresh.png'])
  })

  test.each<[string, Buffer | undefined, RegExp]>([
    ['is gone for good', undefined, /picture not fetched/],
    ['is a page', Buffer.from('<html>登录</html>'), /not a picture, or too large/],
    ['is empty', Buffer.alloc(0), /not a picture, or too large/],
    ['is huge', Buffer.concat([jpg(), Buffer.alloc(11 * 1024 * 1024)]), /picture not fetched/],
  ])('of which one %s are heard without bytes', async (_what, bytes, logged) => {
    const { qq, hears, lines } = await openQq()
    const given = bytes ? qq.picture(bytes, 'a.png') : qq.picture(png(), 'a.png')
    const piece = bytes ? given : { ...given, data: { ...given.data, file: '', url: `${qq.pictureUrl}gone.png` } }
    const [message] = await hears(() => qq.inGroup(CUSTOMERS, WANG, [at(BOT), text(' 看看'), piece]))
    expect(message).toMatchObject({ kind: 'text', text: '看看' })
    expect(message!.picture).toBeUndefined()
    expect(lines.some(({ msg }) => logged.test(msg))).toBe(true)
  })
})

describe('a send', () => {
  const failure = (sending: Promise<void>) =>
    sending.then(
      () => undefined,
      (error: unknown) => error,
    )

  test.each<[string, Omit<Fault, 'action'>, object | undefined]>([
    ['was promised', { does: 'promise' }, undefined],
    ['is refused by 1200 alone', { does: 'refuse', retcode: 1200 }, { retryable: true, tooMany: false, number: 1200 }],
    ['is refused by 34', { does: 'refuse', retcode: 34, wording: '消息过长' }, { retryable: true, number: 34 }],
    ['has failed with 0', { does: 'refuse', retcode: 0, wording: '发送失败' }, { retryable: true }],
    [
      'is too much for QQ',
      { does: 'refuse', retcode: 100, wording: '可能被风控' },
      { retryable: false, tooMany: true },
    ],
  ])('that %s', async (_what, fault, expected) => {
    const { qq, channel } = await openQq()
    qq.fault({ action: 'send_group_msg', ...fault })
    const error = await failure(channel.send(XIANGTIAN, words('好')))
    if (expected === undefined) expect(error).toBeUndefined()
    else expect(error).toMatchObject({ code: 'channel-rejected', ...expected })
  })
})
