import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBrowser } from '../test/support/browser.js'
import { BotProcess } from '../test/support/fake-weixin/bot-process.js'

/** Takes the READMEs' pictures: two customers in the simulator, a ticket being answered, and the same on a phone. */
const dataDir = await mkdtemp(join(tmpdir(), 'guoshen-screenshot-'))
const bot = new BotProcess({
  command: 'npm',
  args: ['start'],
  cwd: join(import.meta.dirname, '..'),
  env: { ...process.env, GUOSHEN_DATA_DIR: dataDir, GUOSHEN_WEB_PORT: '0' },
}).start()
const url = (await bot.waitOutput(/http:\/\/127\.0\.0\.1:\d+/, 60_000))![0]
const browser = await openBrowser()
const page = await browser.newPage({ viewport: { width: 1280, height: 960 } })

async function say(person: string, text: string): Promise<void> {
  await page.goto(`${url}/?as=${person}#/sim/room-xiangtian`)
  await page.locator('body.talking').waitFor()
  await page.locator('#text').fill(text)
  await page.locator('#send').click()
  await page.locator('li.row.mine').last().locator('[data-badge]').first().waitFor()
}

await say('li', '中午吃什么，楼下那家面馆还开着吗')
await say('wang', '@过审小助手 提审的时候弹出UGC说明要怎么填')
await page.locator('li.row[data-kind=picture] img').first().waitFor()
await page.locator('li.row.mine').last().locator('[data-action=why]').first().click()
await page.waitForTimeout(800)
const picture = (name: string): string => join(import.meta.dirname, '../docs/images', name)
await page.screenshot({ path: picture('page.png') })
await say('wang', '@过审小助手 转人工，包的页面打不开')
const desk = await browser.newContext({ viewport: { width: 1280, height: 800 } })
await desk.addInitScript(() => localStorage.setItem('guoshen:me', '陈工'))
const ticket = await desk.newPage()
await ticket.goto(`${url}/#/tickets/1`)
await ticket.locator('#ticket-text').pressSequentially('您好，/打不开')
await ticket.locator('#snippets [role=option]').first().waitFor()
await ticket.screenshot({ path: picture('ticket.png') })
const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 })
const thread = await phone.newPage()
await thread.goto(`${url}/#/tickets/1`)
await thread.locator('#ticket-text').waitFor()
await thread.waitForTimeout(500)
await thread.screenshot({ path: picture('phone.png') })
await browser.close()
await bot.stop()
await rm(dataDir, { recursive: true, force: true })
