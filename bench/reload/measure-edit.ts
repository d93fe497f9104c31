import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Running, readRunning } from '../../src/cli/running-bot.js'
import { PROJECT_ROOT } from '../../src/config.js'
import { BotProcess } from '../../test/support/fake-weixin/bot-process.js'

export interface EditResult {
  /** From the file on disk to a reply in the new words, in ms: right after a start, then edit after edit. */
  readonly firstMs: number
  readonly nextMs: readonly number[]
}

/** One that is asked in words of its author's own for each edit; nobody is told the same twice. */
const ANSWERS = ['s11-which-category', 's11-which-subcategory', 's11-scope', 's11-other-category'] as const
const FILE = join('knowledge', 'answers', 'guide-1.1.md')
/** The very first start of the program trains it. */
const START_MS = 120_000
const REPLY_MS = 60_000
const LOOK_EVERY_MS = 10
const CUSTOMER = /customer/

/**
 * Edits short answers of a running program, the one that `npm start` runs with its page, as an author does in an editor
 * while `releases.watch` is on, and asks for them.
 *
 * @throws Error when an edit is not answered from
 */
export async function measureEdits(): Promise<EditResult> {
  const folder = mkdtempSync(join(tmpdir(), 'guoshen-edits-'))
  for (const name of ['knowledge', 'intents']) cpSync(join(PROJECT_ROOT, name), join(folder, name), { recursive: true })
  writeFileSync(join(folder, 'guoshen.yaml'), 'releases: { watch: true }\n')
  const env = {
    ...process.env,
    GUOSHEN_CONFIG: join(folder, 'guoshen.yaml'),
    GUOSHEN_DATA_DIR: join(folder, 'data'),
    GUOSHEN_KNOWLEDGE_DIR: join(folder, 'knowledge'),
    GUOSHEN_INTENTS_DIR: join(folder, 'intents'),
    GUOSHEN_WEB_PORT: '0',
  }
  const args = [join(PROJECT_ROOT, 'scripts/start.mjs'), '--puppet', 'simulator']
  const program = new BotProcess({ command: process.execPath, args, cwd: folder, env }).start()
  try {
    await program.waitOutput(/过审小助手已启动/, START_MS)
    const page = new Page(readRunning(join(folder, 'data'))!)
    const [firstMs = Number.NaN, ...nextMs] = await editEach(page, join(folder, FILE))
    return { firstMs, nextMs }
  } finally {
    await program.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function editEach(page: Page, path: string): Promise<readonly number[]> {
  const tookMs: number[] = []
  for (const [index, id] of ANSWERS.entries()) {
    const { text, asked } = edited(readFileSync(path, 'utf8'), id, `改过${index + 1}遍了。`)
    const before = await page.knowledge()
    const startedMs = performance.now()
    writeFileSync(path, text)
    while ((await page.knowledge()) === before) await late(startedMs)
    const reply = await page.ask(asked, startedMs)
    if (!reply.includes(`改过${index + 1}遍了。`)) throw new Error(`“${asked}” was answered by: ${reply}`)
    tookMs.push(performance.now() - startedMs)
  }
  return tookMs
}

/** The file with new words for one answer, and how its author has people ask for it. */
function edited(text: string, id: string, words: string): { readonly text: string; readonly asked: string } {
  const block = text.split(/^(?=## )/m).find((one) => one.includes(`编号：${id}\n`))
  const asked = /^问：(.+?)(?: \/ |$)/m.exec(block ?? '')?.[1]
  if (block === undefined || asked === undefined) throw new Error(`no answer ${id}`)
  return { text: text.replace(block, block.replace(/^答：.*$/m, `答：${words}`)), asked }
}

async function late(sinceMs: number): Promise<void> {
  if (performance.now() - sinceMs > REPLY_MS) throw new Error('the edit was not taken')
  await sleep(LOOK_EVERY_MS)
}

interface Said {
  readonly fromId: string
  readonly text: string
}

/** The simulated WeChat of a running program, in a chat of two. */
class Page {
  readonly #running: Running
  #read = 0

  constructor(running: Running) {
    this.#running = running
  }

  /** Version of what it answers from. */
  async knowledge(): Promise<unknown> {
    return (await this.#call<{ readonly knowledgeVersion: unknown }>('/api/status')).knowledgeVersion
  }

  async ask(text: string, sinceMs: number): Promise<string> {
    const { people } = await this.#call<{ people: readonly { id: string; part: string }[] }>('/api/simulator/people')
    const as = people.find(({ part }) => CUSTOMER.test(part))!.id
    const conversation = `direct:${as}`
    await this.#call('/api/simulator/messages', { as, conversation, text })
    for (;;) {
      const { messages } = await this.#call<{ readonly messages: readonly Said[] }>(
        `/api/simulator/messages?${new URLSearchParams({ as, conversation })}`,
      )
      const replies = messages.slice(this.#read).filter(({ fromId }) => fromId !== as)
      if (replies.length > 0) {
        this.#read = messages.length
        return replies.map((reply) => reply.text).join('\n')
      }
      await late(sinceMs)
    }
  }

  async #call<Answer>(path: string, content?: object): Promise<Answer> {
    const { url, key } = this.#running
    const response = await fetch(new URL(path, url), {
      method: content ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      ...(content && { body: JSON.stringify(content) }),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Answer
  }
}
