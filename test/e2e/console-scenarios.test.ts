import { execFileSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.js'
import { SimulatedVenue, TOKEN, type Venue, WechatVenue } from '../support/console-venue.js'
import { openConsole } from '../support/on-the-page.js'

const ROOT = path.join(import.meta.dirname, '../..')
/** Trains, examines and replays. */
const RELEASE_MS = 100_000
const UNKNOWN = '蓝胖子那个小框框到底放啥'

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
    const page = await openConsole(browser, venue.url, { ...options, token: TOKEN })
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
  }

  const read = (page: Page, url: string) =>
    page.evaluate(
      (address) => fetch(address).then(async (answer) => ({ status: answer.status, text: await answer.text() })),
      url,
    )
  const write = (page: Page, url: string, body: object) =>
    page.evaluate(
      ([address, content]) =>
        fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: content }).then(
          ({ status }) => status,
        ),
      [url, JSON.stringify(body)] as const,
    )

  it('shows who waits where the operator looks first, and in the list with the promise', async () => {
    const today = await watched({ view: '/today' })
    await venue.say('wang', '转人工，UGC说明里的场景怎么勾')
    await venue.heard(/工单 1/)
    await today.locator('#todo [data-todo=open], #todo [data-todo=late]').waitFor()
    await today.locator('.rail-item[data-view=tickets] .rail-count[data-level=must]', { hasText: '1' }).waitFor()
    await today.locator('#todo a').first().click()
    await today.locator('[data-ticket="1"] .meter').waitFor()
    await today.close()
  })

  it('lets a colleague in by a link, once, no further than colleagues go, and no longer than it is wanted', async () => {
    const words = await venue.colleagueAsks('网页', /bot\.example\.com/)
    const link = /https:\/\/bot\.example\.com(\/#\/enter\/[\w-]+)/.exec(words)![1]!
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true })
    const phone = await context.newPage()
    watch(phone, 'phone')
    for (let times = 0; times < 2; times++) {
      await phone.goto(`${venue.url}${link}`)
      await phone.reload()
      await phone.locator('h1', { hasText: '您是陈工吗？' }).waitFor()
    }
    await phone.locator('#enter-button').tap()
    await phone.locator('.ticket-row').first().waitFor()
    expect(await write(phone, '/api/releases', { force: true })).toBe(403)
    expect((await read(phone, '/api/claims')).status).toBe(403)
    const again = await context.newPage()
    await again.goto(`${venue.url}${link}`)
    await again.locator('#problem', { hasText: '用过了' }).waitFor()
    await again.close()

    // From the notice to an answer with a picture: 知识里的话, the piece with a picture, 接单并发送.
    const pictures = await venue.pictureCount()
    await phone.goto(`${venue.url}/#/tickets/1`)
    let taps = 1 // on the link itself
    const tap = async (selector: string): Promise<void> => {
      taps++
      await phone.locator(selector).first().tap()
    }
    await tap('#open-knowledge')
    await tap('#snippets [role=option]:has(em)')
    await phone.locator('.attached img').first().waitFor()
    await tap('#ticket-send')
    expect(taps).toBeLessThanOrEqual(4)
    await venue.heard(/—— 陈工（工单 1）/)
    await expect.poll(venue.pictureCount).toBeGreaterThan(pictures)
    expect(await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)

    const people = await watched({ view: '/people' })
    const session = people.locator('.lines li', { hasText: '陈工' }).locator('button', { hasText: '退出' })
    await session.click()
    await phone.locator('#login').waitFor({ timeout: 15_000 })
    expect((await read(phone, '/api/tickets')).status).toBe(401)
    await Promise.all([context.close(), people.close()])
  })

  it('flags an answer that a customer calls wrong', async () => {
    await venue.say('li', '提审的时候弹出UGC说明要怎么填')
    await venue.heard(/用户生成内容|包含/)
    await venue.say('li', '不对')
    const talks = await watched({ view: '/talks?flag=wrong' })
    await talks.locator('.talk-row', { hasText: 'UGC说明要怎么填' }).first().waitFor()
    await talks.locator('.filter[data-flag=wrong] b', { hasText: '1' }).waitFor()
    await talks.close()
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
    const [, next] = /第 (\d+) 道/.exec(await talks.locator('.teach .check').innerText()) ?? []
    await walkTo('#teach-go')
    await talks.keyboard.press('Enter')
    await talks.locator('[data-teach=taught]').waitFor({ timeout: RELEASE_MS })
    expect(await readFile(venue.authored('intents/golden.yaml'), 'utf8')).toContain(UNKNOWN)
    const golden = JSON.parse((await read(talks, '/api/golden')).text) as { questions: readonly unknown[] }
    expect(golden.questions).toHaveLength(Number(next))
    await venue.say('li', UNKNOWN)
    await venue.heard(/工单 2/)
    await talks.locator('#teach-undo').click()
    await talks.locator('#toast', { hasText: '收回了' }).waitFor({ timeout: RELEASE_MS })
    await expect.poll(() => readFile(venue.authored('intents/golden.yaml'), 'utf8')).not.toContain(UNKNOWN)
    await talks.close()
  })

  it('makes a short answer of what was not known, and lists no more what is ignored', async () => {
    const question = '小程序能不能接抖音小店卖货'
    // Whose ticket is open is a person's, not the bot's.
    for (const who of ['wang', 'li'] as const) await venue.say(who, '不用了')
    await venue.heard(/工单 2 已撤销/)
    await venue.say('wang', question)
    const learn = await watched({ view: '/learn', as: '徐经理' })
    const entry = learn.locator('[data-entry]', { hasText: '抖音小店' })
    await entry.waitFor({ timeout: 20_000 })
    await entry.click()
    await learn.locator('#write-answer').click()
    await learn.locator('#answer-lines').fill('不能，抖音小店要在抖音里开。')
    await learn.locator('#answer-teach').click()
    await learn.locator('#toast[data-ok=true]').waitFor({ timeout: RELEASE_MS })
    await expect.poll(() => entry.count()).toBe(0)
    await venue.say('li', question)
    await venue.heard(/抖音小店要在抖音里开/)
    const ignored = learn.locator('[data-entry]', { hasText: 'UGC说明里的场景怎么勾' })
    await ignored.click()
    await learn.locator('#ignore').click()
    await expect.poll(() => ignored.count()).toBe(0)
    await venue.say('wang', '转人工，UGC说明里的场景怎么勾')
    await venue.heard(/工单 3/)
    await learn.waitForTimeout(1_000)
    await learn.reload()
    await learn.locator('[data-entry]').first().waitFor()
    expect(await ignored.count()).toBe(0)
    await learn.close()
  })

  it('puts a slip right by a click, and shows as customers get it what it then releases', async () => {
    const editor = await watched({ view: '/knowledge/1.1', as: '徐经理' })
    const box = editor.locator('#markdown')
    await expect.poll(() => box.inputValue()).toContain('1.1')
    const before = await box.inputValue()
    await box.fill(`${before.trimEnd()}\n\n:::info[需要的图]\n- 备案查询结果页\n:::\n`)
    await editor.locator('#problems [data-fix]', { hasText: '改成“需要的截图”' }).click()
    await expect.poll(() => box.inputValue()).toContain('[需要的截图]')
    await editor.locator('#draft-state', { hasText: '自动存' }).waitFor()
    await expect.poll(() => editor.locator('#problems li').count()).toBe(0)
    await editor.locator('#preview', { hasText: '备案查询结果页' }).waitFor()
    const preview = (await editor.locator('#preview .bubble').allInnerTexts()).join('\n')
    await editor.locator('#release').click()
    await editor.locator('#replay').waitFor({ timeout: RELEASE_MS })
    await editor.locator('.differences .line-new', { hasText: '备案查询结果页' }).waitFor()
    await editor.locator('#release-go').click()
    await editor.locator('#toast[data-ok=true]', { hasText: /已采用发布/ }).waitFor({ timeout: RELEASE_MS })
    const env = {
      ...process.env,
      ...{ GUOSHEN_KNOWLEDGE_DIR: venue.authored('knowledge'), GUOSHEN_INTENTS_DIR: venue.authored('intents') },
    }
    const asked = execFileSync(process.execPath, ['dist/cli/ask.js', '1.1'], { cwd: ROOT, env, encoding: 'utf8' })
    for (const line of preview.split('\n').filter(Boolean)) expect(asked).toContain(line)
    await editor.close()
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
    await editor.close()
  })

  it('loses nothing to a changed file, to a second writer, and to a kill in the middle of a sentence', async () => {
    const editor = await watched({ view: '/knowledge/4.2', as: '徐经理' })
    const box = editor.locator('#markdown')
    await expect.poll(() => box.inputValue()).toContain('4.2')
    const text = await box.inputValue()
    const guide = venue.authored('knowledge/fasttest.md')
    await writeFile(guide, (await readFile(guide, 'utf8')).replace('没有硬性要求', '没有硬性规定'))
    await box.fill(`${text.trimEnd()}\n\n徐经理加的一行。\n`)
    await editor.locator('#conflict pre', { hasText: '没有硬性规定' }).waitFor()
    expect(await box.inputValue()).toContain('徐经理加的一行')
    await editor.locator('#keep-theirs').click()
    await expect.poll(() => editor.locator('#conflict').count()).toBe(0)
    await box.fill(`${(await box.inputValue()).trimEnd()}\n\n徐经理加的一行。\n`)
    await editor.locator('#draft-state', { hasText: '自动存' }).waitFor()

    const other = await watched({ view: '/knowledge/4.2', as: '陈工' })
    await expect.poll(() => other.locator('#markdown').inputValue()).toContain('徐经理加的一行')
    const shared = await other.locator('#markdown').inputValue()
    await other.locator('#markdown').fill(`${shared}\n陈工加的一行。\n`)
    await other.locator('#draft-state', { hasText: '自动存' }).waitFor()
    await box.fill(`${shared}\n徐经理再加一行。\n`)
    await editor.locator('#conflict pre', { hasText: '陈工加的一行' }).waitFor()
    await editor.locator('#keep-mine').click()
    await expect.poll(() => editor.locator('#conflict').count()).toBe(0)
    await other.close()

    await box.fill(`${await box.inputValue()}\n被掐断的半句`)
    await venue.kill()
    await editor.reload()
    await expect.poll(() => box.inputValue(), { timeout: 30_000 }).toContain('被掐断的半句')
    await editor.locator('#drop-draft').click()
    await expect.poll(() => box.inputValue()).not.toContain('被掐断的半句')
    await editor.close()
  })

  it('goes on over a cut wire and a restart, and colleagues are still in', async () => {
    const words = await venue.colleagueAsks('网页', /bot\.example\.com/)
    const link = /https:\/\/bot\.example\.com(\/#\/enter\/[\w-]+)/.exec(words)![1]!
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const staff = await context.newPage()
    watch(staff, 'staff')
    await staff.goto(`${venue.url}${link}`)
    await staff.locator('#enter-button').click()
    await staff.locator('.ticket-list').waitFor()
    await staff.evaluate(() => {
      location.hash = '/talks'
    })
    await staff.locator('.talk-row').first().waitFor()
    venue.wire.cut()
    await staff.locator('#offline', { hasText: '连接断开了' }).waitFor()
    venue.wire.mend()
    await staff.locator('#offline').waitFor({ state: 'detached', timeout: 30_000 })
    await venue.kill()
    await staff.locator('#offline').waitFor({ state: 'detached', timeout: 60_000 })
    await venue.say('li', '重启以后说的话，看得到吗')
    const row = staff.locator('.talk-row', { hasText: '重启以后' })
    await row.first().waitFor({ timeout: 30_000 })
    expect(await row.count()).toBe(1)
    await staff.reload()
    await staff.locator('.talk-row').first().waitFor()
    await context.close()
  })

  it('shows the boss numbers only, and forgets whoever wants to be forgotten', async () => {
    const operator = await watched({ view: '/people' })
    const { path: link } = JSON.parse(
      await operator.evaluate(() =>
        fetch('/api/links', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: '赵总', role: 'boss' }),
        }).then((answer) => answer.text()),
      ),
    ) as { path: string }
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true })
    const boss = await context.newPage()
    watch(boss, 'boss')
    await boss.goto(`${venue.url}${link}`)
    await boss.locator('#enter-button').tap()
    await boss.locator('#sums').waitFor()
    for (const url of ['/api/today', '/api/figures', '/api/figures.csv', '/api/status'])
      expect((await read(boss, url)).text, url).not.toMatch(/王老板|小李|怎么勾|蓝胖子|售后服务群/)
    expect((await read(boss, '/api/talks')).status).toBe(403)
    await context.close()
    const kept = async (): Promise<string> => {
      const names = await readdir(venue.data('talks'))
      return (await Promise.all(names.map((name) => readFile(venue.data('talks', name), 'utf8')))).join('')
    }
    await expect.poll(kept).toContain('抖音小店')
    const talks = JSON.parse((await read(operator, '/api/talks?limit=500')).text) as {
      items: readonly { who: { key: string; name: string } }[]
    }
    for (const name of ['王老板', '小李']) {
      const who = talks.items.find((talk) => talk.who.name === name)!.who.key
      expect(await write(operator, '/api/tickets/forget', { who, sure: true })).toBe(200)
    }
    await expect.poll(kept).not.toMatch(/抖音小店|UGC说明/)
    await operator.close()
  })

  it('complains of nothing on the way', () => {
    expect(complaints).toEqual([])
  })
})
