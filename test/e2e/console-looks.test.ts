import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.js'
import type { BotProcess } from '../support/fake-weixin/bot-process.js'
import { LookBook, type Shot } from '../support/look-book.js'
import { MovableClock } from '../support/movable-clock.js'
import { startOnPage } from '../support/on-the-page.js'
import { writeSmallKnowledge } from '../support/small-knowledge.js'

/**
 * How the console looks, beside small pictures that somebody has looked at. The real program, with a guide of its own, is
 * told the time and what people say, so that it shows the same on every day and machine with this browser and fonts.
 *
 * To renew the pictures after a change that is meant: `npm run looks`. Full-size ones are written to the folder
 * `CONSOLE_SHOTS` where that is set: look at them before committing.
 */
const KEPT = path.join(import.meta.dirname, 'console-looks')
const isRenewing = process.env.CONSOLE_LOOKS === 'renew'
/** So much of a tile may be otherwise, as by another version of a font. */
const MAX_SHARE = 0.06
const RENEWED_AFTER_MS = 500
const [LATE_TRIES, LATE_MS] = [3, 700]
const GROUP = 'room-xiangtian'
const NOW_MS = Date.parse('2026-11-27T17:52:00+08:00')

interface Look {
  readonly width: number
  readonly dark: boolean
}
const ALL_LOOKS: readonly Look[] = [1280, 900, 390].flatMap((width) => [false, true].map((dark) => ({ width, dark })))
/** For what is seen seldom. */
const TWO_LOOKS: readonly Look[] = [
  { width: 1280, dark: false },
  { width: 390, dark: true },
]

/** Tells of the machine: how long something took, where files lie. */
const OF_MACHINE = '.why-foot, .thread-title p:has(#draft-state), #login-since, main:has(#latest-decisions) .top-fact'

/** What a sheet shows: a view, once something of it is drawn, and after a click on something else. */
interface Scene {
  readonly sheet: string
  readonly view: string
  readonly shown: string
  readonly clicked?: string
}
const EMPTY: readonly Scene[] = [
  { sheet: 'today-empty', view: '/today', shown: '#todo + .empty-state' },
  { sheet: 'talks-empty', view: '/talks', shown: '.feed .empty-state' },
  { sheet: 'tickets-empty', view: '/tickets', shown: '.ticket-list .empty-state' },
  { sheet: 'learn-empty', view: '/learn', shown: '.ticket-list .empty-state' },
]
const BUSY: readonly Scene[] = [
  { sheet: 'today', view: '/today', shown: '#todo li' },
  { sheet: 'talks', view: '/talks', shown: '.talk-row', clicked: '.talk-row[data-kind=answer]' },
  { sheet: 'tickets', view: '/tickets', shown: '.ticket-row' },
  { sheet: 'ticket', view: '/tickets/1', shown: '[data-ticket-open="1"] .flow-words' },
  { sheet: 'learn', view: '/learn', shown: '[data-entry]', clicked: '[data-entry]' },
  { sheet: 'knowledge', view: '/knowledge/1', shown: '#preview .bubble' },
  { sheet: 'figures', view: '/figures', shown: '#plot canvas' },
  { sheet: 'machine', view: '/machine', shown: '#latest-decisions li' },
  { sheet: 'people', view: '/people', shown: '.page-columns' },
]
/** What must be noticed in a ticket at a desk. */
const FAULTS: readonly (readonly [what: string, spoil: () => void])[] = [
  [
    'a column that is wider by some pixels',
    () => {
      document.querySelector<HTMLElement>('.tickets-columns')!.style.gridTemplateColumns = '324px 1fr 264px'
    },
  ],
  [
    'a column that begins lower by some pixels',
    () => {
      document.querySelector<HTMLElement>('.ticket-list')!.style.marginTop = '12px'
    },
  ],
  ['lost styles', () => document.querySelector('link[href*="app.css"]')!.remove()],
  [
    'the other theme',
    () => {
      document.documentElement.dataset.theme = 'dark'
    },
  ],
  ['no button to answer', () => document.querySelector('#ticket-send')!.remove()],
  ['no meter', () => document.querySelector('.ticket-row .meter')!.remove()],
]

describe('the console looks as it did', () => {
  const clock = new MovableClock(Date.parse('2026-11-23T10:00:00+08:00'))
  const complaints: string[] = []
  let folder: string
  let bot: BotProcess
  let browser: Browser
  let book: LookBook
  let url: string

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guoshen-looks-'))
    writeSmallKnowledge(folder)
    await writeFile(path.join(folder, 'guoshen.yaml'), 'sending: { pacing: off }\ndesk: { holidays: [2027-01-01] }\n', {
      mode: 0o600,
    })
    ;({ bot, url } = await startOnPage(folder, {
      GUOSHEN_CONFIG: path.join(folder, 'guoshen.yaml'),
      GUOSHEN_KNOWLEDGE_DIR: path.join(folder, 'knowledge'),
      GUOSHEN_INTENTS_DIR: path.join(folder, 'intents'),
      NODE_OPTIONS: `--require ${JSON.stringify(MovableClock.preload)}`,
      ...clock.env,
    }))
    browser = await openBrowser()
    book = await LookBook.open(KEPT, browser)
  })

  afterAll(async () => {
    await browser?.close()
    await bot?.stop()
    clock.end()
    await rm(folder, { recursive: true, force: true })
  })

  const api = async (method: string, to: string, body?: object): Promise<Record<string, unknown>> => {
    const headers = { 'content-type': 'application/json', 'x-guoshen-me': encodeURIComponent('陈工') }
    const answer = await fetch(`${url}${to}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    expect(answer.ok, `${method} ${to}`).toBe(true)
    return (await answer.json()) as Record<string, unknown>
  }

  /** Somebody says something at a time, and the bot has done with it. */
  async function says(time: string, as: string, words: string): Promise<void> {
    await clock.set(Date.parse(`2026-11-${time}:00+08:00`))
    const asked = words.startsWith('@')
    const text = asked ? words.replace('@', '@过审小助手 ') : words
    const message = { as, conversation: GROUP, text, mentions: asked ? ['bot'] : [] }
    const { message: sent } = (await api('POST', '/api/simulator/messages', message)) as { message: { id: string } }
    await expect
      .poll(async () => {
        const { items } = (await api('GET', '/api/talks?limit=5')) as {
          items: readonly { messageId: string; kind: string; said: readonly string[] }[]
        }
        const talk = items.find(({ messageId }) => messageId === sent.id)
        return talk !== undefined && (talk.kind === 'silent' || talk.said.length > 0)
      })
      .toBe(true)
  }

  /** A window of the operator, who calls themself 陈工. */
  async function open(view: string): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
    await context.addInitScript(() => localStorage.setItem('guoshen:me', '陈工'))
    await clock.rule(context)
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(`${view}: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        complaints.push(`${view}: ${message.text()}`)
    })
    await page.goto(`${url}/#${view}`)
    return page
  }

  async function shoot(page: Page, looks: readonly Look[]): Promise<readonly Shot[]> {
    const shots: Shot[] = []
    for (const { width, dark } of looks) {
      await page.setViewportSize({ width, height: width < 500 ? 844 : 800 })
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' })
      await page.evaluate(async (ofMachine) => {
        for (const part of document.querySelectorAll<HTMLElement>(ofMachine)) part.style.visibility = 'hidden'
        await document.fonts.ready
        await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)))
        for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
      }, OF_MACHINE)
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      const name = `${width} ${dark ? 'dark' : 'light'}`
      shots.push({ name, png: await page.screenshot({ animations: 'disabled', caret: 'hide' }) })
    }
    return shots
  }

  /** Compares a window with its sheet, or makes that. */
  async function looksAs(sheet: string, page: Page, looks: readonly Look[]): Promise<void> {
    if (isRenewing) await page.waitForTimeout(RENEWED_AFTER_MS)
    let shots = await shoot(page, looks)
    const folderOfShots = process.env.CONSOLE_SHOTS
    for (const { name, png } of folderOfShots ? shots : [])
      await writeFile(path.join(folderOfShots!, `${sheet}-${name.replace(' ', '-')}.png`), png)
    if (isRenewing) await book.keep(sheet, shots)
    const othersNow = async () => (await book.compare(sheet, shots))?.filter(({ share }) => share > MAX_SHARE)
    let others = await othersNow()
    // What is drawn late, a chart or a picture, is given some time.
    for (let times = 0; times < LATE_TRIES && others?.length !== 0; times++) {
      await page.waitForTimeout(LATE_MS)
      shots = await shoot(page, looks)
      others = await othersNow()
    }
    const words = others?.map(({ name, share }) => `${name}: ${Math.round(share * 100)} % of a tile`)
    expect(words, `${sheet} looks otherwise; if that is meant: npm run looks`).toEqual([])
  }

  it.each(EMPTY)('$sheet', async ({ sheet, view, shown }) => {
    await clock.stop(Date.parse('2026-11-23T10:00:00+08:00'))
    const page = await open(view)
    await page.locator(shown).waitFor()
    await looksAs(sheet, page, TWO_LOOKS)
    await page.context().close()
  })

  it('after a week of talk', async () => {
    await says('23T10:02', 'wang', '@服务类目怎么选')
    await says('24T11:00', 'li', '@声明怎么填')
    await says('24T15:10', 'wang', '@说我页面没有内容')
    await says('25T09:30', 'li', '@类目在哪里加')
    await says('26T16:00', 'wang', '@弹窗里的声明写什么')
    await says('27T16:05', 'wang', '@类目选错了怎么改')
    await says('27T16:06', 'wang', '不对')
    await says('27T16:40', 'li', '@蓝胖子那个小框框到底放啥')
    await says('27T17:01', 'li', '中午吃什么')
    await says('27T17:32', 'wang', '@转人工，包的页面打不开')
    await says('27T17:40', 'li', '@转人工，域名备案过不了')
    const { ticket } = (await api('GET', '/api/tickets/2')) as { ticket: { version: string } }
    await api('POST', '/api/tickets/2/claim', { version: ticket.version })
  })

  it.each(BUSY)('$sheet', async ({ sheet, view, shown, clicked }) => {
    await clock.stop(NOW_MS)
    const page = await open(view)
    await page.locator(shown).first().waitFor()
    if (clicked) {
      await page.locator(clicked).first().click()
      await page.locator('.view[data-detail]').waitFor()
    }
    await looksAs(sheet, page, ALL_LOOKS)
    await page.context().close()
  })

  it('figures-broken, over a connection that is cut', async () => {
    const page = await open('/figures')
    for (const path of ['**/api/figures*', '**/api/events*']) await page.route(path, (route) => route.abort())
    await page.reload()
    await page.locator('.broken').waitFor()
    await page.locator('#offline').waitFor()
    await looksAs('figures-broken', page, TWO_LOOKS)
    await page.context().close()
  })

  it('tickets-gone, while WeChat is', async () => {
    const page = await open('/tickets')
    const status = { puppet: 'wechat4u', login: 'kicked', sinceMs: NOW_MS - 60_000, simulated: false }
    await page.route('**/api/status', (route) => route.fulfill({ json: status }))
    await page.reload()
    await page.locator('#gone').waitFor()
    await page.locator('.ticket-row').first().waitFor()
    await looksAs('tickets-gone', page, TWO_LOOKS)
    await page.context().close()
  })

  it('login and login-ended', async () => {
    const page = await open('/people')
    await page.route('**/api/session', (route) => route.fulfill({ json: { in: false, needed: true } }))
    await page.reload()
    await page.locator('#token').waitFor()
    await looksAs('login', page, TWO_LOOKS)
    await page.route('**/api/session', (route) => route.fulfill({ json: { in: false, needed: false, ended: true } }))
    await page.reload()
    await page.locator('#ended').waitFor()
    await looksAs('login-ended', page, TWO_LOOKS)
    await page.context().close()
  })

  it('would be seen to be otherwise', async () => {
    const page = await open('/tickets/1')
    const share = async (): Promise<number> => {
      const [difference] = (await book.compare('ticket', await shoot(page, ALL_LOOKS.slice(0, 1)))) ?? []
      return difference?.share ?? 1
    }
    for (const [what, spoil] of FAULTS) {
      await page.reload()
      await page.locator('[data-ticket-open="1"] .flow-words').first().waitFor()
      await expect.poll(share).toBeLessThanOrEqual(MAX_SHARE)
      await page.evaluate(spoil)
      expect(await share(), what).toBeGreaterThan(MAX_SHARE)
    }
    await page.context().close()
  })

  it('complains of nothing', () => {
    expect(complaints).toEqual([])
  })
})
