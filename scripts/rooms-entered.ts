import { Session } from 'node:inspector/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Asker, type AskLine } from '../src/cli/asker.js'
import { PROJECT_ROOT, readConfig } from '../src/config.js'

/**
 * Counts the files of `src` and the functions in them that one more message enters, as V8 sees it, after the bot has
 * answered some already. The command line itself does not count.
 */

const WARM_UP: readonly string[] = ['类目怎么选', '审核一共要多久', '下午打球吗', '谢谢', '被驳回了怎么办']
const MESSAGES: readonly (readonly [name: string, text: string, mentioned: boolean])[] = [
  ['one more question', 'UGC说明怎么填', true],
  ['one more question, overheard', '审核一共要多久', false],
  ['one more idle remark', '下午打球吗', false],
]
const NOW = '2026-11-26T10:00:00+08:00'
const ASKER_FILE = 'src/cli/'

const asker = new Asker()
await asker.start(readConfig(process.env))
let count = 0
const say = (text: string, mentioned: boolean) => {
  const line: AskLine = { id: ++count, text, mentioned, role: 'customer', now: NOW, speaker: '甲' }
  return asker.ask(line)
}
for (const text of WARM_UP) for (const mentioned of [true, false]) await say(text, mentioned)
for (const [, text, mentioned] of MESSAGES) await say(text, mentioned)

const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
for (const [name, text, mentioned] of MESSAGES) {
  await session.post('Profiler.takePreciseCoverage') // resets the counts
  const { trace } = await say(text, mentioned)
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const entered = result.flatMap(({ url, functions }) => {
    const path = url.startsWith('file:') ? relative(PROJECT_ROOT, fileURLToPath(url)) : ''
    if (!path.startsWith('src/') || path.startsWith(ASKER_FILE)) return []
    const called = functions.filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0).length
    return called === 0 ? [] : [{ path, called }]
  })
  const functions = entered.reduce((sum, { called }) => sum + called, 0)
  console.log(`${name} (${trace.kind}, ${trace.policy}): ${entered.length} files, ${functions} functions`)
  for (const { path, called } of entered.sort((a, b) => a.path.localeCompare(b.path))) {
    console.log(`  ${path} ${called}`)
  }
}
