import { join } from 'node:path'
import { Asker } from '../../src/cli/asker.js'
import { readConfig } from '../../src/config.js'

const SESSIONS = 200

/** The bot of `npm run ask`, which remembers what it was asked: what one message leaves behind, the next one meets. */
export async function wholeBot(dataDir: string): Promise<(text: string) => Promise<void>> {
  const asker = new Asker()
  await asker.start(
    readConfig({ GUOSHEN_CONFIG: '', GUOSHEN_DATA_DIR: dataDir, GUOSHEN_CACHE_DIR: join(dataDir, 'cache') }),
  )
  let count = 0
  return async (text) => {
    count++
    const { trace, sent } = await asker.ask({
      id: count,
      text,
      mentioned: count % 2 === 0,
      session: String(count % SESSIONS),
      speaker: text.slice(0, 20),
      role: 'customer',
      ...(count % 5 === 0 && { quote: { speaker: '过审小助手', text: text.slice(0, 50) } }),
    })
    if (trace.reason === 'failed') throw new Error('the handler failed')
    const tooLong = sent.some((bubble) => bubble.kind === 'text' && bubble.text.length > 500)
    if (tooLong) throw new Error('a bubble is too long')
  }
}
