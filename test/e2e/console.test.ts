import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.js'
import type { BotProcess } from '../support/fake-weixin/bot-process.js'
import { botSays, openConsole, openWindow, say, startOnPage } from '../support/on-the-page.js'

const ROOT = path.join(import.meta.dirname, '../..')
const GROUP = 'room-xiangtian'
const VIEWS = [
  '/today',
  '/talks',
  '/tickets',
  '/tickets/1',
  '/learn',
  '/knowledge',
  '/knowledge/4.2',
  `/knowledge/${encodeURIComponent('row:rejections:常见拒绝情形 2.1')}`,
  '/figures',
  '/machine',
  '/people',
]
const WIDTHS = [1280, 900, 390]
const QUESTION = '提审的时候弹出UGC说明要怎么填'

/** A wire to a port of this machine that can be cut: nobody gets through until it is mended. */
async function cuttable(port: number) {
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    if (isCut) return void near.destroy()
    const far = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => sockets.delete(one))
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend: () => {
      isCut = false
    },
    end: () => {
      cut()
      server.close()
    },
  }
}

/** Colleagues and the operator in the console, beside people who talk; later steps build on earlier ones. */
describe('the console', () => {
  let folder: string
  let bot: BotProcess
  let browser: Browser
  let url: string
  let wang: Page
  const complaints: string[] = []

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guoshen-console-'))
    await cp(path.join(ROOT, 'knowledge'), path.join(folder, 'knowledge'), { recursive: true })
    ;({ bot, url } = await startOnPage(folder, {
      GUOSHEN_WEB_PUBLIC_URL: 'https://bot.example.com',
      GUOSHEN_KNOWLEDGE_DIR: path.join(folder, 'knowledge'),
    }))
    browser = await openBrowser()
    wang = await openWindow(browser, url, { person: 'wang', conversation: GROUP })
  })

  afterAll(async () => {
    await browser?.close()
    await bot?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** A window whose mishaps are counted against the console. */
  async function watched(options: Parameters<typeof openConsole>[2]): Promise<Page> {
    const page = await openConsole(browser, url, options)
    page.on('pageerror', (error) => complaints.push(`${options.view}: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        complaints.push(`${options.view}: ${message.text()}`)
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('blob:'))
        complaints.push(`elsewhere: ${request.url()}`)
    })
    return page
  }

  it('shows a question within a second, with its words, group and reason, and asks for no status', async () => {
    const talks = await watched({ view: '/talks' })
    const polled: string[] = []
    talks.on('request', (request) => polled.push(new URL(request.url()).pathname))
    await say(wang, `@过审小助手 ${QUESTION}`)
    const row = talks.locator('.talk-row', { hasText: QUESTION })
    await row.waitFor({ timeout: 3_000 })
    await botSays(wang, '用户生成内容').first().waitFor()
    await row.click()
    await talks.locator('#why .verdict[data-decision=answer]').waitFor()
    await talks.locator('#why [data-fact=sections]', { hasText: '4.1' }).waitFor()
    await talks.locator('#why [data-fact=because]', { hasText: '像它，因为“ugc”“说明”' }).waitFor()
    await talks.locator('#why .why-said', { hasText: '用户生成内容' }).waitFor()
    await talks.waitForTimeout(3_000)
    expect(polled.filter((one) => one === '/api/status')).toEqual([])
    await talks.close()
  })

  it('keeps a filter over a reload, and holds live rows to it', async () => {
    const talks = await watched({ view: '/talks?flag=silent' })
    const li = await openWindow(browser, url, { person: 'li', conversation: GROUP })
    await say(li, '@过审小助手 类目要选哪个')
    await say(li, '中午吃什么，楼下那家面馆还开着吗')
    await talks.locator('.talk-row[data-kind=silent]', { hasText: '面馆' }).waitFor()
    expect(await talks.locator('.talk-row[data-kind=answer]').count()).toBe(0)
    await talks.reload()
    await talks.locator('.filter[data-flag=silent][aria-pressed=true]').waitFor()
    await talks.locator('.talk-row[data-kind=silent]', { hasText: '面馆' }).waitFor()
    await Promise.all([talks.close(), li.close()])
  })

  it('keeps questions on disk, idle talk not', async () => {
    const kept = async (): Promise<string> => {
      const dir = path.join(folder, 'data/talks')
      const names = await readdir(dir).catch(() => [])
      return (await Promise.all(names.map((name) => readFile(path.join(dir, name), 'utf8')))).join('')
    }
    await expect.poll(kept).toContain('UGC说明要怎么填')
    expect(await kept()).not.toMatch(/面馆|"name":"王老板"/)
  })

  it('brings a handed over question to 今天 and to the list, with the promise beside it', async () => {
    const today = await watched({ view: '/today' })
    await say(wang, '@过审小助手 转人工，包的页面打不开')
    await botSays(wang, /工单 1/)
      .first()
      .waitFor()
    await today.locator('#todo [data-todo=open], #todo [data-todo=late]').waitFor()
    await today.locator('.rail-item[data-view=tickets] .rail-count[data-level=must]', { hasText: '1' }).waitFor()
    await today.locator('#todo a').first().click()
    await today.locator('[data-ticket="1"] .meter').waitFor()
    await today.close()
  })

  it('answers with what the knowledge says, takes it back in time, and sends it then', async () => {
    const desk = await watched({ view: '/tickets/1', as: '陈工' })
    const before = await wang.locator('li.row[data-from=bot]').count()
    await desk.locator('#ticket-text').fill('您好 ')
    await desk.locator('#ticket-text').press('End')
    await desk.locator('#ticket-text').pressSequentially('/UGC')
    await desk.locator('#snippets [role=option]').first().waitFor()
    await desk.locator('#ticket-text').press('Enter')
    const text = await desk.locator('#ticket-text').inputValue()
    expect(text).toMatch(/^您好 .{5,}/)
    expect(text).not.toContain('/UGC')
    await desk.locator('#ticket-send').click()
    await desk.locator('.toast-undo').click()
    await expect.poll(() => desk.locator('#ticket-text').inputValue()).toBe(text)
    await desk.waitForTimeout(6_000)
    expect(await wang.locator('li.row[data-from=bot]').count()).toBe(before)
    await desk.locator('#ticket-send').click()
    await botSays(wang, /—— 陈工（工单 1）/).waitFor({ timeout: 12_000 })
    await desk.locator('[data-ticket="1"][data-status=claimed]', { hasText: '陈工 · 我' }).waitFor()
    await desk.close()
  })

  it('sends a picture of the guide behind the words', async () => {
    const desk = await watched({ view: '/tickets/1', as: '陈工' })
    const before = await wang.locator('li.row[data-from=bot][data-kind=picture]').count()
    await desk.locator('#ticket-text').pressSequentially('/4.1')
    const withPicture = desk.locator('#snippets [role=option]:has(em)').first()
    await withPicture.waitFor()
    await withPicture.dispatchEvent('pointerdown')
    await desk.locator('.attached img').first().waitFor()
    await desk.locator('#ticket-send').click()
    await expect
      .poll(() => wang.locator('li.row[data-from=bot][data-kind=picture]').count(), { timeout: 15_000 })
      .toBeGreaterThan(before)
    await desk.close()
  })

  it('tells the slower of two that somebody was faster, and loses none of their words', async () => {
    await say(wang, '@过审小助手 不用了')
    const li = await openWindow(browser, url, { person: 'li', conversation: GROUP })
    await say(li, '@过审小助手 转人工，我的域名备案过不了')
    await botSays(li, /工单 2/)
      .first()
      .waitFor()
    const chen = await watched({ view: '/tickets/2', as: '陈工' })
    const xu = await watched({ view: '/tickets/2', as: '徐经理' })
    await chen.locator('#ticket-text').fill('我来看看')
    // What 陈工 sees is held back, as by a slow network.
    await chen.route('**/api/tickets/2', (route) => route.abort())
    await chen.route('**/api/tickets', (route) => route.abort())
    await xu.locator('[data-verb=claim]').click()
    await xu.locator('[data-ticket="2"][data-status=claimed]').waitFor()
    await chen.locator('#ticket-send').click()
    await chen.locator('#toast[data-ok=false]', { hasText: /徐经理 .*前接了这张单/ }).waitFor()
    expect(await chen.locator('#ticket-text').inputValue()).toBe('我来看看')
    await Promise.all([li.close(), chen.close(), xu.close()])
  })

  it('shows what the customer will read before it closes', async () => {
    const desk = await watched({ view: '/tickets/2', as: '徐经理' })
    await desk.locator('[data-verb=resolve]').click()
    await desk.locator('#resolve-go').click()
    await desk.locator('dialog [role=alert]', { hasText: '没有说明，直接结？' }).waitFor()
    await desk.locator('#resolve-text').fill('域名已换成公司备案')
    await desk.locator('#resolve-preview', { hasText: '工单 2 已处理：域名已换成公司备案' }).waitFor()
    await desk.locator('#resolve-go').click()
    await desk.locator('.toast-undo').click()
    await desk.waitForTimeout(6_000)
    await desk.locator('[data-ticket="2"][data-status=claimed]').waitFor()
    await desk.close()
  })

  it('sends nothing when Enter only ends the choice of characters', async () => {
    const desk = await watched({ view: '/tickets/2', as: '徐经理' })
    await desk.locator('#ticket-text').fill('nihao')
    await desk.locator('#ticket-text').dispatchEvent('keydown', { key: 'Enter', ctrlKey: true, isComposing: true })
    await desk.waitForTimeout(500)
    expect(await desk.locator('#ticket-text').inputValue()).toBe('nihao')
    await desk.close()
  })

  it('teaches by a verdict, says before what will change, and takes it back', async () => {
    const unknown = '蓝胖子那个小框框到底放啥'
    await say(wang, `@过审小助手 ${unknown}`)
    const talks = await watched({ view: '/talks', as: '徐经理' })
    await talks.locator('.talk-row', { hasText: unknown }).first().click()
    await talks.locator('[data-verdict=human]').click()
    await talks
      .locator('#teach-changes', { hasText: /会变 [1-9]\d* 条.*必答题 \d+\/\d+ 不变/ })
      .waitFor({ timeout: 15_000 })
    await talks.locator('#teach-go').click()
    await talks.locator('[data-teach=taught]').waitFor({ timeout: 90_000 })
    const xiaoli = await openWindow(browser, url, { person: 'li', conversation: 'direct:li' })
    await say(xiaoli, unknown)
    await botSays(xiaoli, /已转人工|工单 2/)
      .first()
      .waitFor()
    await talks.locator('#teach-undo').click()
    await talks.locator('#toast', { hasText: '收回了' }).waitFor({ timeout: 90_000 })
    await Promise.all([xiaoli.close(), talks.close()])
  })

  it('lets a colleague in by the link that the bot sends, once, and no further than colleagues go', async () => {
    const chen = await openWindow(browser, url, { person: 'chen', conversation: 'direct:chen' })
    await say(chen, '网页')
    const words = await botSays(chen, /bot\.example\.com/)
      .last()
      .innerText()
    const link = /https:\/\/bot\.example\.com(\/#\/enter\/[\w-]+)/.exec(words)![1]!
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true })
    const phone = await context.newPage()
    await phone.goto(`${url}${link}`)
    await phone.locator('h1', { hasText: '您是陈工吗？' }).waitFor()
    await phone.reload()
    await phone.locator('#enter-button').tap()
    await phone.locator('.ticket-row').first().waitFor()
    expect(
      await phone.evaluate(() =>
        fetch('/api/reload', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }).then(
          ({ status }) => status,
        ),
      ),
    ).toBe(403)
    expect(await phone.evaluate(() => fetch('/api/claims').then(({ status }) => status))).toBe(403)
    const again = await context.newPage()
    await again.goto(`${url}${link}`)
    await again.locator('#problem', { hasText: '用过了' }).waitFor()
    // From the notice's link to a reply: the ticket, the field, the words, 发送.
    await phone.goto(`${url}/#/tickets/2`)
    await phone.locator('#ticket-text').tap()
    await phone.locator('#ticket-text').fill('请发一下备案截图')
    await phone.locator('#ticket-send').tap()
    await phone.locator('.toast-undo').waitFor()
    await context.close()
    await chen.close()
  })

  it('goes on after the stream was cut, without a gap and without a double', async () => {
    const wire = await cuttable(Number(new URL(url).port))
    const talks = await openConsole(browser, `http://127.0.0.1:${wire.port}`, { view: '/talks' })
    await talks.locator('.talk-row').first().waitFor()
    await say(wang, '@过审小助手 断线之前说的话')
    await talks.locator('.talk-row', { hasText: '断线之前' }).first().waitFor()
    wire.cut()
    await talks.locator('#offline', { hasText: '连接断开了' }).waitFor()
    await say(wang, '@过审小助手 断线的时候说的话')
    wire.mend()
    await talks.locator('#offline').waitFor({ state: 'detached', timeout: 30_000 })
    await talks.locator('.talk-row', { hasText: '断线的时候' }).first().waitFor()
    await talks.waitForTimeout(1_000)
    for (const words of ['断线之前', '断线的时候'])
      expect(await talks.locator('.talk-row', { hasText: words }).count()).toBe(1)
    await talks.close()
    wire.end()
  })

  it('feeds eight windows of one browser by one stream', async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const pages = await Promise.all(Array.from({ length: 8 }, () => context.newPage()))
    const streams = new Set<Page>()
    for (const page of pages) {
      page.on('request', (request) => {
        if (request.url().includes('/api/events')) streams.add(page)
      })
      await page.goto(`${url}/#/talks`)
      await page.locator('.talk-row').first().waitFor()
    }
    await say(wang, '@过审小助手 八个窗口都要看到')
    await Promise.all(pages.map((page) => page.locator('.talk-row', { hasText: '八个窗口都要看到' }).first().waitFor()))
    expect(streams.size).toBe(1)
    await context.close()
  })

  it('edits a section as a draft, which is nowhere but here before it is released', async () => {
    const editor = await watched({ view: '/knowledge/4.2', as: '徐经理' })
    const box = editor.locator('#markdown')
    await expect.poll(() => box.inputValue()).toContain('4.2')
    const before = await box.inputValue()
    await box.fill(`${before.trimEnd()}\n\n这一行是在网页里写的。\n`)
    await editor.locator('#draft-state', { hasText: '自动存' }).waitFor()
    await editor.locator('#preview .bubble', { hasText: '这一行是在网页里写的' }).first().waitFor()
    expect(await readFile(path.join(folder, 'knowledge/fasttest.md'), 'utf8')).not.toContain('网页里写的')
    await editor.reload()
    await expect.poll(() => box.inputValue()).toContain('网页里写的')
    await editor.locator('#release').click()
    await editor.locator('#release-go').click()
    await editor.locator('#toast[data-ok=true]', { hasText: /已采用发布/ }).waitFor({ timeout: 100_000 })
    expect(await readFile(path.join(folder, 'knowledge/fasttest.md'), 'utf8')).toContain('网页里写的')
    await editor.locator('#releases').click()
    await editor.locator('[data-release="1"] [data-act=use]').click()
    await editor.locator('#toast[data-ok=true]', { hasText: /已回到发布 1/ }).waitFor({ timeout: 100_000 })
    await editor.close()
  })

  it.each(WIDTHS)('fits a window of %i px, light and dark, and complains of nothing', async (width) => {
    for (const dark of [false, true]) {
      const page = await watched({ view: '/today', width, dark, as: '陈工' })
      for (const view of VIEWS) {
        await page.evaluate((to) => {
          location.hash = to
        }, view)
        await page.waitForTimeout(400)
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect(wide, `${view} at ${width}`).toBeLessThanOrEqual(0)
        const shots = process.env.CONSOLE_SHOTS
        if (shots)
          await page.screenshot({
            path: path.join(
              shots,
              `${view.slice(1).replaceAll(/[^\w.]+/g, '-')}-${width}-${dark ? 'dark' : 'light'}.png`,
            ),
          })
      }
      await page.context().close()
    }
    expect(complaints).toEqual([])
  })

  it('is there in a second, in few requests and bytes', async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const page = await context.newPage()
    const requests: string[] = []
    let bytes = 0
    const session = await context.newCDPSession(page)
    await session.send('Network.enable')
    session.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
    })
    page.on('request', (request) => requests.push(new URL(request.url()).pathname))
    await page.goto(`${url}/#/today`)
    await page.locator('#just-now, .hero').first().waitFor()
    expect(bytes).toBeLessThan(90_000)
    expect(requests.filter((one) => !one.startsWith('/api/')).length, requests.join(' ')).toBeLessThanOrEqual(12)
    await context.close()
  })
})
