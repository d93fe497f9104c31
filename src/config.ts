import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { HOUR_MS } from './base/time.js'
import { ConfigError, formatProblem } from './errors.js'
import { nearest, readYaml } from './knowledge/yaml.js'
import { secondOpinionSchema } from './opinion/model-client.js'
import { deskSchema } from './tickets/working-time.js'

/** Why these values: docs/operations.md, "Flooding". */
const floodingSchema = z.strictObject({
  /** Answers in any minute to one person; 0: any number. */
  perPersonMinute: z.number().int().min(0).max(1_000).default(15),
  /** Answers in any hour to one person; 0: any number, and other bots are not looked for. */
  perPersonHour: z.number().int().min(0).max(10_000).default(60),
  /** Answers in any minute in one group; 0: any number. */
  perRoomMinute: z.number().int().min(0).max(1_000).default(40),
  /** Minutes without a word to whoever reached one of these. */
  quietMinutes: z.number().min(1).max(1_440).default(10),
})

export const NO_FLOODING_LIMITS = { perPersonMinute: 0, perPersonHour: 0, perRoomMinute: 0, quietMinutes: 1 } as const

/** As long as 18 random bytes in Base64: nobody guesses it. */
const MIN_TOKEN_CHARS = 24

const webSchema = z
  .strictObject({
    /** Address to listen on; beyond this machine only with a token. */
    host: z.string().min(1).default('127.0.0.1'),
    /** First port to try; 0 takes any free one. */
    port: z.number().int().min(0).max(65_535).default(3100),
    /** What people log in to the page with. Null: nobody has to. */
    token: z
      .string()
      .min(MIN_TOKEN_CHARS, `口令至少要 ${MIN_TOKEN_CHARS} 个字符，可用 openssl rand -base64 24 生成一个`)
      .regex(/^[\x21-\x7e]*$/, '口令只能用英文字母、数字和半角符号，不能有空格')
      .nullable()
      .default(null),
    /** Where others find the page, e.g. `https://bot.example.com`: stands in links that the bot sends to people. */
    publicUrl: z
      .url({ protocol: /^https?$/ })
      .transform((url) => url.replace(/\/+$/, ''))
      .nullable()
      .default(null),
    /** A reverse proxy stands in front: X-Forwarded-For and X-Forwarded-Proto are believed. */
    trustProxy: z.boolean().default(false),
  })
  .superRefine(({ host, token, trustProxy }, context) => {
    const complain = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message })
    if (token === null && !isLoopback(host)) {
      complain('token', `页面要给别的机器用（web.host 是 ${host}），必须先设口令 web.token 或 GUOSHEN_WEB_TOKEN`)
    }
    if (token === null && trustProxy)
      complain('token', '页面放在反向代理后面，必须先设口令 web.token 或 GUOSHEN_WEB_TOKEN')
  })

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** Where QQ is to be found; part of the configuration. */
const onebotSchema = z.strictObject({
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

/** Where the project itself lies: its knowledge, intents and page. */
export const PROJECT_ROOT = join(import.meta.dirname, '..')
const CONFIG_FILE = 'guoshen.yaml'

const webhookUrl = z.url({ protocol: /^https?$/ })

/** A list alone will do: `[qq:30003]`. */
const listOr = (key: string) => (given: unknown) => (Array.isArray(given) ? { [key]: given } : given)

const schema = z.strictObject({
  /** `wechaty`: WeChat, by the puppet below; `onebot`: QQ. */
  channel: z.enum(['wechaty', 'onebot']).default('wechaty'),
  /** QQ, by way of NapCat, LLOneBot, Lagrange or any other implementation of OneBot v11. */
  onebot: onebotSchema.prefault({}),
  /** `simulator` (the page), `wechat4u`, or the package name of another Wechaty puppet. */
  puppet: z.string().min(1).default('simulator'),
  /** Tickets, login card and cached pictures. */
  dataDir: z.string().min(1).default('data'),
  /** What this process is called where several share a desk; people read it. */
  account: z
    .string()
    .regex(/^[^\s#]{1,30}$/, '最多 30 个字，不能有空格和 #')
    .default('main'),
  /** Where tickets, notices, learning, releases, audit and figures are kept; see docs/operations.md, "Several accounts". */
  store: z
    .strictObject({
      /** `postgres://…`; null: in files of `dataDir`, for this process alone. */
      url: z
        .url({ protocol: /^postgres(?:ql)?$/, error: '应该是 postgres:// 开头的网址' })
        .nullable()
        .default(null),
    })
    .prefault({}),
  knowledge: z
    .strictObject({
      dir: z.string().min(1).default(join(PROJECT_ROOT, 'knowledge')),
      intentsDir: z.string().min(1).default(join(PROJECT_ROOT, 'intents')),
      /** Origin of the documentation site that serves the guide's pictures; null: nothing is fetched. */
      docsSite: z
        .url({ protocol: /^https?$/ })
        .nullable()
        .default(null),
    })
    .prefault({}),
  /** How much worse changed knowledge may do and still be taken; see docs/authoring.md. */
  releases: z
    .strictObject({
      /** Golden questions that were answered as wanted and are no more. */
      goldenMayLose: z.number().int().min(0).max(1_000).default(0),
      /** Percentage points of the held-out messages: fewer met right. */
      heldOutMayLosePoints: z.number().min(0).max(100).default(1),
      /** Percentage points of the held-out messages: more answered wrong, or spoken to when they want silence. */
      wrongMayGainPoints: z.number().min(0).max(100).default(0.5),
      /** Seconds after which reading, training and examining are given up. */
      timeoutSeconds: z.number().min(5).max(3_600).default(120),
      /** Reload by itself when a file in the folders has changed. */
      watch: z.boolean().default(false),
    })
    .prefault({}),
  rooms: z
    .strictObject({
      /** Topics of the groups that are served; `*` stands for anything. */
      serve: z.array(z.string().min(1)).min(1).default(['*']),
      /** Topic of the vendor's own group, or on QQ `qq-group:700009`. The topic alone binds none: see `StaffRoom`. */
      staffRoom: z.string().min(1).nullable().default(null),
    })
    .prefault({}),
  staff: z
    .preprocess(
      listOr('names'),
      z.strictObject({
        /**
         * Names (nick or group display name, `*` stands for anything) that are not interrupted; they give no rights. On
         * QQ `qq:30003` is a colleague for certain.
         */
        names: z.array(z.string().min(1)).default([]),
      }),
    )
    .prefault({}),
  admin: z
    .preprocess(
      listOr('remarks'),
      z.strictObject({
        /** Remarks that the bot's own account has given to admins; on QQ their numbers, `qq:10001`. */
        remarks: z.array(z.string().min(1)).default(['管理员']),
      }),
    )
    .prefault({}),
  conversation: z
    .strictObject({
      /** Seconds in which the same answer is not repeated to a group unasked. */
      cooldownSeconds: z.number().min(0).max(86_400).default(180),
      /** Minutes for which a number or "对" is understood as the answer to an offer. */
      offerMinutes: z.number().min(1).max(1_440).default(10),
      /** Minutes in which the timeline line is not repeated to the same person. */
      timelineMinutes: z.number().min(0).max(10_080).default(60),
    })
    .prefault({}),
  flooding: floodingSchema.prefault({}),
  sending: z
    .strictObject({
      /** `auto`: pacing is off on the page (simulator) and on everywhere else. */
      pacing: z.enum(['auto', 'on', 'off']).default('auto'),
      /** Least seconds between two bubbles of the account. */
      gapSeconds: z.number().min(1).max(60).default(1),
      /** Up to so many seconds more, by chance. */
      jitterSeconds: z.number().min(0).max(60).default(1.5),
      /** Bubbles in any minute to one group or person. */
      perPlaceMinute: z.number().int().min(1).max(60).default(12),
      /** Bubbles in any minute by the account. */
      perMinute: z.number().int().min(1).max(60).default(25),
      /** Bubbles in a day (of China) by the account; the last tenth is kept for staff notices. */
      perDay: z.number().int().min(1).max(20_000).default(500),
      /** Seconds after which a question is too old to be answered. */
      maxAgeSeconds: z.number().min(10).max(3_600).default(120),
      /** Hours without a word after WeChat's "too many requests" (1205); doubled each time, at most 12. */
      backOffHours: z.number().min(0.01).max(12).default(2),
    })
    .prefault({}),
  desk: deskSchema.prefault({}),
  learning: z
    .strictObject({
      /** Days for which a question that could not be answered is kept after it was last asked. */
      keepDays: z.number().int().min(1).max(730).default(90),
      /** So many different people must call an answer useless before 未答 shows it. */
      dislikes: z.number().int().min(1).max(50).default(3),
      /** So many different groups, rejected for the same reason within these hours, are an incident. */
      incidentGroups: z.number().int().min(2).max(100).default(3),
      incidentHours: z.number().min(1).max(720).default(48),
    })
    .prefault({}),
  pictures: z
    .strictObject({
      /** Whether what is written in pictures is read, where the packages for it are installed. */
      read: z.boolean().default(true),
    })
    .prefault({}),
  secondOpinion: secondOpinionSchema.prefault({}),
  web: webSchema.prefault({}),
  console: z
    .strictObject({
      /** Days for which the console keeps questions with what was decided; 0: in memory only. */
      keepDays: z.number().int().min(0).max(90).default(7),
      /** Hours for which idle talk keeps its words, in memory only; 0: not at all. */
      chatterHours: z.number().min(0).max(48).default(2),
    })
    .prefault({}),
  alive: z
    .strictObject({
      /** Seconds without a successful poll after which a fresh process is started; a quiet poll takes up to 25. */
      pollLimitSeconds: z.number().min(30).max(300).default(40),
    })
    .prefault({}),
  alerts: z
    .strictObject({
      /** Robots that are told when the bot needs people. `secret` signs the messages, where the robot asks for it. */
      webhooks: z
        .array(
          z.discriminatedUnion('kind', [
            z.strictObject({ kind: z.enum(['wecom', 'json']), url: webhookUrl }),
            z.strictObject({
              kind: z.enum(['dingtalk', 'feishu']),
              url: webhookUrl,
              secret: z.string().min(1).optional(),
            }),
          ]),
        )
        .default([]),
      /** Seconds for which a QR code may wait for its scan before people are told. */
      scanAfterSeconds: z.number().min(0).max(86_400).default(60),
      /** Minutes for which WeChat may be out of reach before people are told. */
      unreachableAfterMinutes: z.number().min(0.1).max(1_440).default(5),
      /** Restarts within ten minutes that are still put up with. */
      restarts: z.number().int().min(1).max(100).default(5),
      /** Most messages to the webhooks in any hour: notices together, and each kind of incident by itself. */
      perHour: z.number().int().min(1).max(600).default(12),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') }).prefault({}),
})

export type Config = z.infer<typeof schema>

const DEFAULTS: unknown = schema.parse({})

/** Environment variables and the keys that they override. */
export const ENVIRONMENT: Readonly<Record<string, readonly [string, ...string[]]>> = {
  GUOSHEN_CHANNEL: ['channel'],
  GUOSHEN_PUPPET: ['puppet'],
  GUOSHEN_ONEBOT_URL: ['onebot', 'url'],
  GUOSHEN_ONEBOT_TOKEN: ['onebot', 'token'],
  GUOSHEN_DATA_DIR: ['dataDir'],
  GUOSHEN_ACCOUNT: ['account'],
  GUOSHEN_DATABASE_URL: ['store', 'url'],
  GUOSHEN_KNOWLEDGE_DIR: ['knowledge', 'dir'],
  GUOSHEN_INTENTS_DIR: ['knowledge', 'intentsDir'],
  GUOSHEN_DOCS_SITE: ['knowledge', 'docsSite'],
  GUOSHEN_STAFF_ROOM: ['rooms', 'staffRoom'],
  GUOSHEN_READ_PICTURES: ['pictures', 'read'],
  GUOSHEN_MODEL_URL: ['secondOpinion', 'url'],
  GUOSHEN_MODEL_NAME: ['secondOpinion', 'model'],
  GUOSHEN_MODEL_KEY: ['secondOpinion', 'key'],
  GUOSHEN_WEB_HOST: ['web', 'host'],
  GUOSHEN_WEB_PORT: ['web', 'port'],
  GUOSHEN_WEB_TOKEN: ['web', 'token'],
  GUOSHEN_WEB_PUBLIC_URL: ['web', 'publicUrl'],
  GUOSHEN_LOG_LEVEL: ['log', 'level'],
  /** As a list in YAML or JSON. */
  GUOSHEN_WEBHOOKS: ['alerts', 'webhooks'],
}

/** Any of them may be given as a file that holds the value, as containers and service managers hand secrets over. */
const IN_FILE = '_FILE'

/** Holds what stood in the file when the bot last ran; set by the supervisor when it starts the bot again. */
const LAST_CONFIG = 'GUOSHEN_LAST_CONFIG'

export interface ConfigOfRun {
  readonly config: Config
  /** What stands in the file. */
  readonly text: string
  /** In Chinese, why that is not what lies on disk. */
  readonly notice?: string
}

/**
 * The configuration of one run of the bot. At a restart nobody sits beside it: while the file is in the middle of an
 * edit, the bot goes on with what it ran with before.
 *
 * @throws ConfigError naming every wrong key at once
 */
export function readConfigOfRun(env: NodeJS.ProcessEnv, overrides: Record<string, unknown> = {}): ConfigOfRun {
  const last = env[LAST_CONFIG]
  delete env[LAST_CONFIG] // it holds secrets, and this process starts others
  try {
    const text = configText(env)
    if (text === '' && last) throw new ConfigError([configPhrases.gone(configPath(env))])
    return { config: readConfig(env, overrides, text), text }
  } catch (error) {
    if (!(error instanceof ConfigError) || last === undefined) throw error
    const config = readConfig(env, overrides, last)
    return { config, text: last, notice: configPhrases.usingLast(configPath(env), error.problems) }
  }
}

/** What stands in the configuration file; nothing where there is none. @throws ConfigError when it can't be read */
export function configText(env: NodeJS.ProcessEnv): string {
  const path = configPath(env)
  if (existsSync(path)) return readText(path)
  if (env.GUOSHEN_CONFIG) throw new ConfigError([configPhrases.noSuchFile(path)])
  return ''
}

/**
 * Reads the configuration: defaults, then the file, then the environment, then what the command line says.
 *
 * @throws ConfigError naming every wrong key at once
 */
export function readConfig(
  env: NodeJS.ProcessEnv,
  overrides: Record<string, unknown> = {},
  text = configText(env),
): Config {
  const { values: raw, placeOf } = parseConfigFile(configPath(env), text)
  for (const [name, keys] of Object.entries(ENVIRONMENT)) {
    const value = env[name] || fromFile(env[`${name}${IN_FILE}`])
    if (value !== undefined && value !== '') setIn(raw, keys, NOT_TEXT[name]?.(value) ?? value)
  }
  for (const [key, value] of Object.entries(overrides)) if (value !== undefined) setIn(raw, [key], value)
  chooseChannel(raw, overrides)
  const checked = schema.safeParse(raw, { error: configIssueWords })
  if (checked.success) return checked.data
  throw new ConfigError(
    checked.error.issues.flatMap((issue) => {
      if (issue.code === 'unrecognized_keys') {
        const known = knownKeys(issue.path)
        return issue.keys.map(
          (key) => `${placeOf([...issue.path, key], 'key')} ${configPhrases.unknownKey(key, known)}`,
        )
      }
      return [`${variableOf(issue.path, env) ?? placeOf(issue.path)} ${issue.path.join('.')}: ${issue.message}`]
    }),
  )
}

/** Nobody but the page's user is there: no WeChat, no QQ. */
export const isSimulated = ({ channel, puppet }: Pick<Config, 'channel' | 'puppet'>): boolean =>
  channel === 'wechaty' && puppet === 'simulator'

const NOT_TEXT: Readonly<Record<string, (value: string) => unknown>> = {
  GUOSHEN_WEB_PORT: Number,
  GUOSHEN_READ_PICTURES: (value) => ({ true: true, false: false })[value] ?? value,
  GUOSHEN_WEBHOOKS: (value) => parseDocument(value).toJS({ maxAliasCount: 0 }),
}

const fromFile = (path: string | undefined): string | undefined => (path ? readText(path).trim() : undefined)

/** Whether anything that stands in the file gives others the page, the robots, the database or the model. */
export const holdsSecrets = ({ web, alerts, store, secondOpinion, onebot }: Config, text: string): boolean =>
  [
    web.token,
    onebot.token,
    store.url,
    secondOpinion.key,
    ...alerts.webhooks.flatMap((hook) => [hook.url, 'secret' in hook ? hook.secret : undefined]),
  ].some((secret) => secret && text.includes(secret))

export const configPath = (env: NodeJS.ProcessEnv): string => env.GUOSHEN_CONFIG ?? CONFIG_FILE

/** What may stand at a path; nothing where that is a list's own matter. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const found = path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    DEFAULTS,
  )
  return typeof found === 'object' && found !== null ? Object.keys(found) : []
}

function setIn(target: Record<string, unknown>, [key, ...rest]: readonly string[], value: unknown): void {
  if (key === undefined) return
  if (rest.length === 0) {
    target[key] = value
    return
  }
  const inner = target[key] ?? {}
  if (typeof inner !== 'object') return // a mistake in the file, which the schema will name
  target[key] = inner
  setIn(inner as Record<string, unknown>, rest, value)
}

function variableOf(path: readonly PropertyKey[], env: NodeJS.ProcessEnv): string | undefined {
  return Object.entries(ENVIRONMENT).find(
    ([name, keys]) => (env[name] || env[`${name}${IN_FILE}`]) && keys.join('.') === path.join('.'),
  )?.[0]
}

/** Whether what is said keeps the network's pace. */
const isPaced = (config: Config): boolean =>
  config.sending.pacing === 'on' || (config.sending.pacing === 'auto' && !isSimulated(config))

export const pictureFolders = ({ knowledge, dataDir }: Config) => ({
  knowledgeDir: knowledge.dir,
  illustrationsDir: join(PROJECT_ROOT, 'knowledge', 'illustrations'),
  docsSite: knowledge.docsSite,
  cacheDir: join(dataDir, 'pictures'),
})

export const programVersion = (): string =>
  (JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string }).version

/** How fast the bot may talk; without limits where it is not paced. */
export function pacingOf(config: Config) {
  const { gapSeconds, jitterSeconds, perPlaceMinute, perMinute, perDay, backOffHours } = config.sending
  const limits = { gapMs: gapSeconds * 1000, jitterMs: jitterSeconds * 1000, perPlaceMinute, perMinute, perDay }
  return { limits: isPaced(config) ? limits : undefined, backOffMs: backOffHours * HOUR_MS }
}

/** What is wrong with the configuration, in Chinese, for the operator. */
const configPhrases = {
  noSuchFile: (path: string): string => `${path} 不存在（环境变量 GUOSHEN_CONFIG 指的是它）`,
  gone: (path: string): string => `${path} 不见了，或者是空的`,
  usingLast: (path: string, problems: readonly string[]): string =>
    [`${path} 现在不能用，这次重启先用上次的配置。请改好，再重新启动：`, ...problems].join('\n'),
  unreadable: (path: string, code: string | undefined): string =>
    `${path} 读不了（${code ?? '原因不明'}），请检查路径和权限`,
  noMapping: (path: string): string => `${path} 应该一行一项，写成“名字: 内容”`,
  unknownKey: (key: string, known: readonly string[]): string => {
    const meant = nearest(key, known, 0.7)
    if (meant) return `不认识“${key}”，是不是“${meant}”？`
    return `不认识“${key}”，${known.length > 0 ? `这里可以写：${known.join('、')}` : '写法见 guoshen.example.yaml'}`
  },
} as const

interface ConfigFile {
  /** As written, unchecked. */
  readonly values: Record<string, unknown>
  /** Where a key stands, e.g. `guoshen.yaml:4:3`; the nearest place above it where it is missing. */
  placeOf(path: readonly PropertyKey[], part?: 'key' | 'value'): string
}

/** @throws ConfigError when it is no YAML mapping */
function parseConfigFile(path: string, text: string): ConfigFile {
  // Its words and places are for people; its values are strings only, which is not what a configuration wants.
  const { value, problems, locate } = readYaml({ file: path, text })
  if (problems.length > 0) throw new ConfigError(problems.map(formatProblem))
  const isEmpty = value === null || value === ''
  if (!isEmpty && (typeof value !== 'object' || Array.isArray(value)))
    throw new ConfigError([configPhrases.noMapping(path)])
  const values = isEmpty ? {} : parseDocument(text.replace(/^\uFEFF/, '')).toJS({ maxAliasCount: 0 })
  return {
    values,
    placeOf: (keys, part) => {
      const { line, column } = locate(keys, part)
      return `${path}:${line}:${column}`
    },
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError([configPhrases.unreadable(path, (error as NodeJS.ErrnoException).code)])
  }
}

const TYPES: Readonly<Record<string, string>> = {
  array: '应该是列表，例如 ["甲", "乙"]',
  boolean: '应该是 true 或 false',
  number: '应该是数字，用半角写',
  int: '应该是整数',
  object: '下面应该分项写，见 guoshen.example.yaml',
  string: '应该是一段文字；只有数字时要加英文引号',
}
const FORMATS: Readonly<Record<string, string>> = {
  url: '应该是 http:// 或 https:// 开头的网址',
  date: '应该写成 "2027-01-01" 这样的日期',
}

/** Puts an issue into words; undefined leaves the schema's own. */
function configIssueWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected]
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? '不能是空的' : `最小是 ${issue.minimum}`
    case 'too_big':
      return `最大是 ${issue.maximum}`
    case 'invalid_value':
      return `只能是 ${issue.values.join('、')}`
    case 'invalid_format':
      return FORMATS[issue.format]
    case 'invalid_union':
      return '写得不对，见 guoshen.example.yaml'
    default:
      return undefined
  }
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
function chooseChannel(raw: Record<string, unknown>, overrides: Record<string, unknown>): void {
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
