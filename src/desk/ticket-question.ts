import type { IncomingMessage } from '../model/message.js'
import type { SaidWords } from '../model/ticket.js'
import { normalizeText } from '../understand/normalize-text.js'
import { readDeskTurn } from '../understand/read-desk-turn.js'

/** A notice pasted whole fits; a book does not. */
const MAX_QUESTION_CHARS = 2_000
/** What was said longer ago was about something else. */
const SAME_MATTER_MS = 30 * 60_000
/** The bot offers a person after two failed tries at most. */
const MAX_QUESTIONS = 2
const PICTURE = '[图片]'
/** What calls for a person, agrees, refuses or complains, but does not say about what. */
const CALL_WORDS =
  /转接?|人工|客服|真人|活人|服务|机器人|小助手|你们?|您|我们?|帮|麻烦|请|找|叫|来|要|想|需要|可以|好|行|嗯|对|是|的|吧|吗|呢|啊|呀|啦|了|哈|个|一下|谢谢?|有|在|没用|没帮助|没有?|不|还|都|解决|答非所问|照做|试过?|失败|能|会|快|急|ok|yes/gi
const MIN_MATTER_CHARS = 2

/**
 * What a ticket is about, in the asker's words. Who only says 好的, 转人工 or 没用 means what was said before.
 *
 * @param before what the asker said before, oldest first
 */
export function ticketQuestion(
  { kind, text, sentAtMs }: Pick<IncomingMessage, 'kind' | 'text' | 'sentAtMs'>,
  before: readonly SaidWords[],
): string {
  const own = kind === 'picture' ? PICTURE : text.slice(0, MAX_QUESTION_CHARS)
  if (kind === 'picture' || saysMatter(text)) return own
  const earlier = before.filter((said) => said.atMs >= sentAtMs - SAME_MATTER_MS && saysMatter(said.text))
  const questions = [...new Set(earlier.map((said) => said.text))].slice(-MAX_QUESTIONS)
  return questions.length > 0 ? questions.join('\n') : own
}

/** 满意, 可以了 were said of another ticket. */
const saysMatter = (text: string): boolean =>
  text !== PICTURE &&
  readDeskTurn(normalizeText(text)) === undefined &&
  (text.replace(CALL_WORDS, '').match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= MIN_MATTER_CHARS
