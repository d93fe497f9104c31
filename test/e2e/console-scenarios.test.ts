import { execFileSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ROUTES } from '../../src/web/access.js'
import { mayAs, type ViewerRole } from '../../src/web/sessions.js'
import { openBrowser } from '../support/browser.js'
import { PICTURE, SimulatedVenue, TOKEN, type Venue, WechatVenue, type Writer } from '../support/console-venue.js'
import { openConsole } from '../support/on-the-page.js'

const ROOT = path.join(import.meta.dirname, '../..')
/** Trains, examines and replays. */
const RELEASE_MS = 100_000
const UNKNOWN = '蓝胖子那个小框框到底放啥'
const KNOWN = '提审的时候弹出UGC说明要怎么填'
const MINUTE_MS = 60_000
/** For so long an answer can be taken back. */
const UNDO_MS = 5_000
const WIDTHS = [390, 900, 1280]
/** What a phone shows. */
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true }
/** Without those that stand for pictures. */
const linesOf = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('[图片'))
const chinaMs = (time: string): number => Date.parse(`${time}+08:00`)

/** What people who use the console do, whichever WeChat the bot is on; later steps build on earlier ones. */
describe.each<[string, () => Venue]>([
  ['in the simulator', () => new SimulatedVenue()],
  ['on WeChat', () => new WechatVenue()],
])('the console %s', (_where, makeVenue) => {
  const venue = makeVenue()
  let browser: Browser
  const complaints: string[] = []

  beforeAll(async () => {
    await venue.start()
    browser = await openBrowser()
  })

  afterAll(async () => {
    await browser?.close()
    await venue.end()
  })

  const shots = process.env.CONSOLE_SHOTS
  beforeEach((context) =>
    context.onTestFailed(async () => {
      console.error(venue.output.slice(-2_000))
      if (!shots) return
      for (const [index, page] of browser
        .contexts()
        .flatMap((one) => one.pages())
        .entries())
        await page.screenshot({ path: path.join(shots, `failed-${context.task.name.slice(0, 20)}-${index}.png`) })
    }),
  )

  /** A window whose mishaps are counted against the console. */
  async function watched(options: Parameters<typeof openConsole>[2]): Promise<Page> {
    const page = await openConsole(browser, venue.url, { clock: venue.clock, ...options, token: TOKEN })
    watch(page, options.view)
    return page
  }

  function watch(page: Page, name: string): void {
    page.on('pageerror', (error) => complaints.push(`${name}: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource|ERR_|net::/.test(message.text()))
        complaints.push(`${name}: ${message.text()}`)
    })
    page.on('request', (request) => {
      if (!request.url().startsWith(venue.url) && !request.url().startsWith('blob:'))
        complaints.push(`elsewhere: ${request.url()}`)
    })
    page.on('dialog', (dialog) => void dialog.accept())
  }

  /** Whatever it shows fits each width; then it is closed. */
  async function close(...pages: readonly Page[]): Promise<void> {
    for (const page of pages) {
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 844 })
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect(over, `${page.url()} at ${width}`).toBeLessThanOrEqual(0)
      }
      await page.context().close()
    }
  }

  /** A browser of one person, who has come in by the link that the bot has sent. */
  async function enter(who: Writer, options: Parameters<Browser['newContext']>[0] = PHONE) {
    const words = await venue.asks(who, '网页', /bot\.example\.com/)
    const link = /https:\/\/bot\.example\.com(\/#\/enter\/[\w-]+)/.exec(words)![1]!
    const context = await browser.newContext(options)
    await venue.clock.rule(context)
    const page = await context.newPage()
    watch(page, who)
    await page.goto(`${venue.url}${link}`)
    return { page, context, link }
  }

  /** All that lies on disk of talks. */
  async function kept(): Promise<string> {
    const names = await readdir(venue.data('talks')).catch(() => [])
    return (await Promise.all(names.map((name) => readFile(venue.data('talks', name), 'utf8')))).join('')
  }

  const read = (page: Page, url: string) =>
    page.evaluate(
      (address) => fetch(address).then(async (answer) => ({ status: answer.status, text: await answer.text() })),
      url,
    )
  const write = (page: Page, url: string, body: object, method = 'POST') =>
    page.evaluate(
      ([address, content, verb]) =>
        fetch(address, { method: verb, headers: { 'content-type': 'application/json' }, body: content }).then(
          async (answer) => ({ status: answer.status, text: await answer.text() }),
        ),
      [url, JSON.stringify(body), method] as const,
    )

  /** Of all that is beyond a role, nothing is to be had. */
  async function isHeldTo(role: ViewerRole, page: Page): Promise<void> {
    for (const [method, path, needed] of ROUTES) {
      if (mayAs(role, needed)) continue
      const url = path
        .replace(/:key\{\.\+\}/, '4.1')
        .replace(/:verb/, 'mute')
        .replace(/:\w+/g, '1')
      const { status } = method === 'GET' ? await read(page, url) : await write(page, url, {}, method)
      expect([role, method, url, status]).toEqual([role, method, url, 403])
    }
  }

  /** What stands in the editor, as the page understands it. */
  const written = async (page: Page): Promise<string> =>
    (await page.locator('.editor-line').allTextContents()).join('\n').replaceAll('\u200b', '')

  /** Where a line of the editor is typed, in pixels of the window. */
  const lineTyped = (page: Page, words: string): Promise<{ readonly top: number }> =>
    page.evaluate((wanted) => {
      const texts = document.createTreeWalker(document.querySelector('#markdown')!, NodeFilter.SHOW_TEXT)
      for (let text = texts.nextNode() as Text | null; text; text = texts.nextNode() as Text | null) {
        const at = text.data.indexOf(wanted)
        if (at < 0) continue
        const range = document.createRange()
        range.setStart(text, at)
        range.setEnd(text, at + wanted.length)
        return { top: range.getBoundingClientRect().top }
      }
      throw new Error(`${wanted} is not typed anywhere`)
    }, words)

  /** Hears when the page's event stream ends. */
  const endOfStream = (page: Page) =>
    page.waitForEvent('requestfinished', (request) => request.url().includes('/api/events'))

  it('shows who asked what, where and when, and why it was answered so, without asking for it', async () => {
    const talks = await watched({ view: '/talks' })
    const today = await watched({ view: '/today' })
    await today.locator('.hero').waitFor()
    const polled: string[] = []
    for (const page of [talks, today])
      page.on('request', (request) => void polled.push(new URL(request.url()).pathname))
    await venue.say('wang', KNOWN)
    const row = talks.locator('.talk-row', { hasText: KNOWN })
    for (const shown of ['王老板', '想天售后服务群']) await row.locator('.talk-who', { hasText: shown }).waitFor()
    await row.locator('time', { hasText: /^17:4\d$/ }).waitFor()
    await row.locator('.chip', { hasText: /^回答 4\.1 · \d+%$/ }).waitFor()
    const justNow = today.locator('#just-now li', { hasText: KNOWN })
    await justNow.getByText('王老板').waitFor()
    await justNow.locator('.chip', { hasText: '回答 4.1' }).waitFor()
    await row.click()
    await talks.locator('#why .verdict[data-decision=answer]').waitFor()
    await talks.locator('#why [data-fact=sections]', { hasText: '4.1' }).waitFor()
    await talks.locator('#why [data-fact=because]', { hasText: '像它，因为“ugc”“说明”' }).waitFor()
    await talks.locator('#why .why-said', { hasText: '用户生成内容' }).waitFor()

    // A filter holds for what comes live, and over a reload.
    await talks.locator('.filter[data-flag=silent]').click()
    await venue.say('li', '类目要选哪个')
    await venue.heard(/类目/)
    await venue.say('li', '不对')
    await venue.say('wang', '中午一起吃面吗，楼下那家', false)
    const idle = talks.locator('.talk-row[data-kind=silent]', { hasText: '吃面' })
    await idle.waitFor()
    expect(await talks.locator('.talk-row[data-kind=answer]').count()).toBe(0)
    expect(polled.filter((one) => one === '/api/status')).toEqual([])
    await talks.reload()
    await talks.locator('.filter[data-flag=silent][aria-pressed=true]').waitFor()
    await idle.waitFor()
    await expect.poll(kept).toContain('类目要选哪个')
    expect(await kept()).not.toMatch(/吃面|"name":"王老板"/)
    // What a customer calls wrong is flagged.
    await talks.locator('.filter[data-flag=wrong]').click()
    await talks.locator('.talk-row', { hasText: '类目要选哪个' }).waitFor()
    await today.locator('#todo [data-todo=wrong]', { hasText: '1 次回答被说“不对”' }).waitFor()
    await close(talks, today)
  })

  it('shows who waits, against the promise, in working time: amber, red, and no longer over the weekend', async () => {
    await venue.setClock(chinaMs('2026-11-27T17:44:00'))
    const clock = { rule: (context: BrowserContext) => context.clock.install({ time: venue.clock.now() }) }
    const today = await watched({ view: '/today', clock })
    await venue.say('wang', '转人工，UGC说明里的场景怎么勾')
    await venue.heard(/工单 1/)
    await today.locator('#todo [data-todo=open]').waitFor()
    await today.locator('.rail-item[data-view=tickets] .rail-count[data-level=must]', { hasText: '1' }).waitFor()
    const list = await watched({ view: '/tickets', clock })
    const meter = (level: string) => list.locator(`[data-ticket="1"] .meter[data-level=${level}]`)
    await meter('good').waitFor()
    const goOnTo = async (time: string): Promise<void> => {
      const passedMs = chinaMs(time) - venue.clock.now()
      await venue.setClock(chinaMs(time))
      for (const page of [list, today]) await page.clock.fastForward(passedMs)
    }
    await goOnTo('2026-11-27T17:54:00')
    await meter('soon').waitFor()
    await goOnTo('2026-11-27T17:59:30')
    await meter('late')
      .filter({ hasText: '等 15 分' })
      .or(meter('late').filter({ hasText: '等 16 分' }))
      .waitFor()
    await goOnTo('2026-11-30T09:02:00')
    await meter('late').filter({ hasText: '等 18 分，超 3 分' }).waitFor()
    await today.locator('#todo [data-todo=late]', { hasText: '工单 1 等 18 分，超 3 分（按上班时间）' }).waitFor()
    await today.locator('#todo [data-todo=late] a').click()
    await today.locator('[data-ticket-open="1"]').waitFor()
    await close(list, today)
  })

  it('lets a colleague in by a link, once, no further than colleagues go, and no longer than it is wanted', async () => {
    const { page: phone, context, link } = await enter('chen')
    const inNotice = /https:\/\/bot\.example\.com(\/#\/tickets\/1)/
    const path = inNotice.exec(await venue.notice(inNotice))![1]!
    // Who follows the notice before they were let in gets to the same ticket afterwards.
    await phone.goto(`${venue.url}${path}`)
    await phone.locator('#login').waitFor()
    for (let times = 0; times < 2; times++) {
      await phone.goto(`${venue.url}${link}`)
      await phone.reload()
      await phone.locator('h1', { hasText: '您是陈工吗？' }).waitFor()
    }
    await phone.locator('#enter-button').tap()
    await phone.locator('[data-ticket-open="1"]').waitFor()
    await isHeldTo('staff', phone)
    const again = await context.newPage()
    await again.goto(`${venue.url}${link}`)
    await again.locator('#problem', { hasText: '用过了' }).waitFor()
    await again.close()

    // From the notice to an answer with a picture: 知识里的话, the piece with a picture, 接单并发送.
    const before = (await venue.sent()).length
    await phone.goto(`${venue.url}/#/tickets`)
    await phone.goto(`${venue.url}${path}`)
    let taps = 1 // on the link itself
    const tap = async (selector: string): Promise<void> => {
      taps++
      await phone.locator(selector).first().tap()
    }
    await tap('#open-knowledge')
    const options = phone.locator('#snippets [role=option]')
    await options.first().waitFor()
    const pictured = await options.evaluateAll((all) => all.findIndex((option) => option.querySelector('em')))
    expect([0, 1], 'in sight without scrolling').toContain(pictured)
    await tap('#snippets [role=option]:has(em)')
    await phone.locator('.attached img').first().waitFor()
    await tap('#ticket-send')
    expect(taps).toBeLessThanOrEqual(4)
    await venue.heard(/—— 陈工（工单 1）/)
    await expect.poll(async () => (await venue.sent()).slice(before)).toContain(PICTURE)
    await phone.locator('[data-ticket-open="1"][data-status=claimed]').waitFor()
    expect(await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)

    const people = await watched({ view: '/people' })
    const [over] = await Promise.all([
      endOfStream(phone),
      people.locator('.lines li', { hasText: '陈工' }).locator('button', { hasText: '退出' }).click(),
    ])
    expect((await over.response())?.status()).toBe(200)
    await phone.locator('#login #ended').waitFor()
    expect((await read(phone, '/api/tickets')).status).toBe(401)
    await close(phone, people)
  })

  it('lets nobody stay whose role is taken back', async () => {
    const people = await watched({ view: '/people' })
    await venue.asks('newcomer', '认领', /认领码/)
    const code = await people.locator('#admin-codes [data-role=staff] b').innerText()
    await venue.asks('newcomer', code, /您现在是同事/)
    const { page: phone } = await enter('newcomer')
    await phone.locator('#enter-button').tap()
    await phone.locator('.ticket-row').first().waitFor()
    await people.reload()
    const grant = people.locator('.admin-grant', { hasText: venue.newcomer })
    const [over] = await Promise.all([endOfStream(phone), grant.locator('button', { hasText: '收回' }).click()])
    expect((await over.response())?.status()).toBe(200)
    await phone.locator('#login #ended').waitFor()
    expect((await read(phone, '/api/tickets')).status).toBe(401)
    await expect.poll(() => grant.count()).toBe(0)
    await close(people, phone)
  })

  it('sends what the knowledge says with its picture, in order, and not before it can no longer be taken back', async () => {
    const desk = await watched({ view: '/tickets/1', as: '陈工' })
    const box = desk.locator('#ticket-text')
    const ime = await desk.context().newCDPSession(desk)
    const pressCtrlEnter = (number: number) =>
      ime.send('Input.dispatchKeyEvent', {
        ...{ type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: number, modifiers: 2 },
      })
    await box.focus()
    await ime.send('Input.imeSetComposition', { text: 'nin hao', selectionStart: 7, selectionEnd: 7 })
    await pressCtrlEnter(13)
    await ime.send('Input.insertText', { text: '您好 ' })
    await pressCtrlEnter(229) // as Safari ends a choice
    expect(await box.inputValue()).toBe('您好 ')
    expect(await desk.locator('#toast').count()).toBe(0)

    await box.pressSequentially('/主办')
    await desk.locator('#snippets [role=option]').first().waitFor()
    await box.press('Enter')
    await expect.poll(() => box.inputValue()).toMatch(/^您好 [^/]{5,}$/)
    await box.pressSequentially(' /4.1')
    await desk.locator('#snippets [role=option]:has(em)').first().dispatchEvent('pointerdown')
    await desk.locator('.attached img').first().waitFor()
    const text = await box.inputValue()
    const before = (await venue.sent()).length
    await pressCtrlEnter(13)
    await desk.locator('.toast-undo').click()
    await expect.poll(() => box.inputValue()).toBe(text)
    await desk.locator('.attached img').first().waitFor()
    await desk.waitForTimeout(UNDO_MS + 1_000)
    expect((await venue.sent()).length).toBe(before)
    await desk.locator('#ticket-send').click()
    await expect.poll(async () => (await venue.sent()).slice(before).at(-1)).toBe(PICTURE)
    const [words = '', ...pictures] = (await venue.sent()).slice(before)
    expect(words).toMatch(/您好 [^/]{5,}—— 陈工（工单 1）/)
    expect(new Set(pictures)).toEqual(new Set([PICTURE]))
    await desk.locator('[data-ticket="1"][data-status=claimed]', { hasText: '陈工 · 我' }).waitFor()
    await close(desk)
  })

  it('tells the slower of two that somebody was faster, loses none of their words, and shows what closes a ticket', async () => {
    await venue.say('li', '转人工，我的域名备案过不了')
    await venue.heard(/工单 2/)
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
    await xu.locator('[data-verb=resolve]').click()
    await xu.locator('#resolve-go').click()
    await xu.locator('dialog [role=alert]', { hasText: '没有说明，直接结？' }).waitFor()
    await xu.locator('#resolve-text').fill('域名已换成公司备案')
    await xu.locator('#resolve-preview', { hasText: '工单 2 已处理：域名已换成公司备案' }).waitFor()
    await xu.locator('#resolve-go').click()
    await venue.heard(/工单 2 已处理：域名已换成公司备案/)
    await venue.say('li', '解决了')
    await xu.locator('[data-ticket-open="2"][data-status=closed]').waitFor()
    await chen.unrouteAll()
    await close(chen, xu)
  })

  it('teaches by the keyboard alone: what will change is said before, one golden question more, and back', async () => {
    await venue.say('li', UNKNOWN)
    const talks = await watched({ view: `/talks?q=${encodeURIComponent('蓝胖子')}`, as: '徐经理' })
    await talks.locator('.talk-row', { hasText: UNKNOWN }).first().waitFor()
    const walkTo = async (selector: string): Promise<void> => {
      for (let steps = 0; steps < 80; steps++) {
        if (await talks.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return
        await talks.keyboard.press('Tab')
      }
      throw new Error(`the keyboard never reaches ${selector}`)
    }
    await talks.keyboard.press('j')
    await talks.locator('[data-verdict=human]').waitFor()
    await walkTo('[data-verdict=human]')
    await talks.keyboard.press('Enter')
    const before = talks.locator('#teach-changes')
    await before.filter({ hasText: /会变 [1-9]\d* 条.*必答题 \d+\/\d+ 不变/ }).waitFor({ timeout: 15_000 })
    await talks.locator('.teach li', { hasText: UNKNOWN }).first().waitFor()
    const tried = async () => (await write(talks, '/api/try', { text: UNKNOWN })).text
    const triedBefore = await tried()
    const [, next] = /第 (\d+) 道/.exec(await talks.locator('.teach .check').innerText()) ?? []
    await walkTo('#teach-go')
    await talks.keyboard.press('Enter')
    await talks.locator('[data-teach=taught]').waitFor({ timeout: RELEASE_MS })
    expect(await readFile(venue.authored('intents/golden.yaml'), 'utf8')).toContain(UNKNOWN)
    const golden = JSON.parse((await read(talks, '/api/golden')).text) as { questions: readonly unknown[] }
    expect(golden.questions).toHaveLength(Number(next))
    await venue.say('li', UNKNOWN)
    await venue.heard(/工单 3/)
    expect(await tried()).not.toBe(triedBefore)
    await walkTo('#teach-undo')
    await talks.keyboard.press('Enter')
    await talks.locator('#toast', { hasText: '收回了' }).waitFor({ timeout: RELEASE_MS })
    await expect.poll(() => readFile(venue.authored('intents/golden.yaml'), 'utf8')).not.toContain(UNKNOWN)
    expect(await tried()).toBe(triedBefore)
    await close(talks)
  })

  it('makes a short answer of what was not known, and lists no more what is ignored', async () => {
    const question = '小程序能不能连打印机出小票'
    // Whose ticket is open is a person's, not the bot's.
    for (const who of ['wang', 'li'] as const) await venue.say(who, '不用了')
    for (const closed of [/工单 1 已撤销/, /工单 3 已撤销/]) await venue.heard(closed)
    await venue.say('wang', question)
    const learn = await watched({ view: '/learn', as: '徐经理' })
    const entry = learn.locator('[data-entry]', { hasText: '打印机出小票' })
    await entry.waitFor({ timeout: 20_000 })
    await entry.click()
    await learn.locator('#write-answer').click()
    await learn.locator('#answer-lines').fill('能，小票打印机在后台的设置里连。')
    await learn.locator('#answer-teach').click()
    await learn.locator('#toast[data-ok=true]').waitFor({ timeout: RELEASE_MS })
    await expect.poll(() => entry.count()).toBe(0)
    await venue.say('li', question)
    await venue.heard(/小票打印机在后台的设置里连/)
    const ignored = learn.locator('[data-entry]', { hasText: 'UGC说明里的场景怎么勾' })
    await ignored.click()
    await learn.locator('#ignore').click()
    await expect.poll(() => ignored.count()).toBe(0)
    await venue.say('wang', '转人工，UGC说明里的场景怎么勾')
    await venue.heard(/工单 4/)
    await learn.waitForTimeout(1_000)
    await learn.reload()
    await learn.locator('[data-entry]').first().waitFor()
    expect(await ignored.count()).toBe(0)
    await close(learn)
  })

  it('puts a slip right by a click, and shows as customers get it what it then releases', async () => {
    const editor = await watched({ view: '/knowledge/1.1', as: '徐经理' })
    const box = editor.locator('#markdown')
    await expect.poll(() => written(editor)).toContain('1.1')
    const before = await written(editor)
    await box.fill(`${before.trimEnd()}\n\n:::info[需要的图]\n- 备案查询结果页\n:::\n`)
    // What is wrong stands right below its line, and the lines below give way, where they are seen and where they are typed.
    const note = editor.locator('.editor-line:has-text("需要的图") + .line-note', { hasText: /第 \d+ 行/ })
    await note.waitFor()
    const [noted, typedBelow] = [await note.boundingBox(), await lineTyped(editor, '- 备案查询结果页')]
    expect(typedBelow.top).toBeGreaterThanOrEqual(noted!.y + noted!.height - 1)
    const drawnBelow = await editor.locator('.editor-line', { hasText: '- 备案查询结果页' }).boundingBox()
    expect(Math.abs(typedBelow.top - drawnBelow!.y)).toBeLessThan(8)
    const fix = note.locator('[data-fix]', { hasText: '改成“需要的截图”' })
    await fix.click()
    await expect.poll(() => written(editor)).toContain('[需要的截图]')
    await box.press('Control+z')
    await expect.poll(() => written(editor)).toContain('[需要的图]')
    await fix.click()
    await editor.locator('#draft-state', { hasText: '自动存' }).waitFor()
    await expect.poll(() => editor.locator('.line-note').count()).toBe(0)
    // Looked at without being asked, as soon as the author rests.
    const bar = editor.locator('#release-bar')
    await bar.locator('.exam', { hasText: /必答题 (\d+)\/\1.*留出题/s }).waitFor({ timeout: RELEASE_MS })
    await bar.locator('.replay-sum', { hasText: '条真实消息重放' }).waitFor()
    await editor.locator('#only-changes').click()
    await editor.locator('#difference .line-new', { hasText: '备案查询结果页' }).waitFor()
    await editor.locator('#only-changes').click()
    await editor.locator('#preview', { hasText: '备案查询结果页' }).waitFor()
    const preview = (await editor.locator('#preview .bubble').allInnerTexts()).join('\n')
    await editor.locator('#release').click()
    await editor.locator('dialog #replay').waitFor({ timeout: RELEASE_MS })
    await editor.locator('dialog .differences .line-new', { hasText: '备案查询结果页' }).waitFor()
    await editor.locator('#release-go').click()
    await editor.locator('#toast[data-ok=true]', { hasText: /已采用发布/ }).waitFor({ timeout: RELEASE_MS })
    const env = {
      ...process.env,
      ...{ GUOSHEN_KNOWLEDGE_DIR: venue.authored('knowledge'), GUOSHEN_INTENTS_DIR: venue.authored('intents') },
    }
    const asked = execFileSync(process.execPath, ['dist/cli/ask.js', '1.1'], { cwd: ROOT, env, encoding: 'utf8' })
    const [said = ''] = asked.replace('@提问者 ', '').split('────')
    expect(linesOf(said)).toEqual(linesOf(preview))
    await editor.locator('#history').click()
    await editor.locator('.versions .line-new', { hasText: '备案查询结果页' }).waitFor()
    await editor.locator('.versions [data-version] button[data-act=take]').waitFor()
    await editor.keyboard.press('Escape')
    await close(editor)
  })

  it('releases nothing that loses a golden question unless insisted on, and goes back', async () => {
    const editor = await watched({ view: `/knowledge/${encodeURIComponent('answer:s5-no-speedup')}`, as: '徐经理' })
    await editor.locator('#remove-answer').click()
    await editor.locator('#draft-state', { hasText: '自动存' }).waitFor()
    await editor.locator('#release').click()
    await editor.locator('#findings [role=alert]', { hasText: '必答题少对' }).waitFor({ timeout: RELEASE_MS })
    await editor.locator('#release-go').click()
    await editor.locator('#release-refused', { hasText: '必答题少对' }).waitFor({ timeout: RELEASE_MS })
    expect(await readFile(venue.authored('knowledge/answers/guide-5.md'), 'utf8')).toContain('s5-no-speedup')
    await editor.locator('#force-word').fill('强制')
    await editor.locator('#release-force').click()
    await editor.locator('#toast[data-ok=true]', { hasText: /已采用发布/ }).waitFor({ timeout: RELEASE_MS })
    expect(await readFile(venue.authored('knowledge/answers/guide-5.md'), 'utf8')).not.toContain('s5-no-speedup')
    await editor.locator('#releases').click()
    const last = editor.locator('[data-release]').nth(1)
    await last.locator('[data-act=compare]').click()
    await editor.locator('.compared .line-old', { hasText: 's5-no-speedup' }).waitFor()
    await last.locator('[data-act=use]').click()
    await editor.locator('#toast[data-ok=true]', { hasText: /已回到发布/ }).waitFor({ timeout: RELEASE_MS })
    await close(editor)
  })

  it('loses nothing to a changed file, to a second writer, and to a kill in the middle of a sentence', async () => {
    const editor = await watched({ view: '/knowledge/4.2', as: '徐经理' })
    const box = editor.locator('#markdown')
    await expect.poll(() => written(editor)).toContain('4.2')
    const text = await written(editor)
    const guide = venue.authored('knowledge/fasttest.md')
    await writeFile(guide, (await readFile(guide, 'utf8')).replace('没有硬性要求', '没有硬性规定'))
    await box.fill(`${text.trimEnd()}\n\n徐经理加的一行。\n`)
    await editor.locator('#conflict pre', { hasText: '没有硬性规定' }).waitFor()
    expect(await written(editor)).toContain('徐经理加的一行')
    await editor.locator('#keep-theirs').click()
    await expect.poll(() => editor.locator('#conflict').count()).toBe(0)
    await box.fill(`${(await written(editor)).trimEnd()}\n\n徐经理加的一行。\n`)
    await editor.locator('#draft-state', { hasText: '自动存' }).waitFor()

    const other = await watched({ view: '/knowledge/4.2', as: '陈工' })
    await expect.poll(() => written(other)).toContain('徐经理加的一行')
    const shared = await written(other)
    await other.locator('#markdown').fill(`${shared}\n陈工加的一行。\n`)
    await other.locator('#draft-state', { hasText: '自动存' }).waitFor()
    await box.fill(`${shared}\n徐经理再加一行。\n`)
    await editor.locator('#conflict pre', { hasText: '陈工加的一行' }).waitFor()
    await editor.locator('#keep-mine').click()
    await expect.poll(() => editor.locator('#conflict').count()).toBe(0)
    await close(other)

    await box.fill(`${await written(editor)}\n被掐断的半句`)
    await venue.kill()
    await editor.reload()
    await expect.poll(() => written(editor), { timeout: 30_000 }).toContain('被掐断的半句')
    await editor.locator('#drop-draft').click()
    await expect.poll(() => written(editor)).not.toContain('被掐断的半句')
    await close(editor)
  })

  it('goes on over a cut wire and a restart, without a gap or a double, and colleagues are still in', async () => {
    const { page: staff, context } = await enter('chen', { viewport: { width: 1280, height: 800 } })
    await staff.locator('#enter-button').click()
    await staff.locator('.ticket-list').waitFor()
    await staff.evaluate(() => {
      location.hash = '/talks'
    })
    await staff.locator('.talk-row').first().waitFor()
    venue.wire.cut()
    await staff.locator('#offline', { hasText: '连接断开了' }).waitFor()
    await venue.say('li', '断线的时候说的话，看得到吗')
    venue.wire.mend()
    await staff.locator('#offline').waitFor({ state: 'detached', timeout: 30_000 })
    const row = (words: string) => staff.locator('.talk-row', { hasText: words })
    await row('断线的时候').first().waitFor()
    await expect.poll(kept).toContain('断线的时候') // a kill may take what is younger
    await venue.kill()
    await staff.locator('#offline').waitFor({ state: 'detached', timeout: 60_000 })
    await venue.say('li', '重启以后说的话，看得到吗')
    await row('重启以后').first().waitFor({ timeout: 30_000 })
    for (const words of ['断线的时候', '重启以后']) expect(await row(words).count()).toBe(1)
    await staff.reload()
    await staff.locator('.talk-row').first().waitFor()

    // Colleagues judge, admins teach: what one of them hands on waits in the other's 今天.
    await row('重启以后').first().click()
    await staff.locator('[data-verdict=silence]').click()
    await staff.locator('#hand-on').click()
    await staff.locator('#toast[data-ok=true]', { hasText: '交给管理员了' }).waitFor()
    const admin = await watched({ view: '/today' })
    await admin.locator('#todo [data-todo=handed]', { hasText: '陈工 交来 1 条' }).locator('a').click()
    await admin.locator('.talk-row', { hasText: '重启以后' }).click()
    await admin.locator('#not-taught').click()
    await expect.poll(() => admin.locator('.talk-row .chip', { hasText: '交来' }).count()).toBe(0)
    await close(admin)
    await staff.keyboard.press('Escape')

    // More windows than a browser opens connections to one host: they share one stream.
    const windows = [staff, ...(await Promise.all(Array.from({ length: 7 }, () => context.newPage())))]
    const streams = new Set<Page>([staff])
    for (const page of windows.slice(1)) {
      page.on('request', (request) => void (request.url().includes('/api/events') && streams.add(page)))
      await page.goto(`${venue.url}/#/talks`)
      await page.locator('.talk-row').first().waitFor()
    }
    await venue.say('li', '八个窗口都看得到吗')
    await Promise.all(windows.map((page) => page.locator('.talk-row', { hasText: '八个窗口' }).first().waitFor()))
    expect(streams.size).toBe(1)
    await close(staff)
  })

  it('shows the boss numbers only, and idle talk for two hours', async () => {
    const operator = await watched({ view: '/people' })
    const handed = await write(operator, '/api/links', { name: '赵总', role: 'boss' })
    const context = await browser.newContext(PHONE)
    await venue.clock.rule(context)
    const boss = await context.newPage()
    watch(boss, 'boss')
    await boss.goto(`${venue.url}${(JSON.parse(handed.text) as { path: string }).path}`)
    await boss.locator('#enter-button').tap()
    await boss.locator('#sums').waitFor()
    await isHeldTo('boss', boss)
    for (const url of ['/api/today', '/api/figures', '/api/figures.csv', '/api/status'])
      expect((await read(boss, url)).text, url).not.toMatch(/王老板|小李|怎么勾|蓝胖子|售后服务群/)
    await close(boss)

    const idle = '楼下那家面馆今天开不开门'
    await venue.say('li', idle, false)
    const words = async (): Promise<readonly (string | null)[]> => {
      const { items } = JSON.parse((await read(operator, '/api/talks?flag=silent')).text) as {
        items: readonly { text: string | null; isChatter: boolean }[]
      }
      return items.filter(({ isChatter }) => isChatter).map(({ text }) => text)
    }
    await expect.poll(words).toContain(idle)
    const saidMs = venue.clock.now()
    await venue.setClock(saidMs + 119 * MINUTE_MS)
    expect(await words()).toContain(idle)
    await venue.setClock(saidMs + 120 * MINUTE_MS)
    expect((await words()).length).toBeGreaterThan(0)
    expect((await words()).every((text) => text === null)).toBe(true)
    await operator.evaluate(() => {
      location.hash = '/talks?flag=silent'
    })
    await operator
      .locator('.talk-row[data-kind=silent]', { hasText: '闲聊和同事的话，原文只留 2 小时' })
      .first()
      .waitFor()
    await close(operator)
  })

  it('forgets whoever wants to be forgotten', async () => {
    const operator = await watched({ view: '/talks' })
    expect(await kept()).toMatch(/打印机/)
    const { items } = JSON.parse((await read(operator, '/api/talks?limit=500')).text) as {
      items: readonly { who: { key: string; name: string } }[]
    }
    for (const name of ['王老板', '小李']) {
      const who = items.find((talk) => talk.who.name === name)!.who.key
      expect((await write(operator, '/api/tickets/forget', { who, sure: true })).status).toBe(200)
      expect(await kept()).not.toContain(`"key":"${who}"`)
    }
    expect(await kept()).not.toMatch(/打印机|UGC说明|类目|备案|蓝胖子|看得到吗/)
    await close(operator)
  })

  it('complains of nothing on the way', () => {
    expect(complaints).toEqual([])
  })
})
