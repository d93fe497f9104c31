import path from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { BotProcess } from './fake-weixin/bot-process.js'
import type { MovableClock } from './movable-clock.js'

const ROOT = path.join(import.meta.dirname, '../..')
const START_MS = 90_000

const run = (command: string, args: readonly string[], folder: string, env: NodeJS.ProcessEnv): BotProcess =>
  new BotProcess({
    ...{ command, args, cwd: ROOT },
    env: { ...process.env, GUOSHEN_DATA_DIR: path.join(folder, 'data'), GUOSHEN_WEB_PORT: '0', ...env },
  }).start()

/** A command of this project on the data folder of a bot. */
export const npm = (args: readonly string[], folder: string, env: NodeJS.ProcessEnv = {}): BotProcess =>
  run('npm', args, folder, env)

/** The program on a data folder of its own and any free port, see `build-program.ts`. */
export const startProgram = (folder: string, env: NodeJS.ProcessEnv = {}): BotProcess =>
  run(process.execPath, ['dist/main.js'], folder, env)

/** The bot behind the page, once it has told its address. */
export async function startOnPage(
  folder: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ readonly bot: BotProcess; readonly url: string }> {
  const bot = startProgram(folder, env)
  const [url] = await bot.waitOutput(/http:\/\/127\.0\.0\.1:\d+/, START_MS)
  return { bot, url }
}

/** A window of one person, in one conversation, ready to be written in. */
export async function openWindow(
  browser: Browser,
  url: string,
  { person, conversation }: { readonly person: string; readonly conversation: string },
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(`${url}/?as=${person}#/sim/${encodeURIComponent(conversation)}`)
  await page.locator('body.talking').waitFor()
  return page
}

/** A window of whoever has the machine, at one view: `/tickets/1`, `/machine`. @param as who they say they are */
export async function openConsole(
  browser: Browser,
  url: string,
  {
    view,
    as = '',
    width = 1280,
    dark = false,
    token,
    clock,
  }: {
    view: string
    as?: string
    width?: number
    dark?: boolean
    token?: string
    clock?: Pick<MovableClock, 'rule'>
  },
): Promise<Page> {
  const phone = width < 500
  const context = await browser.newContext({
    viewport: { width, height: phone ? 844 : 800 },
    colorScheme: dark ? 'dark' : 'light',
    hasTouch: phone,
    ...(token && { extraHTTPHeaders: { authorization: `Bearer ${token}` } }),
  })
  await context.addInitScript((name) => localStorage.setItem('guoshen:me', name), as)
  await clock?.rule(context)
  const page = await context.newPage()
  await page.goto(`${url}/#${view}`)
  await page.locator('.top h1, [data-detail]').first().waitFor()
  return page
}

/** Sends a text, and sees it arrive. */
export async function say(page: Page, text: string): Promise<void> {
  await page.locator('#text').fill(text)
  await page.locator('#send').click()
  const shown = text.replace(/^@\S+\s?/, '')
  await page.locator('li.row.mine .bubble', { hasText: shown }).last().waitFor()
}

/** The bot's bubbles with these words. */
export const botSays = (page: Page, text: string | RegExp): Locator =>
  page.locator('li.row.theirs[data-from=bot] .bubble', { hasText: text })
