import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.js'
import { PAGE_TOKEN } from '../support/check-logs.js'
import type { BotProcess } from '../support/fake-weixin/bot-process.js'
import { npm, startOnPage, startProgram } from '../support/on-the-page.js'

const START_MS = 90_000
const GROUP = 'room-xiangtian'
const MARKUP = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script><b>粗</b>'

/** The page as it is open to other machines; later steps build on earlier ones. */
describe('the page among hostile people', () => {
  let folder: string
  let bot: BotProcess
  let browser: Browser
  let visitor: BrowserContext
  let page: Page
  let url: string
  const refused: string[] = []

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guoshen-hostile-page-'))
    ;({ bot, url } = await startOnPage(folder, { GUOSHEN_WEB_HOST: '0.0.0.0', GUOSHEN_WEB_TOKEN: PAGE_TOKEN }))
    browser = await openBrowser()
    visitor = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    page = await visitor.newPage()
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) refused.push(message.text())
    })
  })

  afterAll(async () => {
    await browser?.close()
    await bot?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('is not opened to other machines without a token', async () => {
    const careless = startProgram(folder, { GUOSHEN_WEB_HOST: '0.0.0.0' })
    expect((await careless.waitExit(START_MS))?.code).toBe(1)
    expect(careless.output).toMatch(/web\.token: .*必须先设口令/)
  })

  it('asks for the token, and says when it is wrong', async () => {
    await page.goto(`${url}/?as=wang#/sim/${GROUP}`)
    await page.locator('#token').fill('wrong')
    await page.locator('#submit').click()
    await page.locator('#problem', { hasText: '口令不对' }).waitFor()
    await page.locator('#token').fill(PAGE_TOKEN)
    await page.locator('#token').press('Enter')
    await page.locator('body.talking').waitFor()
    const [cookie] = await visitor.cookies()
    expect(cookie).toMatchObject({ name: 'guoshen', httpOnly: true, sameSite: 'Strict', path: '/' })
    expect(await page.evaluate(() => document.cookie)).toBe('')
  })

  it('shows what people write as what it is', async () => {
    await page.goto(`${url}/?as=wang#/sim/${GROUP}`)
    await page.locator('body.talking').waitFor()
    for (const text of [MARKUP, '[a](javascript:alert(1)) javascript:alert(1)', '\u202e倒过来\u0000', '\ud83d半个']) {
      await page.locator('#text').fill(text)
      await page.locator('#send').click()
    }
    await page.locator('li.row.mine .bubble', { hasText: '<img src=x onerror=' }).waitFor()
    await page.locator('li.row.mine .bubble', { hasText: '半个' }).waitFor()
    expect(
      await page.locator('li.row.mine .bubble img, li.row.mine .bubble script, li.row.mine .bubble b').count(),
    ).toBe(0)
    expect(await page.locator('a[href^="javascript:"]').count()).toBe(0)
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
  })

  it('has never tried to load what its own policy forbids', () => {
    expect(refused).toEqual([])
  })

  it('takes nothing from another site, logged in or not', async () => {
    const site = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<p>evil</p>'),
    )
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
    const evil = await visitor.newPage()
    try {
      // Another port of the same machine is the same site: its requests carry the cookie, Strict or not.
      await evil.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
      const version = reloadCount()
      const asForm = await evil.evaluate(async (target) => {
        const options: RequestInit = { method: 'POST', mode: 'no-cors', credentials: 'include' }
        // What comes back is kept from the other site as well.
        await fetch(`${target}/api/reload`, { ...options, body: '{"force":true}' }).catch(() => undefined)
        return fetch(`${target}/api/reload`, {
          ...options,
          mode: 'cors',
          headers: { 'content-type': 'application/json' },
          body: '{}',
        }).then(
          () => 'taken',
          () => 'refused',
        )
      }, url)
      expect(asForm).toBe('refused')
      expect(
        await evil.evaluate(
          (target) =>
            fetch(`${target}/api/status`, { credentials: 'include' }).then(
              () => 'read',
              () => 'refused',
            ),
          url,
        ),
      ).toBe('refused')
      expect(reloadCount()).toBe(version)
    } finally {
      await evil.close()
      site.close()
    }
  })

  const reloadCount = (): number => bot.output.match(/"msg":"[^"]*(?:reload|release)/g)?.length ?? 0

  it('lets the programs of this machine in by the key of the run, which nobody else can read', async () => {
    const running = path.join(folder, 'data', 'running.json')
    expect((await stat(running)).mode & 0o777).toBe(0o600)
    const reload = npm(['run', '--silent', 'reload'], folder)
    expect((await reload.waitExit(START_MS))?.code).toBe(0)
    const forget = npm(['run', '--silent', 'tickets', '--', 'forget', '没有这个人'], folder)
    expect((await forget.waitExit(START_MS))?.code).toBe(0)
    const { key } = JSON.parse(await readFile(running, 'utf8')) as { key: string }
    expect(bot.output).not.toContain(key)
  })

  it('tells watchdogs whether it is well, and numbers only with the token', async () => {
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true })
    expect((await fetch(`${url}/metrics`)).status).toBe(401)
    const metrics = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${PAGE_TOKEN}` } })
    expect(await metrics.text()).toContain('guoshen_login_state')
  })

  it('is closed again after logging out', async () => {
    await page.locator('.account-face').click()
    await page.locator('#log-out').click()
    await page.locator('#token').waitFor()
    expect(await page.evaluate(() => fetch('/api/status').then(({ status }) => status))).toBe(401)
    await page.goto(`${url}/`)
    await page.locator('#token').waitFor()
  })

  it('bears a guesser for five tries, and lets in whoever has the token', async () => {
    const guess = () =>
      fetch(`${url}/api/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"token":"guess"}',
      })
    for (let count = 0; count < 4; count++) await guess()
    expect((await guess()).status).toBe(429)
    await page.locator('#token').fill('guess')
    await page.locator('#submit').click()
    await page.locator('#problem', { hasText: '试错太多次了' }).waitFor()
    await page.locator('#token').fill(PAGE_TOKEN)
    await page.locator('#submit').click()
    await page.locator('.account-face').waitFor()
  })
})
