import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.js'
import type { BotProcess } from '../support/fake-weixin/bot-process.js'
import type { MessageSpec } from '../support/fake-weixin/message-spec.js'
import { choosing, ModelEndpoint } from '../support/model-endpoint.js'
import { canReadPictures, NOTICE_LINES, NOTICE_TEXT, pictureOf } from '../support/notice-picture.js'
import { botSays, openWindow, say, startOnPage } from '../support/on-the-page.js'
import { WechatBot } from '../support/wechat-bot.js'

const QUIET_MS = 2_500
/** A first picture waits for a process to start, on a machine that does much else. */
const READ_MS = 30_000
const UNCLEAR = '那个玩意儿到底得咋整它才肯认呢'

const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024

describe.skipIf(!canReadPictures())('over the wire', () => {
  const bot = new WechatBot()
  const { wx } = bot
  const model = new ModelEndpoint()
  let notice: Buffer
  let last = 0

  beforeAll(async () => {
    notice = await pictureOf(NOTICE_LINES, { turned: 2 })
    const url = await model.start()
    await bot.start({
      config: [
        'sending: { pacing: off }',
        'rooms: { staffRoom: 过审值班群 }',
        `secondOpinion: { url: "${url}", model: stand-in }`,
      ],
      contacts: [
        { key: 'wang', nick: '王老板' },
        { key: 'li', nick: '小李' },
        { key: 'zhao', nick: '老赵' },
        { key: 'chen', nick: '陈工', remark: '管理员' },
      ],
      rooms: [
        { key: 'g1', topic: '想天售后服务群', members: ['wang', 'li', 'zhao', 'chen'] },
        { key: 'duty', topic: '过审值班群', members: ['chen'] },
      ],
    })
  })

  afterAll(async () => {
    await bot.end()
    await model.stop()
  })

  /** What is sent there from now on, as one text. */
  async function answerTo(spec: MessageSpec, to: string, min = 1): Promise<string> {
    wx.inject(spec)
    const wait = min === 0 ? { waitMs: QUIET_MS } : { min, waitMs: READ_MS, quietMs: QUIET_MS }
    const sent = await wx.waitSent({ after: last, to, ...wait })
    last = Math.max(last, ...sent.map(({ seq }) => seq))
    return sent.flatMap(({ text }) => text ?? []).join('\n')
  }

  const withoutSummary = (text: string): string => text.replace(/图里写的是：.*\n/, '')

  it('answers a notice in a picture like its words, and reads nothing that nobody asks about', async () => {
    const asText = await answerTo({ from: 'li', text: NOTICE_TEXT }, 'li')
    expect(asText).toContain('2 条原因')
    const direct = await answerTo({ kind: 'image', from: 'wang', bytes: notice }, 'wang')
    expect(direct).toMatch(/^图里写的是：“/)
    expect(withoutSummary(direct)).toBe(asText)
    const silent: MessageSpec = { kind: 'image', from: 'wang', room: 'g1', bytes: notice }
    expect(await answerTo(silent, 'g1', 0)).toBe('')
    const asked = await answerTo({ from: 'wang', room: 'g1', text: '{@bot}这个怎么改' }, 'g1')
    expect(withoutSummary(asked.replace(/^@王老板\s/, ''))).toBe(asText)
  })

  it('puts the words of a picture into the ticket that staff get', async () => {
    wx.inject({ kind: 'image', from: 'li', room: 'g1', bytes: notice })
    await answerTo({ from: 'li', room: 'g1', text: '{@bot}转人工' }, 'g1')
    const [told] = await wx.waitSent({ to: 'duty', contains: '图里的字（把握', waitMs: READ_MS })
    expect(told!.text).toContain('代码审核未通过')
  })

  it('asks the model about what is unclear, and says what it chose in words of ours', async () => {
    model.answer = choosing('answer', '4.1')
    // Of one with whom there was no talk yet that the words could go on from.
    expect(await answerTo({ from: 'zhao', room: 'g1', text: `{@bot}${UNCLEAR}` }, 'g1')).toContain('UGC')
    expect(model.requests.at(-1)!.body.messages.at(-1)!.content).toBe(UNCLEAR)
    model.answer = () => undefined
    expect(await answerTo({ from: 'zhao', room: 'g1', text: `{@bot}${UNCLEAR}？` }, 'g1')).not.toBe('')
  })

  it('leaves the memory of pictures to another process', async () => {
    const { pid } = await bot.running()
    const before = residentMb(pid)
    for (let count = 0; count < 3; count++) {
      await answerTo({ kind: 'image', from: 'wang', bytes: notice }, 'wang')
    }
    expect(residentMb(pid) - before).toBeLessThan(60)
    expect(bot.output).not.toContain('测试标题')
  })
})

describe.skipIf(!canReadPictures())('on the page', () => {
  const model = new ModelEndpoint()
  let folder: string
  let bot: BotProcess
  let browser: Browser
  let url: string

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guoshen-senses-page-'))
    const env = { GUOSHEN_MODEL_URL: await model.start(), GUOSHEN_MODEL_NAME: 'stand-in' }
    ;({ bot, url } = await startOnPage(folder, env))
    browser = await openBrowser()
  })

  afterAll(async () => {
    await browser?.close()
    await bot?.stop()
    await model.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('reads a picture of the direct chat, and tells in the why-panel how surely', async () => {
    const wang = await openWindow(browser, url, { person: 'wang', conversation: 'direct:wang' })
    const picture = { name: 'notice.png', mimeType: 'image/png', buffer: await pictureOf(NOTICE_LINES) }
    await wang.locator('input[type=file]').setInputFiles(picture)
    if (await wang.locator('#send').isVisible())
      await wang
        .locator('#send')
        .click({ timeout: 2_000 })
        .catch(() => {})
    await botSays(wang, /图里写的是[\s\S]*2 条原因/).waitFor({ timeout: READ_MS })
    await wang.locator('li.row.mine').last().locator('[data-action=why]').first().click()
    expect(await wang.locator('#why [data-fact=seen]').innerText()).toMatch(/9\d%|100%/)
    await wang.close()
  })

  it('shows that the model was asked, what it chose and how long it took', async () => {
    model.answer = choosing('answer', '4.1')
    const li = await openWindow(browser, url, { person: 'li', conversation: 'room-xiangtian' })
    await say(li, `@过审小助手 ${UNCLEAR}`)
    await botSays(li, 'UGC').first().waitFor()
    await li.locator('li.row.mine').last().locator('[data-action=why]').first().click()
    expect(await li.locator('#why [data-fact=opinion]').innerText()).toMatch(/^要的就是 4\.1 .*毫秒/)
    await li.close()
  })
})
