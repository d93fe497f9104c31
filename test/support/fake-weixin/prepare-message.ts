import type { Feed } from './feed.js'
import type { MessageSpec, QuotedText, QuoteSpec, ReadyMessage } from './message-spec.js'
import type { SentLog } from './sent-log.js'
import { BOT, type World } from './world.js'

/** The space of a quarter em that phones put after a mention. */
const MENTION_SEPARATOR = '\u2005'

interface Surroundings {
  readonly world: World
  readonly feed: Feed
  readonly sent: SentLog
}

/**
 * Writes out the mentions and quotes of a message with the names of this moment.
 *
 * @throws Error when it names a person, group or message that does not exist
 */
export function prepareMessage(spec: MessageSpec, { world, feed, sent }: Surroundings): ReadyMessage {
  if (spec.room !== undefined) world.room(spec.room)
  if ('from' in spec && spec.from !== undefined && spec.from !== BOT) world.contact(spec.from)
  if (spec.kind === 'quote') {
    return { ...spec, text: writeOut(spec, world), quote: lookUp(spec, { world, feed, sent }) }
  }
  if (spec.kind === undefined || spec.kind === 'text') return { ...spec, kind: 'text', text: writeOut(spec, world) }
  return spec
}

interface Worded {
  readonly room?: string
  readonly text: string
  readonly mentions?: readonly string[]
  readonly separator?: string
}

function writeOut({ room, text, mentions = [], separator = MENTION_SEPARATOR }: Worded, world: World): string {
  const mention = (key: string) => `@${world.mentionName(key, room)}${separator}`
  return mentions.map(mention).join('') + text.replace(/\{@([^}]+)\}/g, (_, key: string) => mention(key))
}

function lookUp({ quote, room }: QuoteSpec, { world, feed, sent }: Surroundings): QuotedText {
  if ('text' in quote) return quote
  const { msgId } = quote
  const own = sent.byMsgId(msgId)
  if (own) {
    const isPicture = own.kind === 'image'
    return { msgId, name: world.mentionName(BOT, room), text: own.text ?? '', isPicture }
  }
  const message = feed.message(msgId)?.message
  if (!message) throw new Error(`no such message to quote: ${msgId}`)
  const from = 'from' in message ? message.from : undefined
  return {
    msgId,
    name: from ? world.mentionName(from, room) : '',
    text: 'text' in message ? message.text : '',
    isPicture: message.kind === 'image',
  }
}
