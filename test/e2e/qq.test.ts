import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aQqWorld, BOT, CHEN, CUSTOMERS, DUTY, FORGER, LI, OTHERS, WANG, XU } from '../support/onebot/a-world.js'
import { QQ_TOKEN, QqBot } from '../support/onebot/qq-bot.js'
import { at, type Piece, reply, type SentMessage, text, type Words } from '../support/onebot/stand-in.js'
import { jpg } from '../support/picture-bytes.js'

const QUIET_MS = 1_000
/** As slow as can be told from at once, and no slower: a day is long. */
const SENDING = 'sending: { gapSeconds: 1, jitterSeconds: 0, perMinute: 60, perPlaceMinute: 60 }'
const HEARS_AGAIN_MS = 20_000
const STATEMENT = '提审的时候弹出UGC说明要怎么填'

/** One account goes through a day, in order: later steps build on earlier ones. */
describe('the bot on QQ', () => {
  let bot: QqBot
  let last = 0

  beforeAll(async () => {
    bot = await QqBot.start({
      world: aQqWorld(),
      config: [
        'rooms: { serve: ["*售后*"], staffRoom: 过审值班群 }',
        `staff: [qq:${LI + 90}]`,
        `admin: [qq:${XU}]`,
        SENDING,
      ],
      alerts: ['unreachableAfterMinutes: 0.1'],
    })
  })
  afterAll(() => bot?.end())

  const toBot = (words: string): Piece[] => [at(BOT), text(` ${words}`)]

  /** What the bot says from now on in a place, once it has been quiet for a while. */
  async function answers(place: { group: number } | { user: number }, min = 1): Promise<readonly SentMessage[]> {
    if (min === 0) await sleep(QUIET_MS * 2)
    const sent = await bot.qq.answers(place, {
      after: last,
      min,
      quietMs: QUIET_MS * 2,
      waitMs: min === 0 ? 100 : 20_000,
    })
    last = Math.max(last, ...sent.map(({ seq }) => seq))
    return sent
  }

  async function ask(from: number, words: Words, min = 1, group = CUSTOMERS): Promise<readonly SentMessage[]> {
    bot.qq.inGroup(group, from, words)
    return answers({ group }, min)
  }

  it('answers a mention with the section, the asker mentioned, and its picture', async () => {
    const [words, picture] = await ask(WANG, toBot(STATEMENT), 2)
    expect(words).toMatchObject({ mentions: [String(WANG)] })
    expect(words!.text).toContain('用户生成内容：选“包含”')
    expect(picture!.pictures[0]!.subarray(1, 4).toString()).toBe('PNG')
  })

  it('stays silent at chatter, in groups that it does not serve, and while others are talked to', async () => {
    expect(await ask(LI, '中午吃什么，楼下那家面馆还开着吗', 0)).toEqual([])
    expect(await ask(LI, toBot('类目选哪个'), 0, OTHERS)).toEqual([])
    expect(await ask(WANG, [at(CHEN), text(' 类目选哪个')], 0)).toEqual([])
    bot.qq.emit({
      post_type: 'notice',
      notice_type: 'notify',
      sub_type: 'poke',
      group_id: CUSTOMERS,
      user_id: WANG,
      target_id: BOT,
    })
    expect(await answers({ group: CUSTOMERS }, 0)).toEqual([])
  })

  it('answers who at-s somebody else beside it', async () => {
    const [both] = await ask(LI, [at(BOT), at(CHEN), text(' 版本描述那一栏要写什么')])
    expect(both!.text).toContain('新版本提交')
  })

  it('answers a question that somebody else has put, when it is quoted', async () => {
    const asked = bot.qq.inGroup(CUSTOMERS, LI, [at(CHEN), text(` ${STATEMENT}`)])
    expect(await answers({ group: CUSTOMERS }, 0)).toEqual([])
    const [words] = await ask(FORGER, [reply(asked), at(BOT), text(' 这个怎么弄')])
    expect(words).toMatchObject({ mentions: [String(FORGER)] })
    expect(words!.text).toContain('用户生成内容：选“包含”')
  })

  it('does not answer what is taken back before its answer is out', async () => {
    // The answers of both wait for their turn.
    bot.qq.inGroup(CUSTOMERS, LI, toBot('隐私协议的录音那条填什么'))
    bot.qq.recall(bot.qq.inGroup(CUSTOMERS, FORGER, toBot('首次审核一共要多久')))
    const said = await answers({ group: CUSTOMERS })
    expect(said.some(({ mentions }) => mentions.includes(String(LI)))).toBe(true)
    expect(said.filter(({ mentions }) => mentions.includes(String(FORGER)))).toEqual([])
    await bot.process.waitOutput(/"reason":"recalled","msg":"reply dropped"/)
  })

  it('answers in private without a mention, friends and strangers', async () => {
    bot.qq.inPrivate(LI, '首次审核一共要多久')
    expect((await answers({ user: LI }))[0]!.text).toMatch(/7 天/)
    bot.qq.inPrivate(WANG, '类目要选哪个', { by: CUSTOMERS })
    const [stranger] = await answers({ user: WANG })
    expect(stranger!.to).toEqual({ user: WANG, group: CUSTOMERS })
  })

  it('hands over with a number, and the staff group gets the question, its picture fetched once', async () => {
    const notice = jpg('notice')
    bot.qq.inGroup(CUSTOMERS, WANG, [qqPicture(notice)])
    await sleep(500)
    const before = bot.qq.last
    const [handedOver] = await ask(WANG, toBot('转人工'))
    expect(handedOver!.text).toMatch(/工单 1/)
    // Bubbles are seconds apart.
    const [told, shown] = await bot.qq.answers({ group: DUTY }, { after: before, min: 2 })
    last = bot.qq.last
    expect(told!.text).toMatch(/想天售后服务群[\s\S]*王老板/)
    expect(shown!.pictures).toEqual([notice])
    expect(bot.qq.fetched).toHaveLength(1)
  })

  const qqPicture = (bytes: Buffer): Piece => bot.qq.picture(bytes, 'notice.jpg')

  it('keeps quiet while a colleague has the ticket, and takes no orders from a mere name', async () => {
    expect((await ask(CHEN, '工单', 1, DUTY))[0]!.text).toMatch(/王老板/)
    bot.qq.inGroup(DUTY, CHEN, '接单 1')
    await bot.qq.until(() => bot.qq.sent.some(({ text: said }) => said.includes('陈工 已接手')), 20_000)
    await answers({ group: DUTY })
    const [held] = await ask(WANG, toBot('隐私协议的录音那条填什么'))
    expect(held!.text).toMatch(/由 陈工 在处理，我先不插话/)
    bot.qq.inPrivate(FORGER, '重载', { by: CUSTOMERS })
    expect((await answers({ user: FORGER }))[0]!.text).not.toMatch(/已采用/)
    bot.qq.inPrivate(XU, '状态')
    expect((await answers({ user: XU }))[0]!.text).toContain('QQ：已登录')
    bot.qq.inGroup(DUTY, CHEN, '结单 1 已处理')
    await bot.qq.until(() => bot.qq.sent.some(({ text: said }) => said.includes('工单 1 已处理')), 20_000)
    last = bot.qq.last
  })

  it('makes an admin by a code, known by number from then on', async () => {
    bot.qq.inPrivate(LI, '认领')
    await answers({ user: LI })
    const [, code] = await bot.process.waitOutput(/小李 要认领身份[^\n]*管理员 (\d{4} \d{4})/)
    bot.qq.inPrivate(LI, code!.replace(' ', ''))
    expect((await answers({ user: LI }))[0]!.text).toContain('您现在是管理员')
    bot.qq.inPrivate(LI, '群')
    expect((await answers({ user: LI }))[0]!.text).toMatch(/想天售后服务群[\s\S]*过审值班群：值班群/)
  })

  it('takes a recalled question for none, and a refusal of QQ for no end', async () => {
    bot.qq.fault({ action: 'send_group_msg', does: 'refuse', retcode: 1200, wording: '{"result": 120}' })
    const [again] = await ask(LI, toBot('版本描述那一栏要写什么'))
    expect(again!.text).toContain('新版本提交')
    expect(bot.output).toMatch(/"error":"retcode 1200, result 120","retryMs":\d+,"msg":"not out yet, trying again"/)
  })

  it('hears again after the implementation was restarted with ids that count anew, and repeats nothing', async () => {
    const repeated = bot.qq.inGroup(CUSTOMERS, LI, toBot('首次审核一共要多久'))
    await answers({ group: CUSTOMERS })
    bot.qq.repeat(repeated)
    expect(await answers({ group: CUSTOMERS }, 0)).toEqual([])
    await bot.qq.stop()
    await sleep(2_000)
    const backMs = performance.now()
    await bot.qq.restart()
    await bot.qq.until(() => bot.qq.isConnected, HEARS_AGAIN_MS)
    const [words] = await ask(LI, toBot(STATEMENT))
    expect(words!.text).toContain('用户生成内容')
    expect(performance.now() - backMs).toBeLessThan(HEARS_AGAIN_MS)
  })

  it('remembers its tickets after a kill', async () => {
    await ask(FORGER, toBot('转人工'))
    await bot.process.stop({ signal: 'SIGKILL' })
    bot.launch()
    await bot.online()
    last = bot.qq.last
    const [list] = await ask(CHEN, '工单', 1, DUTY)
    expect(list!.text).toMatch(/管理员/) // the name of who asked
    expect(list!.text).toContain('2')
  })

  it('says on the page and by webhook that the account is off, and when it is back', async () => {
    bot.qq.setOnline(false)
    await bot.qq.until(() => bot.inbox.summary.includes('alert kicked'), 15_000)
    expect(bot.inbox.received.find(({ about }) => about === 'kicked')!.text).toMatch(/QQ 账号掉线了/)
    expect(await bot.status()).toMatchObject({ login: 'kicked', network: 'QQ', puppet: 'onebot' })
    bot.qq.setOnline(true)
    await bot.qq.until(() => bot.inbox.summary.includes('all-clear kicked'), 15_000)
    expect(await bot.status()).toMatchObject({ login: 'logged-in' })
  })

  it('tells of a silent drop, where the connection stays and nothing comes, and hears again afterwards', async () => {
    bot.qq.freeze()
    await bot.qq.until(() => bot.inbox.summary.includes('alert unreachable'), 60_000)
    expect(bot.inbox.received.find(({ about }) => about === 'unreachable')!.text).toMatch(/连不上 QQ 端/)
    expect(await bot.status()).toMatchObject({ login: 'reconnecting', network: 'QQ' })
    bot.qq.thaw()
    await bot.qq.until(() => bot.inbox.summary.includes('all-clear unreachable'), HEARS_AGAIN_MS)
    expect((await ask(LI, toBot('版本描述那一栏要写什么')))[0]!.text).toContain('新版本提交')
  })

  it('says at once that its token is taken no more, knocks twice a minute, and comes back by itself', async () => {
    const before = bot.inbox.received.length
    const { tries } = bot.qq
    await bot.qq.askForToken('changed-on-the-other-side')
    await bot.qq.until(() => bot.inbox.received.length > before, 20_000)
    expect(bot.inbox.received[before]).toMatchObject({ about: 'unreachable', status: 'alert' })
    expect(bot.inbox.received[before]!.text).toMatch(/QQ 端不认机器人的口令了[\s\S]*GUOSHEN_ONEBOT_TOKEN/)
    expect(await bot.status()).toMatchObject({ login: 'reconnecting', trouble: 'token' })
    expect(bot.process.output).toContain('onebot.token: QQ 端不认这个口令')
    await sleep(10_000)
    expect(bot.qq.tries - tries).toBeLessThanOrEqual(2)
    await bot.qq.askForToken(QQ_TOKEN)
    await bot.qq.until(() => bot.inbox.summary.filter((told) => told === 'all-clear unreachable').length > 1, 40_000)
    expect(await bot.status()).toMatchObject({ login: 'logged-in' })
    expect(await bot.status()).not.toHaveProperty('trouble')
  })

  it('ends at once and for good where the token is wrong', async () => {
    await bot.process.stop()
    const run = bot.launch({ GUOSHEN_ONEBOT_TOKEN: 'quite-wrong' })
    expect(await run.waitExit(60_000)).toEqual({ code: 1, signal: null })
    expect(run.output).toContain('onebot.token: QQ 端不认这个口令')
    expect(run.output.match(/login state|starting it again/g) ?? []).toEqual([])
    expect(bot.inbox.summary).toContain('alert given-up')
    expect(run.output).not.toContain('quite-wrong')
  })

  it('has printed neither token nor QQ numbers, and has sent the token as a header alone', () => {
    expect(bot.output).not.toContain(QQ_TOKEN)
    const log = bot.output.split('\n').filter((line) => line.startsWith('{"level"'))
    expect(
      log.filter((line) => [WANG, LI, CHEN, CUSTOMERS, DUTY].some((number) => line.includes(String(number)))),
    ).toEqual([])
    expect(bot.qq.connections.every(({ path }) => path === '/')).toBe(true)
  })
})
