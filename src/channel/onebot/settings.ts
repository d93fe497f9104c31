import { z } from 'zod'
import { ConfigError } from '../../errors.js'

/** Where QQ is to be found; part of the configuration. */
export const onebotSchema = z.strictObject({
  /** Where the implementation's forward WebSocket listens. */
  url: z
    .string()
    .nullable()
    .default(null)
    .superRefine((url, context) => {
      const problem = url === null ? undefined : wrongUrl(url)
      if (problem) context.addIssue({ code: 'custom', message: problem })
    }),
  /** What it asks for; null: nothing. */
  token: z
    .string()
    .regex(/^[\x21-\x7e]*$/, '口令只能用英文字母、数字和半角符号，不能有空格')
    .nullable()
    .default(null),
})

/** In Chinese; an address that is right in itself may lead to nobody all the same. */
function wrongUrl(url: string): string | undefined {
  if (!/^wss?:\/\//i.test(url) || !URL.canParse(url))
    return '应该是 ws:// 或 wss:// 开头的地址，例如 ws://127.0.0.1:3001'
  const { username, password, search, pathname, hash } = new URL(url)
  if (username !== '' || password !== '' || /token/i.test(search))
    return '口令不要写在地址里，请写到 onebot.token 或 GUOSHEN_ONEBOT_TOKEN'
  if (hash !== '') return '地址里不能有 #'
  return /\/(?:api|event)\/?$/.test(pathname) ? '要用能同时收发的地址，请去掉结尾的 /api 或 /event' : undefined
}

const NO_URL =
  'onebot.url: 接 QQ 要写 OneBot 实现（NapCat 等）的正向 WebSocket 地址，例如 ws://127.0.0.1:3001；也可以用环境变量 GUOSHEN_ONEBOT_URL'

/**
 * How fast to talk on QQ where nothing is configured. QQ tells no limits; its risk control looks at bursts, most of all
 * in one group. docs/operations.md tells more.
 */
const QQ_SENDING = {
  gapSeconds: 1.5,
  jitterSeconds: 2,
  perPlaceMinute: 8,
  perMinute: 20,
  /** What is too much passes sooner than on WeChat. */
  backOffHours: 0.5,
} as const

const ONE_CHANNEL = '--channel onebot 和 --puppet 只能写一个：前者接 QQ，后者接微信'

/**
 * Fills in what follows from the choice of a network: an address alone means QQ, a puppet by the command line WeChat.
 *
 * @param raw the configuration as written, unchecked; is changed
 * @throws ConfigError where both are asked for, or QQ has no address
 */
export function chooseChannel(raw: Record<string, unknown>, overrides: Record<string, unknown>): void {
  if (overrides.channel !== undefined && overrides.puppet !== undefined) throw new ConfigError([ONE_CHANNEL])
  if (overrides.puppet !== undefined) raw.channel = 'wechaty'
  const { url = null } = (raw.onebot ?? {}) as { readonly url?: unknown }
  if (raw.channel === undefined && raw.puppet === undefined && url !== null) raw.channel = 'onebot'
  if (raw.channel !== 'onebot') return
  if (url === null || url === '') throw new ConfigError([NO_URL])
  const { sending = {} } = raw
  const isMapping = typeof sending === 'object' && sending !== null && !Array.isArray(sending)
  if (isMapping) raw.sending = { ...QQ_SENDING, ...sending }
}
