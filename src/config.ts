import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { webSchema } from './adapters/web/web-config.js'
import { configIssueWords, configPhrases as say } from './config-phrases.js'
import { floodingSchema } from './decide/flooding-config.js'
import { deskSchema } from './desk/desk-config.js'
import { ConfigError } from './errors.js'
import { readConfigFile } from './read-config-file.js'

/** Where the project itself lies: its knowledge, intents and page. */
export const PROJECT_ROOT = join(import.meta.dirname, '..')
export const CONFIG_FILE = 'guoshen.yaml'

const webhookUrl = z.url({ protocol: /^https?$/ })

const schema = z.strictObject({
  /** `simulator` (the page), `wechat4u`, or the package name of another Wechaty puppet. */
  puppet: z.string().min(1).default('simulator'),
  /** Tickets, login card and cached pictures. */
  dataDir: z.string().min(1).default('data'),
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
      /** Topic of the vendor's own group, where tickets are worked. No default: any customer can call a group so. */
      staffRoom: z.string().min(1).nullable().default(null),
    })
    .prefault({}),
  staff: z
    .strictObject({
      /** Names (nick or group display name, `*` stands for anything) that are never answered. They give no rights. */
      names: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  admin: z
    .strictObject({
      /** Remarks that the bot's own account has given to admins. */
      remarks: z.array(z.string().min(1)).default(['管理员']),
    })
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
  web: webSchema.prefault({}),
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
      unreachableAfterMinutes: z.number().min(1).max(1_440).default(5),
      /** Restarts within ten minutes that are still put up with. */
      restarts: z.number().int().min(1).max(100).default(5),
      /** Most messages to the webhooks in any hour. */
      perHour: z.number().int().min(1).max(600).default(12),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') }).prefault({}),
})

export type Config = z.infer<typeof schema>

const DEFAULTS: unknown = schema.parse({})

/** Environment variables and the keys that they override. */
export const ENVIRONMENT: Readonly<Record<string, readonly [string, ...string[]]>> = {
  GUOSHEN_PUPPET: ['puppet'],
  GUOSHEN_DATA_DIR: ['dataDir'],
  GUOSHEN_KNOWLEDGE_DIR: ['knowledge', 'dir'],
  GUOSHEN_INTENTS_DIR: ['knowledge', 'intentsDir'],
  GUOSHEN_DOCS_SITE: ['knowledge', 'docsSite'],
  GUOSHEN_STAFF_ROOM: ['rooms', 'staffRoom'],
  GUOSHEN_WEB_HOST: ['web', 'host'],
  GUOSHEN_WEB_PORT: ['web', 'port'],
  GUOSHEN_WEB_TOKEN: ['web', 'token'],
  GUOSHEN_LOG_LEVEL: ['log', 'level'],
}

/**
 * Reads the configuration: defaults, then the file, then the environment, then what the command line says.
 *
 * @throws ConfigError naming every wrong key at once
 */
export function readConfig(env: NodeJS.ProcessEnv, overrides: Record<string, unknown> = {}): Config {
  const path = env.GUOSHEN_CONFIG ?? CONFIG_FILE
  if (env.GUOSHEN_CONFIG && !existsSync(path)) throw new ConfigError([say.noSuchFile(path)])
  const { values: raw, placeOf } = readConfigFile(path)
  for (const [name, keys] of Object.entries(ENVIRONMENT)) {
    const value = env[name]
    if (value !== undefined && value !== '') setIn(raw, keys, name === 'GUOSHEN_WEB_PORT' ? Number(value) : value)
  }
  for (const [key, value] of Object.entries(overrides)) if (value !== undefined) setIn(raw, [key], value)
  const checked = schema.safeParse(raw, { error: configIssueWords })
  if (checked.success) return checked.data
  throw new ConfigError(
    checked.error.issues.flatMap((issue) => {
      if (issue.code === 'unrecognized_keys') {
        const known = knownKeys(issue.path)
        return issue.keys.map((key) => `${placeOf([...issue.path, key], 'key')} ${say.unknownKey(key, known)}`)
      }
      return [`${variableOf(issue.path, env) ?? placeOf(issue.path)} ${issue.path.join('.')}: ${issue.message}`]
    }),
  )
}

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
  return Object.entries(ENVIRONMENT).find(([name, keys]) => env[name] && keys.join('.') === path.join('.'))?.[0]
}

/** Whether what is said keeps WeChat's pace. */
export const isPaced = ({ sending, puppet }: Config): boolean =>
  sending.pacing === 'on' || (sending.pacing === 'auto' && puppet !== 'simulator')
