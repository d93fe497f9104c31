import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.js'
import type { BotProcess } from '../support/fake-weixin/bot-process.js'
import { botSays, openConsole, openWindow, say, startOnPage } from '../support/on-the-page.js'

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

/** On the machine itself, as `npm start` has it; what people do there, on each WeChat: `console-scenarios.test.ts`. */
describe('the console where nobody has to log in', () => {
  let folder: string
  let bot: BotProcess
  let browser: Browser
  let url: string
  const complaints: string[] = []

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guoshen-console-'))
    ;({ bot, url } = await startOnPage(folder, { GUOSHEN_WEB_PUBLIC_URL: 'https://bot.example.com' }))
    browser = await openBrowser()
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

  it('takes no colleague for the operator whose own session is over', async () => {
    const chen = await openWindow(browser, url, { person: 'chen', conversation: 'direct:chen' })
    await say(chen, '网页')
    const words = await botSays(chen, /bot\.example\.com/)
      .last()
      .innerText()
    const link = /https:\/\/bot\.example\.com(\/#\/enter\/[\w-]+)/.exec(words)![1]!
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const page = await context.newPage()
    const roleOf = () =>
      page.evaluate(() =>
        fetch('/api/session').then(async (answer) => ((await answer.json()) as { role?: string }).role),
      )
    await page.goto(`${url}${link}`)
    await page.locator('#enter-button').click()
    await page.locator('.ticket-list').waitFor()
    expect(await roleOf()).toBe('staff')
    await page.locator('.account-face').click()
    await page.locator('#log-out').click()
    await page.locator('#login #ended').waitFor()
    expect(await roleOf()).toBeUndefined()
    await page.goto(`${url}/#/people`)
    await page.reload()
    await page.locator('#login #ended').waitFor()
    await page.locator('#enter-as-operator').click()
    await page.locator('#link-boss').waitFor()
    expect(await roleOf()).toBe('operator')
    await Promise.all([context.close(), chen.close()])
  })

  it('fits each width on the whole knowledge, and complains of nothing', async () => {
    const wang = await openWindow(browser, url, { person: 'wang', conversation: GROUP })
    await say(wang, '@过审小助手 转人工，包的页面打不开')
    await botSays(wang, /工单 1/)
      .first()
      .waitFor()
    const page = await watched({ view: '/today', as: '陈工' })
    for (const view of VIEWS) {
      await page.evaluate((to) => {
        location.hash = to
      }, view)
      await page.waitForTimeout(400)
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 })
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect(over, `${view} at ${width}`).toBeLessThanOrEqual(0)
      }
    }
    await page.context().close()
    await wang.close()
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
