import type { Config } from '../config.js'
import { type Conversation, isMetAsExpected, type Turn } from '../evaluate/read-conversations.js'
import { Asker } from './asker.js'

/** A turn that was met in another way than expected. */
export interface MissedTurn {
  readonly title: string
  readonly turn: Turn
  readonly met: string
}

const MINUTE_MS = 60_000

/** Has every conversation with the whole bot, each in a group of its own. */
export async function talkThrough(
  conversations: readonly Conversation[],
  config: Config,
): Promise<{ readonly turns: number; readonly missed: readonly MissedTurn[] }> {
  const asker = new Asker()
  await asker.start(config)
  const missed: MissedTurn[] = []
  let turns = 0
  for (const [index, { title, turns: said }] of conversations.entries()) {
    let nowMs = Date.now()
    for (const turn of said) {
      turns++
      nowMs += turn.after * MINUTE_MS
      const { trace } = await asker.ask({
        ...{ id: turns, text: turn.says, mentioned: turn.asked, role: 'customer', speaker: turn.who },
        ...{ session: `talk-${index}`, now: new Date(nowMs).toISOString() },
      })
      if (!isMetAsExpected(turn, trace))
        missed.push({ title, turn, met: [trace.kind, trace.reason, ...trace.sections].join(' ') })
    }
  }
  return { turns, missed }
}

/** What came of it, for authors. In Chinese. */
export function renderTalks({
  turns,
  missed,
}: {
  readonly turns: number
  readonly missed: readonly MissedTurn[]
}): string {
  const right = ((1 - missed.length / Math.max(1, turns)) * 100).toFixed(1)
  return [
    `== 对话：${turns} 轮，对 ${right} %`,
    ...missed.map(
      ({ title, turn, met }) => `  ${title}｜${turn.who}：${turn.says}  应该 ${turn.expect.join('/')} → ${met}`,
    ),
  ].join('\n')
}
