import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ChannelError } from '../../src/errors.js'
import type { IncomingMessage, Place } from '../../src/model/chat.js'
import type { Channel, Outgoing } from '../../src/model/ports.js'
import { jpg, png } from './picture-bytes.js'

/** Who is there on every network: 王老板 and 小李 among customers, 陈工 in the staff group, 徐经理 named as an admin. */
export type Who = 'wang' | 'li' | 'chen' | 'xu'

interface Saying {
  /** `owner`: by hand, from the bot's own account. */
  readonly from: Who | 'owner'
  readonly in?: 'customers' | 'staff' | 'direct'
  readonly text?: string
  /** Before the words. */
  readonly mentions?: readonly ('bot' | Who)[]
  readonly picture?: Buffer
  /** What `say` gave for the quoted message; or the bot's last words there. */
  readonly quotes?: string | 'bot'
}

export interface Said {
  readonly in: 'customers' | 'staff' | 'direct'
  readonly text?: string
  readonly picture?: Buffer
}

/** A channel on a network of its own, with people who can be made to speak. */
export interface NetworkUnderContract {
  readonly channel: Pick<Channel, 'send' | 'staffPlace' | 'stopHearing' | 'stop'> &
    Required<Pick<Channel, 'findPlace' | 'rooms'>>
  readonly heard: readonly IncomingMessage[]
  /** @returns a handle for quotes and repeats */
  say(saying: Saying): string
  /** The same once more, as wires do; absent where the network never does. */
  repeat?: ((handle: string) => void) | undefined
  /** What the network has got from the bot, in order. */
  said(): readonly Said[]
  end(): Promise<void>
}

const text = (words: string): Outgoing => ({ kind: 'text', text: words })
const SOON = { timeout: 15_000, interval: 20 }
/** Longer than any channel holds messages back for their order. */
const QUIET_MS = 600

/** What every channel owes the bot, whatever the network. @param open the channel has been started, and is logged in */
export function describeChannel(name: string, open: () => Promise<NetworkUnderContract>): void {
  describe(`a channel on ${name}`, () => {
    let network: NetworkUnderContract
    beforeAll(async () => {
      network = await open()
    })
    afterAll(() => network?.end())

    /** The next messages that are heard, once somebody has spoken. */
    async function hears(say: () => void, count = 1): Promise<readonly IncomingMessage[]> {
      const before = network.heard.length
      say()
      await vi.waitFor(() => expect(network.heard.length).toBeGreaterThanOrEqual(before + count), SOON)
      return network.heard.slice(before)
    }
    const hearsOne = async (saying: Saying): Promise<IncomingMessage> => (await hears(() => network.say(saying)))[0]!

    async function saysTo(place: Place, ...bubbles: readonly Outgoing[]): Promise<readonly Said[]> {
      const before = network.said().length
      for (const bubble of bubbles) await network.channel.send(place, bubble)
      return network.said().slice(before)
    }

    test('hears who says what where', async () => {
      const message = await hearsOne({ from: 'wang', text: '中午吃什么' })
      expect(message).toMatchObject({
        ...{ kind: 'text', text: '中午吃什么', addressedToBot: false, mentionsOthers: false, fromSelf: false },
        place: { kind: 'room', topic: '想天售后服务群', purpose: 'customers' },
        sender: { name: '王老板', role: 'customer' },
      })
      expect(Math.abs(message.sentAtMs - Date.now())).toBeLessThan(30_000)
      const direct = await hearsOne({ from: 'li', in: 'direct', text: '你好' })
      expect(direct).toMatchObject({ place: { kind: 'direct' }, text: '你好', sender: { name: '小李' } })
      expect(await hearsOne({ from: 'li', text: '你好' })).toMatchObject({ sender: { key: direct.sender.key } })
    })

    test('tells mentions of the bot from those of others, and leaves the words', async () => {
      const of = (...mentions: readonly ('bot' | Who)[]) => hearsOne({ from: 'wang', mentions, text: '怎么提审' })
      expect(await of('bot')).toMatchObject({ text: '怎么提审', addressedToBot: true, mentionsOthers: false })
      expect(await of('li')).toMatchObject({ addressedToBot: false, mentionsOthers: true })
      expect(await of('bot', 'li')).toMatchObject({ addressedToBot: true, mentionsOthers: true })
      expect(await of('bot', 'bot')).toMatchObject({ text: '怎么提审', addressedToBot: true, mentionsOthers: false })
    })

    test('resolves quotes, of people and of the bot', async () => {
      let asked = ''
      const [first] = await hears(() => {
        asked = network.say({ from: 'li', text: '类目选哪个' })
      })
      expect(await hearsOne({ from: 'wang', text: '同问', quotes: asked })).toMatchObject({
        text: '同问',
        quote: { speaker: '小李', text: '类目选哪个', ofBot: false },
      })
      await saysTo(first!.place, text('先选社交类目'))
      expect(await hearsOne({ from: 'wang', text: '为什么', quotes: 'bot' })).toMatchObject({
        text: '为什么',
        quote: { text: '先选社交类目', ofBot: true },
      })
    })

    test('brings pictures with their bytes', async () => {
      const picture = jpg(`picture of ${name}`)
      const message = await hearsOne({ from: 'wang', picture })
      expect(message).toMatchObject({ kind: 'picture', text: '', picture: { mime: 'image/jpeg' } })
      expect(Buffer.from(message.picture!.bytes()!)).toEqual(picture)
    })

    test('keeps the order of a place, and hears nothing twice', async () => {
      const words = Array.from({ length: 8 }, (_, index) => `第 ${index + 1} 句`)
      const handles: string[] = []
      const heard = await hears(() => {
        for (const said of words) handles.push(network.say({ from: 'wang', text: said }))
      }, words.length)
      expect(heard.map((message) => message.text)).toEqual(words)
      expect(new Set(heard.map(({ id }) => id)).size).toBe(words.length)
      if (!network.repeat) return
      for (const handle of handles) network.repeat(handle)
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
      expect(network.heard.slice(-words.length)).toEqual(heard)
    })

    test('knows colleagues by their seat in the staff group, which it finds', async () => {
      expect(await hearsOne({ from: 'chen', in: 'staff', text: '工单' })).toMatchObject({
        place: { purpose: 'staff', topic: '过审值班群' },
        sender: { role: 'staff' },
      })
      expect(await hearsOne({ from: 'chen', text: '我来看看' })).toMatchObject({ sender: { role: 'staff' } })
      expect(await hearsOne({ from: 'li', text: '好的' })).toMatchObject({ sender: { role: 'customer' } })
      expect(await hearsOne({ from: 'xu', in: 'direct', text: '状态' })).toMatchObject({ sender: { role: 'admin' } })
      expect(await network.channel.staffPlace()).toMatchObject({ kind: 'room', purpose: 'staff' })
      const rooms = await network.channel.rooms()
      expect(rooms.map(({ topic, purpose }) => `${topic} ${purpose}`).sort()).toEqual([
        '想天售后服务群 customers',
        '过审值班群 staff',
      ])
    })

    test('marks what the owner of its account writes by hand', async () => {
      expect(await hearsOne({ from: 'owner', text: '我来回答' })).toMatchObject({ fromSelf: true, fromOwner: true })
    })

    test('says texts, mentions and pictures, in order and byte for byte, and nothing for no words', async () => {
      const { place, sender } = await hearsOne({ from: 'wang', text: '怎么提审' })
      const shown = png(`shown on ${name}`)
      const said = await saysTo(
        place,
        { kind: 'text', text: '第一句', mention: sender },
        { kind: 'picture', path: '/a.png', bytes: shown, fileName: 'a.png' },
        text(' \n'),
        text('最后一句'),
      )
      expect(said).toHaveLength(3)
      expect(said[0]).toMatchObject({ in: 'customers' })
      expect(said[0]!.text).toMatch(/^@王老板\s第一句$/)
      expect(said[1]!.picture).toEqual(shown)
      expect(said[2]).toEqual({ in: 'customers', text: '最后一句' })
      const direct = await hearsOne({ from: 'li', in: 'direct', text: '你好' })
      expect(await saysTo(direct.place, text('您好'))).toEqual([{ in: 'direct', text: '您好' }])
    })

    test('finds places by keys that outlive a login, and no others', async () => {
      const { place } = await hearsOne({ from: 'wang', text: '在' })
      expect(await network.channel.findPlace(place.key)).toMatchObject({ key: place.key, kind: 'room' })
      expect(await network.channel.findPlace('room:没有的群')).toBeUndefined()
    })

    test('says by its kind that something did not go out', async () => {
      const nowhere: Place = { kind: 'direct', id: 'nobody', key: 'direct:name:路人' }
      const error = await network.channel.send(nowhere, text('您好')).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(ChannelError)
      expect(error).toMatchObject({ code: 'channel-rejected', retryable: false })
    })

    test('can be made deaf first: hands on what it has heard, and still speaks', async () => {
      const { place } = await hearsOne({ from: 'wang', text: '还听得到' })
      await network.channel.stopHearing()
      const count = network.heard.length
      network.say({ from: 'wang', text: '没人听' })
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
      expect(network.heard).toHaveLength(count)
      expect(await saysTo(place, text('最后'))).toEqual([{ in: 'customers', text: '最后' }])
      await network.channel.stop()
      await network.channel.stop()
    })
  })
}
