import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBrowser } from '../test/support/browser.js'
import { BotProcess } from '../test/support/fake-weixin/bot-process.js'

/** Takes the READMEs' picture of the page: two customers in the group, and why the bot stayed silent. */
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
  await page.goto(`${url}/?as=${person}#room-xiangtian`)
  await page.locator('body.talking').waitFor()
  await page.locator('#text').fill(text)
  await page.locator('#send').click()
  await page.locator('li.row.mine').last().locator('[data-badge]').first().waitFor()
}

await say('li', '中午吃什么，楼下那家面馆还开着吗')
await say('wang', '@过审小助手 提审在哪里点')
await page.locator('li.row[data-kind=picture] img').first().waitFor()
await page.locator('li.row.mine').last().locator('[data-action=why]').first().click()
await page.waitForTimeout(800)
await page.screenshot({ path: join(import.meta.dirname, '../docs/images/page.png') })
await browser.close()
await bot.stop()
await rm(dataDir, { recursive: true, force: true })
