import { z } from 'zod'

/**
 * What OneBot v11 says over the wire, as far as we listen. Implementations differ in small ways: numbers or strings,
 * segments or CQ codes, fields left out. All of that ends here.
 */

/** A QQ number or group number, as text. */
const id = z.union([z.number().int(), z.string().regex(/^-?\d+$/)]).transform(String)
/** The implementation's own name of a message: a number mostly, below zero as well, or any short word. */
const messageId = z.union([z.number().int(), z.string().min(1).max(200)]).transform(String)
const text = z.string().catch('')
const numeric = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(?:\.\d+)?$/)
    .transform(Number),
])
/** Seconds since the epoch; a few implementations send milliseconds. */
const seconds = numeric.refine((time) => time > 0).transform((time) => Math.floor(time > 1e11 ? time / 1000 : time))

/** One piece of a message: words, a mention, a picture … */
export interface Segment {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

const segment = z.object({
  type: z.string(),
  data: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((data) => data ?? {}),
})

const segments = z.union([
  z.string().transform(parseCqCodes),
  z
    .array(z.unknown())
    .transform((pieces): readonly Segment[] => pieces.flatMap((piece) => segment.safeParse(piece).data ?? [])),
])

const sender = z.object({
  user_id: id.optional().catch(undefined),
  nickname: text,
  card: text,
  /** The group by which a stranger may write to the account. */
  group_id: id.optional().catch(undefined),
})

const NO_SENDER = { nickname: '', card: '' }

/** What is left out is often there as null or 0. */
const groupId = id
  .optional()
  .catch(undefined)
  .transform((group) => (group === '0' ? undefined : group))

const messageEvent = z.object({
  post_type: z.enum(['message', 'message_sent']),
  message_type: z.enum(['group', 'private']),
  sub_type: text,
  time: seconds,
  self_id: id,
  user_id: id,
  message_id: messageId,
  group_id: groupId,
  group_name: text,
  /** Of what the account itself has written: to whom. */
  target_id: id.optional().catch(undefined),
  message: segments,
  sender: sender.catch(NO_SENDER),
})

export type MessageEvent = z.infer<typeof messageEvent>

const noticeEvent = z.object({
  post_type: z.literal('notice'),
  notice_type: z.string(),
  sub_type: text,
  time: seconds,
  self_id: id,
  user_id: id.optional().catch(undefined),
  group_id: groupId,
  message_id: messageId.optional().catch(undefined),
  card_new: z.string().optional().catch(undefined),
})

export type NoticeEvent = z.infer<typeof noticeEvent>

const metaEvent = z.object({
  post_type: z.literal('meta_event'),
  meta_event_type: z.string(),
  self_id: id.optional().catch(undefined),
  status: z.object({ online: z.boolean().nullish(), good: z.boolean().nullish() }).optional().catch(undefined),
  /** Of heartbeats: milliseconds until the next. */
  interval: numeric.optional().catch(undefined),
})

const anyEvent = z.discriminatedUnion('post_type', [messageEvent, noticeEvent, metaEvent])
export type OneBotEvent = z.infer<typeof anyEvent>

/** @returns undefined for what is no event that we know */
export function readEvent(frame: unknown): OneBotEvent | undefined {
  const event = anyEvent.safeParse(frame).data
  // Taken for a private one, a group would hear nothing, and its member what was meant for the group.
  const isNowhere = event?.post_type === 'message' && event.message_type === 'group' && event.group_id === undefined
  return isNowhere ? undefined : event
}

/** What an implementation answers to a call. */
export const apiAnswer = z.object({
  status: text,
  retcode: numeric,
  data: z.unknown().optional(),
  message: text,
  wording: text,
  echo: z.unknown().optional(),
})

export const loginInfo = z.object({ user_id: id, nickname: text })
export const accountStatus = z.object({ online: z.boolean().nullish() })
export const groupInfo = z.object({ group_id: id, group_name: text })
export const groupList = z.array(groupInfo)
export const memberInfo = z.object({ user_id: id, nickname: text, card: text })
export const memberList = z.array(memberInfo)
export const friendList = z.array(z.object({ user_id: id }))
export const imageInfo = z.object({ url: text, base64: text })
/** A message that is asked for by its id. */
export const storedMessage = z.object({
  time: seconds.optional().catch(undefined),
  group_id: groupId,
  sender: sender.catch(NO_SENDER),
  message: segments,
})

/** Of a segment; numbers are taken for text as well. */
export function field({ data }: Segment, name: string): string {
  const value = data[name]
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

const CQ_CODE = /\[CQ:([\w.-]{1,40})((?:,[^\],]*)*)\]/g

/** The older form of a message: `[CQ:at,qq=10001] 怎么提审`. What people write can't pass for a code, as it is escaped. */
function parseCqCodes(written: string): readonly Segment[] {
  const found: Segment[] = []
  let at = 0
  const words = (end: number): void => {
    if (end > at) found.push({ type: 'text', data: { text: unescapeCq(written.slice(at, end)) } })
  }
  for (const match of written.matchAll(CQ_CODE)) {
    words(match.index)
    const fields = (match[2] ?? '').split(',').filter((pair) => pair.includes('='))
    const data = fields.map((pair) => {
      const [name = ''] = pair.split('=', 1)
      return [name, unescapeCq(pair.slice(name.length + 1))] as const
    })
    found.push({ type: match[1]!, data: Object.fromEntries(data) })
    at = match.index + match[0].length
  }
  words(written.length)
  return found
}

const unescapeCq = (escaped: string): string =>
  escaped.replaceAll('&#91;', '[').replaceAll('&#93;', ']').replaceAll('&#44;', ',').replaceAll('&amp;', '&')
