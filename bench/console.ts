import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { chinaDay, isoOf } from '../src/base/time.js'
import { PROJECT_ROOT } from '../src/config.js'
import { openBrowser } from '../test/support/browser.js'
import { startOnPage } from '../test/support/on-the-page.js'
import { Wire } from '../test/support/wire.js'
import { publish } from './report/publish.js'
import { renderTable, shortNumber } from './report/render-table.js'

/**
 * `npm run bench:console`: how fast the console is in a real browser, over a log of 10,000 decisions: the first view, a
 * change of view, scrolling, a burst of events, what was just said, and a connection that was cut. Needs Chromium (`CHROMIUM_PATH`) and a machine with nothing else to do.
 */
const TALKS = 10_000
const FIRST_VIEWS = 15
const SCROLLED_FRAMES = 600
const SCROLLED_PX = 260
const BURST = { perSecond: 100, seconds: 10 }
const MINUTE_MS = 60_000
const SAID = 12
const CUT_MS = 10_000

interface Figure {
  readonly what: string
  readonly value: number
  readonly goal: string
}

const WORDS = [
  '类目要选哪个',
  '提审的时候弹出UGC说明要怎么填，那几个框我都看不懂，是不是全部都要勾上才行',
  '审核要多久',
  '今天的团购链接发我一下',
  'ICP备案查询的截图要截哪几张表？我们域名是老公司备案的，现在换了主体，客服说要先做变更，这个要等多久才能好',
]
const KINDS = ['answer', 'silent', 'clarify', 'answer', 'silent', 'escalate', 'silent', 'fallback']

/** A week of a busy account, as the bot keeps it. */
function writeTalks(dir: string): void {
  mkdirSync(dir, { recursive: true })
  const days = new Map<string, string[]>()
  const now = Date.now()
  for (let index = 0; index < TALKS; index++) {
    const atMs = now - Math.round(((TALKS - index) * 6 * 24 * 60 * MINUTE_MS) / TALKS)
    const kind = KINDS[index % KINDS.length]!
    const sections = kind === 'answer' || kind === 'clarify' ? ['4.1'] : []
    const talk = {
      ...{
        messageId: `seed-${index}`,
        placeKey: `room:${index % 12}`,
        placeName: `客户群 ${index % 12}`,
        place: 'room',
      },
      ...{
        kind,
        sections,
        intent: null,
        card: null,
        confidence: 0.91,
        reason: kind === 'silent' ? 'not-sure' : 'sure',
      },
      ...{ policy: 'seed', timeline: null, knowledgeVersion: 'seed', tookMs: 0.4, atMs, role: 'customer' },
      candidates: ['4.1', '4.2', '1.1'].map((section, at) => ({ section, confidence: [0.91, 0.05, 0.02][at] })),
      ...{ who: { key: `name:客户${index % 40}`, name: '' }, addressed: kind !== 'silent', threshold: 0.86 },
      ...{ isChatter: false, text: `${WORDS[index % WORDS.length]}（${index}）` },
      said: kind === 'answer' ? ['【4.1】UGC场景信息安全声明\n1. 选“包含用户生成内容”。\n2. 四个框都勾。'] : [],
    }
    const day = isoOf(chinaDay(atMs))
    days.set(day, [...(days.get(day) ?? []), JSON.stringify(talk)])
  }
  for (const [day, lines] of days) writeFileSync(join(dir, `${day}.jsonl`), `${lines.join('\n')}\n`, { mode: 0o600 })
}

/** A window with an empty cache. The compiler names functions by a helper that a page lacks. */
async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  await context.addInitScript('globalThis.__name = (named) => named')
  return context.newPage()
}

const at = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0

/** Of one window that has nothing in its cache: until the view can be read. */
async function firstView(browser: Browser, url: string, view: string, shown: string) {
  const page = await openPage(browser)
  const context = page.context()
  let [bytes, requests] = [0, 0]
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
  })
  page.on('request', (request) => {
    if (!new URL(request.url()).pathname.startsWith('/api/')) requests++
  })
  await page.addInitScript((selector) => {
    const look = (): void => {
      if (!document.querySelector(selector)) return void requestAnimationFrame(look)
      Object.assign(window, { shownAtMs: performance.now() })
    }
    requestAnimationFrame(look)
  }, shown)
  await page.goto(`${url}/#${view}`)
  const handle = await page.waitForFunction(() => (window as unknown as { shownAtMs?: number }).shownAtMs)
  const ms = (await handle.jsonValue()) ?? 0
  await page.waitForTimeout(300)
  await context.close()
  return { ms, bytes, requests }
}

/** The time that each frame took while something was done, milliseconds. */
async function framesDuring(page: Page, work: () => Promise<unknown>): Promise<readonly number[]> {
  await page.evaluate(() => {
    const frames: number[] = []
    let before = performance.now()
    const tick = (now: number): void => {
      frames.push(now - before)
      before = now
      if (!('isEnough' in window)) requestAnimationFrame(tick)
    }
    Object.assign(window, { frames })
    requestAnimationFrame(tick)
  })
  await work()
  return page.evaluate(() => {
    Object.assign(window, { isEnough: true })
    return (window as unknown as { frames: number[] }).frames.slice(2)
  })
}

/** What the page holds on to; what is only waiting to be swept up does not count. */
async function heapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize / 1e6
}

async function scrolling(browser: Browser, url: string): Promise<readonly Figure[]> {
  const page = await openPage(browser)
  await page.goto(`${url}/#/talks`)
  await page.locator('.talk-row').first().waitFor()
  const before = await heapMb(page)
  const frames = await framesDuring(page, () =>
    page.evaluate(
      ([count, px]) =>
        new Promise<void>((resolve) => {
          const list = document.querySelector('.feed .windowed')!
          let left = count
          const step = (): void => {
            list.scrollTop += px
            if (--left === 0) resolve()
            else requestAnimationFrame(step)
          }
          requestAnimationFrame(step)
        }),
      [SCROLLED_FRAMES, SCROLLED_PX] as const,
    ),
  )
  const nodes = await page.evaluate(() => document.querySelectorAll('.feed *').length)
  const after = await heapMb(page)
  await page.close()
  return [
    { what: 'scrolling: a frame, median, ms', value: at(frames, 0.5), goal: '' },
    { what: 'scrolling: a frame, p95, ms', value: at(frames, 0.95), goal: '≤ 25' },
    { what: 'scrolling: a frame, p99, ms', value: at(frames, 0.99), goal: '' },
    { what: 'scrolling: elements in the list', value: nodes, goal: '≤ 400' },
    { what: 'scrolling: heap grown by, MB', value: after - before, goal: '≤ 20' },
  ]
}

/** People who talk all at once, while somebody looks. */
async function burst(browser: Browser, url: string): Promise<readonly Figure[]> {
  const page = await openPage(browser)
  await page.goto(`${url}/#/talks`)
  await page.locator('.talk-row').first().waitFor()
  const sent: Promise<unknown>[] = []
  const frames = await framesDuring(page, async () => {
    const began = Date.now()
    for (let said = 0; said < BURST.perSecond * BURST.seconds; said++) {
      const dueMs = began + (said * 1_000) / BURST.perSecond
      if (dueMs > Date.now()) await setTimeout(dueMs - Date.now())
      sent.push(say(url, `今天吃什么 ${said}`))
    }
  })
  // A slow machine is still hearing them; the bot is not to be stopped over it.
  await Promise.all(sent)
  await page.close()
  return [
    { what: `${BURST.perSecond} events a second: a frame, p95, ms`, value: at(frames, 0.95), goal: '' },
    { what: `${BURST.perSecond} events a second: longest frame, ms`, value: Math.max(...frames), goal: '≤ 100' },
  ]
}

/** @param asked by name */
const say = (url: string, text: string, isAsked = false) =>
  fetch(`${url}/api/simulator/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ as: 'wang', conversation: 'room-xiangtian' },
      ...(isAsked ? { text: `@过审小助手 ${text}`, mentions: ['bot'] } : { text }),
    }),
  })

/** From when a customer says something until it can be read, where somebody looks already. */
async function justSaid(browser: Browser, url: string): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const [view, list] of [
    ['对话', '/talks .talk-row'],
    ['今天, 刚刚', '/today #just-now li'],
  ] as const) {
    const [path = '', row = ''] = list.split(/ (.*)/s)
    const page = await openPage(browser)
    await page.goto(`${url}/#${path}`)
    await page.locator(row).first().waitFor()
    const took: number[] = []
    for (let count = 0; count < SAID; count++) {
      const words = `审核要多久（${view}${count}）`
      const began = performance.now()
      await say(url, words, true)
      await page.waitForFunction(
        ([selector, wanted]) =>
          [...document.querySelectorAll(selector)].some((one) => one.textContent?.includes(wanted)),
        [row, words] as const,
      )
      took.push(performance.now() - began)
    }
    await page.close()
    figures.push({ what: `from what is said to ${view}, p95, ms`, value: at(took, 0.95), goal: '< 1000' })
  }
  return figures
}

/** People go on talking while the connection is cut. */
async function cutOff(browser: Browser, url: string): Promise<readonly Figure[]> {
  const wire = new Wire()
  await wire.leadTo(url)
  const page = await openPage(browser)
  await page.goto(`${wire.url}/#/talks`)
  await page.locator('.talk-row').first().waitFor()
  wire.cut()
  const texts = Array.from({ length: SAID }, (_, count) => `断线时说的第 ${count} 句`)
  for (const text of texts) {
    await say(url, text)
    await setTimeout(CUT_MS / SAID)
  }
  const mendedAtMs = performance.now()
  wire.mend()
  await page.waitForFunction(
    (wanted) =>
      wanted.every((text) => [...document.querySelectorAll('.talk-words')].some((row) => row.textContent === text)),
    texts,
  )
  const tookMs = performance.now() - mendedAtMs
  const shown = await page.locator('.talk-words').allTextContents()
  const doubled = texts.filter((text) => shown.filter((one) => one === text).length > 1).length
  await page.close()
  wire.end()
  return [
    { what: `after a cut of ${CUT_MS / 1000} s: complete again, ms`, value: tookMs, goal: '' },
    { what: `after a cut of ${CUT_MS / 1000} s: shown twice`, value: doubled, goal: '0' },
  ]
}

async function changeOfView(browser: Browser, url: string): Promise<Figure> {
  const page = await openPage(browser)
  await page.goto(`${url}/#/today`)
  await page.locator('.hero').waitFor()
  const took: number[] = []
  for (const [view, shown] of [
    ['/talks', '.talk-row'],
    ['/tickets', '.ticket-list'],
    ['/knowledge', '.knowledge-tree a'],
    ['/today', '.hero'],
    ['/talks', '.talk-row'],
    ['/today', '.hero'],
  ] as const)
    took.push(
      await page.evaluate(
        ([to, selector]) =>
          new Promise<number>((resolve) => {
            const began = performance.now()
            location.hash = to
            const look = (): void => {
              if (document.querySelector(selector)) resolve(performance.now() - began)
              else requestAnimationFrame(look)
            }
            requestAnimationFrame(look)
          }),
        [view, shown] as const,
      ),
    )
  await page.close()
  return { what: 'change of view, median, ms', value: at(took, 0.5), goal: '< 100' }
}

async function readingTalks(url: string): Promise<Figure> {
  const took: number[] = []
  for (let count = 0; count < 30; count++) {
    const before = performance.now()
    await fetch(`${url}/api/talks?limit=100`).then((response) => response.json())
    took.push(performance.now() - before)
  }
  return { what: 'GET /api/talks, median, ms', value: at(took, 0.5), goal: '< 30' }
}

execFileSync('npm', ['run', 'build', '--', '--noCheck'], { cwd: PROJECT_ROOT })
const folder = mkdtempSync(join(tmpdir(), 'guoshen-bench-console-'))
writeTalks(join(folder, 'data', 'talks'))
const { bot, url } = await startOnPage(folder)
const browser = await openBrowser()
try {
  await firstView(browser, url, '/today', '.hero')
  const views: Awaited<ReturnType<typeof firstView>>[] = []
  for (let count = 0; count < FIRST_VIEWS; count++) views.push(await firstView(browser, url, '/today', '.hero'))
  const ms = views.map((view) => view.ms)
  await say(url, '转人工，域名备案过不了', true)
  const todo: number[] = []
  for (let count = 0; count < FIRST_VIEWS; count++) todo.push((await firstView(browser, url, '/today', '#todo li')).ms)
  const figures: readonly Figure[] = [
    { what: 'first view of 今天, median, ms', value: at(ms, 0.5), goal: '< 500' },
    { what: 'first view of 今天, p95, ms', value: at(ms, 0.95), goal: '< 1000' },
    { what: 'until 今天 says what needs a hand, p95, ms', value: at(todo, 0.95), goal: '< 5000' },
    { what: 'over the wire, kB', value: views[0]!.bytes / 1000, goal: '≤ 90' },
    { what: 'files asked for', value: views[0]!.requests, goal: '≤ 12' },
    await changeOfView(browser, url),
    await readingTalks(url),
    ...(await justSaid(browser, url)),
    ...(await cutOff(browser, url)),
    ...(await scrolling(browser, url)),
    ...(await burst(browser, url)),
  ]
  const table = renderTable<Figure>(
    [
      { title: `The console over ${TALKS.toLocaleString('en')} decisions`, cell: ({ what }) => what },
      { title: 'measured', cell: ({ value }) => shortNumber(value) },
      { title: 'goal', cell: ({ goal }) => goal },
    ],
    figures,
  )
  if (process.argv.includes('--publish')) publish('console', table)
  else console.log(table)
} finally {
  await browser.close()
  await bot.stop()
  rmSync(folder, { recursive: true, force: true })
}
