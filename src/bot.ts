import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { parseArgs } from 'node:util'
import type { Context, Hono } from 'hono'
import type { Logger } from 'pino'
import { toString as qrToString } from 'qrcode'
import { MINUTE_MS } from './base/time.js'
import type { World } from './channel/simulator/world.js'
import { HEARS_BACK_MS } from './channel/wechaty/wechat4u.js'
import { exitOnBadInput, explain, RUNNING_FILE, type Running } from './cli/running-bot.js'
import { linkPhrases, sendingWords } from './commands/phrases.js'
import { type Config, configPath, holdsSecrets, programVersion, readConfigOfRun } from './config.js'
import { type Bot, createBot, type Surroundings } from './create-bot.js'
import { THRESHOLDS } from './dialogue/answer.js'
import { type ConfigError, StoreError } from './errors.js'
import { knownIn, readExam } from './evaluate/exam.js'
import { type Meaning, previewTeaching } from './evaluate/explain.js'
import { KnowledgeFolder } from './knowledge/files.js'
import { SnippetIndex } from './knowledge/snippets.js'
import { callsWrong, incidentsIn } from './learning/listen.js'
import { radarOf } from './learning/teach.js'
import type { Edit } from './model/knowledge.js'
import {
  type Alerts,
  type Channel,
  type Clock,
  type DecisionJournal,
  type DurableList,
  done,
  failed,
  type LoginState,
  type Metrics,
  type Session,
  type StaffRoomNews,
} from './model/ports.js'
import type { DeskFeed } from './model/ticket.js'
import type { KnowledgeSnapshot } from './model/understanding.js'
import { maskIdentifiers, normalizeText } from './nlu/normalize.js'
import { type OpenChannel, openChannel, staffRoomOf } from './open-channel.js'
import { AlertNotebook, alertOnLogin } from './ops/alerts.js'
import { DiskWatch, lockFolder, openToOthers } from './ops/data-folder.js'
import { exitOnCrash, OrderlyExit, onHangup, openLog } from './ops/exit.js'
import { createPrometheusMetrics, measuredChannel, type PrometheusMetrics } from './ops/metrics.js'
import { watchClock } from './ops/steady-clock.js'
import { EXIT, giveUp, leftFiles, linkToSupervisor } from './ops/supervise.js'
import type { KnowledgeEditor } from './releases/edits.js'
import { fileWords, keepRefused, LatestWrite, refusedFiles, writeDurably } from './store/json-file.js'
import { openEdits, openSessions, setAsideDamaged, sweepLeftovers } from './store/open.js'
import type { SharedDesk, SharedDeskNeeds } from './store/postgres/open.js'
import { TalkLog } from './store/talks.js'
import { deskRows, openBoard, ticketFacts } from './tickets/board.js'
import { lastClosingMs } from './tickets/working-time.js'
import { AccessControl } from './web/access.js'
import { createHealthRoutes, createWebApp, startWebServer } from './web/app.js'
import type { LearnDeps } from './web/learn-routes.js'
import { mayAs, type ViewerRole } from './web/sessions.js'

/** What runs before it is known whether the network will tell the time. */
const machineClock = { now: () => Date.now() }

/** The bot's process, started by the supervisor of `src/main.ts`. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { puppet: { type: 'string' }, channel: { type: 'string' } } })
  const { config, text, notice } = readConfigOfRun(process.env, values)
  process.umask(0o077) // login card and tickets are nobody else's
  mkdirSync(config.dataDir, { recursive: true })
  const log = openLog({ level: config.log.level })
  exitOnCrash({ log, exit: (code) => process.exit(code) })
  // A bot whose supervisor was killed gives itself some seconds to end.
  await lockFolder(config.dataDir, { of: 'bot', waitMs: 15_000, log })
  await sweepLeftovers(config.dataDir, { nowMs: machineClock.now(), log })
  const secretFile = holdsSecrets(config, text) ? configPath(process.env) : undefined
  for (const warning of openToOthers({ dataDir: config.dataDir, secretFile })) {
    print(warning)
    log.warn({}, 'files of the bot are open to other users')
  }
  const left = await leftFiles(process, Number(process.env.GUOSHEN_LEFT_FILES ?? 0))
  const damaged = await setAsideDamaged(config.dataDir, { nowMs: machineClock.now(), log })
  const notices = [...(notice === undefined ? [] : [notice]), ...damaged]
  await run({ config, text, notices, left, log })
}

interface Run {
  readonly config: Config
  /** Of the configuration file. */
  readonly text: string
  /** For people, in Chinese: what is not as it should be, although the bot starts. */
  readonly notices: readonly string[]
  /** What the disk has refused to earlier runs, by path. */
  readonly left: ReadonlyMap<string, string>
  readonly log: Logger
}

async function run({ config, text, notices, left, log }: Run): Promise<void> {
  const exit = new OrderlyExit(log)
  exit.endOnSignals()
  let reload = (): void => {} // nothing to reload yet
  onHangup({ reload: () => reload(), stop: () => exit.end(EXIT.stopped, 'SIGHUP') })
  const link = linkToSupervisor(process, () => exit.end(EXIT.stopped, 'supervisor is gone'))
  keepRefused(left, link.refused)
  const alerts = new AlertNotebook(alertsOf(config, link.alerts), machineClock)
  const awayMs = awayBefore(process.env)
  const onMisconfigured = (error: ConfigError): void => {
    const reason = (explain(error) ?? []).join('\n')
    process.stderr.write(`${reason}\n`)
    void giveUp(process, reason).then(() => exit.end(EXIT.badInputOfBot, 'configuration'))
  }
  const onStaffRoom = (news: StaffRoomNews): void => {
    const text = staffRoomText(news, config)
    print(text)
    // Where the group is not known, only what comes from outside is certain to be read.
    if (news.kind === 'not-bound' || news.kind === 'not-listed') alerts.tell(text)
    if (news.kind !== 'namesake') return
    bot.tellStaff(text).catch((error: Error) => log.error({ error: error.message }, 'notice not kept'))
  }
  const onEnd = (reason: string): void => exit.end(EXIT.restart, reason)
  const { dataDir, account } = config
  const { url } = config.store
  const network = networkOf(config)
  const shared = url === null ? undefined : await joinDesk({ url, account, channel: network, dataDir, log, alerts })
  const opened = await openChannel(config, {
    ...{ alerts, log, shared, awayMs, onStaffRoom, onEnd, onMisconfigured, tellOperator: print },
  })
  const { session, memory, world, clock, time } = opened
  exit.before(() => memory.flush())
  for (const notice of notices) {
    print(notice)
    alerts.tell(notice)
  }
  const disk = new DiskWatch({
    ...{ folder: config.dataDir, alerts, log, keepsTickets: () => keepsTickets() },
    refusedFile: () => refusedFiles()[0],
  })
  let keepsTickets = (): boolean => true // none are open yet
  disk.start()
  exit.before(() => disk.stop())
  if (time) exit.before(watchClock(time, { alerts, log }))
  const metrics = createPrometheusMetrics({
    ...session,
    diskTrouble: () => disk.trouble(),
    clockSkewMs: () => time?.skewMs() ?? 0,
    queueLength: () => bot.queueLength(),
    sendingLoad: () => bot.sendingLoad(),
    restarts: () => Number(process.env.GUOSHEN_RESTARTS ?? 0),
    deskRows: () => deskRows(bot.desk.mine(), clock.now(), bot.desk.rules),
  })
  const channel = measuredChannel(opened.channel, { metrics, alerts })
  const talks = await openTalks({ config, clock, log, nameOf: opened.nameOf, snapshot: () => bot.knowledge.current })
  exit.before(() => talks.stop())
  const bot = await createBot(config, {
    ...{ channel, clock, log, alerts, journal: measuredJournal(talks, metrics), roles: memory.roles },
    ...{ tellOperator: print, login: session.login, metrics, shared, awayMs },
    ...linksOf(config, { access: () => access, isGranted: (...whatTo) => isGranted(bot, ...whatTo) }),
  })
  keepsTickets = () => bot.desk.isOnDisk()
  exit.before(() => bot.stop())
  exit.before(() => session.stop())

  const { token, trustProxy, publicUrl, ...address } = config.web
  const runKey = randomBytes(32).toString('base64url')
  const reach: Network = { awayFrom: undefined }
  const sessions = await openSessions({ dataDir: config.dataDir, log })
  const access: AccessControl = new AccessControl({
    ...{ token: token ?? undefined, runKey, trustProxy, clock, alerts, sessions },
    isEntitled: ({ who, role }) => isGranted(bot, who.key, role),
  })
  exit.before(access.sessions.watch(async (key) => channel.roleOf?.(key), log))
  const forget: DeskFeed['forget'] = (order) =>
    bot.forget(order, [memory.identities, talks, { forget: () => memory.flush() }])
  const app = createApp({
    ...{
      edits: await openEdits({ dataDir, log }),
      network: reach,
      alerts,
      config,
      log,
      world,
      session,
      metrics,
      talks,
      bot,
      forget,
      access,
      disk,
      clock,
      publicUrl,
    },
    channel,
    atEnd: (end) => exit.before(async () => end()),
  })
  const web = await startWebServer(app, { ...address, log })
  exit.before(() => web.stop())
  exit.before(await announce(config.dataDir, { url: web.url, pid: process.pid, key: runKey }, log))
  session.onState(showQrCodes())
  session.onState(alertOnLogin({ ...alertTimes(config), alerts, pageUrl: web.url }))
  if (!world) print(config.channel === 'onebot' ? `登录状态：${web.url}` : `登录状态和二维码：${web.url}`)
  await session.networkReady((host) => {
    reach.awayFrom = host
    print(awayWords(host))
  })
  reach.awayFrom = undefined
  await bot.start()
  session.started()
  link.started(text)
  reload = () => void bot.order('重载', 'terminal').then(({ text }) => print(text))
  if (bot.notice !== undefined) {
    print(bot.notice)
    alerts.tell(bot.notice)
  }
  if (world) print(`过审小助手已启动，用浏览器打开：${web.url}`)
  if (bot.calendarNotice !== undefined) print(bot.calendarNotice)
  for (const warning of bot.warnings) print(warning)
  if (staffRoomOf(config) === null) print(NO_STAFF_ROOM)
}

/** `awayFrom`: the host that can't be reached, while the start waits for it. */
interface Network {
  awayFrom: string | undefined
}

const awayWords = (host: string): string => `连不上微信（${host}）：请看看网络或代理。连上以后自动继续，不用重启。`

/** The driver is loaded by those who have a database. */
async function joinDesk(needs: SharedDeskNeeds): Promise<SharedDesk> {
  const { openSharedDesk } = await import('./store/postgres/open.js')
  return openSharedDesk(needs)
}

interface AppParts {
  readonly alerts: AlertNotebook
  readonly network: Network
  readonly forget: DeskFeed['forget']
  readonly config: Config
  readonly log: Logger
  readonly world: World | undefined
  readonly session: Session
  readonly metrics: PrometheusMetrics
  readonly talks: TalkLog
  readonly edits: DurableList<Edit>
  readonly channel: Channel
  readonly publicUrl: string | null
  readonly atEnd: (end: () => Promise<void> | void) => void
  readonly bot: Bot
  readonly access: AccessControl
  readonly disk: DiskWatch
  readonly clock: Clock
}

/** The page, and what watchdogs ask for. */
function createApp(parts: AppParts): Hono {
  const { network, config, log, world, session, metrics, talks, bot, forget, access, disk, clock } = parts
  const { publicUrl, atEnd, edits } = parts
  const mayTell = (c: Context): boolean => access.isIn(c)
  const snapshot = () => bot.knowledge.current
  const near = namesOfFiles(config)
  const give: Bot['give'] = async (order, by) => near(await bot.give(order, by))
  let snippets: { readonly version: string; readonly index: SnippetIndex } | undefined
  return createWebApp({
    ...{ world, access, talks, log, clock, publicUrl, atEnd, audit: bot.operations.audit, give },
    guidePictures: bot.guidePictures,
    health: createHealthRoutes({
      ...{ ...session, diskTrouble: () => disk.trouble(), pollLimitMs: pollLimitMs(config), mayTell, metrics },
    }),
    status: () => {
      const { status: login, ...since } = session.login()
      const away = network.awayFrom === undefined ? [] : [awayWords(network.awayFrom)]
      const warnings = [...away, ...sendingWords(bot.sendingLoad()), ...bot.warnings]
      const release = bot.operations.releases.current?.().number
      return {
        ...{ login, ...since, puppet: networkOf(config), knowledgeVersion: snapshot().version, warnings },
        ...(release !== undefined && { release }),
      }
    },
    machine: async () => {
      const { day, heldUntilMs } = bot.sendingLoad()
      return {
        ...{ version: programVersion(), startedAtMs: clock.now() - process.uptime() * 1000 },
        ...{ queueLength: bot.queueLength(), heldUntilMs, ...(day && { today: day }), touchAgoMs: session.pollAgeMs() },
        alerts: { ...parts.alerts.told(), webhookCount: config.alerts.webhooks.length },
        rooms: (await parts.channel.rooms?.()) ?? [],
        mutes: bot.mutes.living(),
      }
    },
    tryAlert: (by) => parts.alerts.tell(`这是试一条告警，${by}在控制台上发的，收到就好。`),
    mutes: () => bot.mutes.living(),
    desk: openBoard({
      ...{ desk: bot.desk, clock, forget, pictures: bot.ticketPictures },
      titleOf: (key) => snapshot().sections.get(key)?.title,
    }),
    snippets: (asked) => {
      const { version } = snapshot()
      if (snippets?.version !== version) snippets = { version, index: new SnippetIndex(snapshot()) }
      return snippets.index.find(asked)
    },
    reload: ({ force, by }) => give({ kind: 'reload', force }, by),
    order: bot.order,
    people: {
      claims: () => bot.rights.waiting(),
      grants: () => bot.rights.grants(),
      configured: [...config.desk.people.map(({ name }) => name), ...config.admin.remarks],
    },
    learn: {
      entries: () => bot.learningRecords().entries,
      taught: () => taughtIn(snapshot()),
      preview: teachingPreview(config, { snapshot, clock }),
      guesses: (text) => guessesOf(text, snapshot()),
    },
    knowledge: {
      editor: editorOf(parts, { snapshot, give }),
      releases: () => {
        const { current, list } = bot.operations.releases
        return {
          current: current?.call(bot.operations.releases).number ?? 0,
          all: list?.call(bot.operations.releases) ?? [],
        }
      },
      explain: async (text) => bot.operations.overview?.explain(text),
      preview: async (order) => near((await bot.drafts.preview?.(order)) ?? failed(NO_RELEASES)),
      difference: async (from, to) => (await bot.drafts.difference?.(from, to)) ?? [],
      settle: async (number) => bot.operations.learning?.settle(number),
    },
    figures: {
      days: () => bot.figures.records(),
      judge: (...change) => bot.figures.judge(...change),
      tickets: async () => (await bot.desk.everything()).map((ticket) => ticketFacts(ticket, bot.desk.rules)),
      closedAtMs: () => lastClosingMs(clock.now(), bot.desk.rules.hours),
      promiseMs: bot.desk.rules.firstResponseMs,
      entries: () => bot.learningRecords().entries,
      drafts: () => edits.records().length,
      golden: () => {
        const { releases } = bot.operations
        return releases.current?.().exam?.golden
      },
      incidents: () => incidentsIn(bot.learningRecords(), { ...radarOf(config.learning), nowMs: clock.now() }),
      notices: bot.calendarNotice === undefined ? [] : [bot.calendarNotice],
    },
    sections: () =>
      [...snapshot().sections.values()].map(({ key, title, role }) => ({ key, title, ...(role && { role }) })),
  })
}

const openTalks = ({
  config,
  nameOf,
  snapshot,
  clock,
  log,
}: Pick<AppParts, 'config' | 'clock' | 'log'> &
  Pick<OpenChannel, 'nameOf'> & { readonly snapshot: () => KnowledgeSnapshot }) =>
  TalkLog.open({
    dir: join(config.dataDir, 'talks'),
    ...config.console,
    clean: (text) => maskIdentifiers(text.slice(0, MAX_KEPT_CHARS)),
    because: (text, sectionKey) =>
      snapshot().matcher.because?.(normalizeText(text.replace(CALLED, '')), sectionKey) ?? [],
    callsWrong: (text) => callsWrong(normalizeText(text)),
    thresholds: {
      asked: THRESHOLDS.offerScope * THRESHOLDS.answerShare,
      overheard: THRESHOLDS.speakScope * THRESHOLDS.speakShare,
    },
    nameOf,
    ...{ clock, log },
  })

/** Whoever is called by name speaks for no section. */
const CALLED = /@[^\s\u2005]+/gu
/** A longer message is a story; its beginning tells what it is about. */
const MAX_KEPT_CHARS = 1_000

/** Drafts of the guides; a release of them is a reload like any other, and stands in the audit log as one. */
function editorOf(
  { config, bot, clock, edits }: AppParts,
  { snapshot, give }: { readonly snapshot: () => KnowledgeSnapshot } & Pick<Bot, 'give'>,
): () => Promise<KnowledgeEditor> {
  const { knowledge, dataDir } = config
  const folder = new KnowledgeFolder({
    ...{ knowledgeDir: knowledge.dir, intentsDir: knowledge.intentsDir, learnedDir: join(dataDir, 'learned') },
  })
  let opened: Promise<KnowledgeEditor> | undefined
  return () => {
    // With it come the parsers, in memory from the first look at the knowledge on.
    opened ??= import('./releases/edits.js').then(
      ({ KnowledgeEditor }) =>
        new KnowledgeEditor({
          ...{ folder, list: edits, snapshot, clock, knowledgeDir: knowledge.dir },
          reload: ({ by, ...order }) => give({ kind: 'reload', ...order }, by),
          releases: () => bot.drafts.list?.() ?? [],
          filesOf: async (release) => (await bot.drafts.filesOf?.(release)) ?? Promise.reject(new Error(NO_RELEASES)),
        }),
    )
    return opened
  }
}

/**
 * Files by the names under which the page shows them, `knowledge/fasttest.md`, wherever the folders lie: whoever reads of
 * them in a browser has no use for the rest of the path.
 */
function namesOfFiles({ knowledge, dataDir }: Config): <Value>(value: Value) => Value {
  const folders = [
    [knowledge.dir, 'knowledge'],
    [knowledge.intentsDir, 'intents'],
    [dataDir, 'data'],
  ].map(([folder = '', name]) => [`${resolve(folder)}${sep}`, `${name}/`] as const)
  const longestFirst = folders.toSorted(([a], [b]) => b.length - a.length)
  const shorten = (text: string): string =>
    longestFirst.reduce((short, [folder, name]) => short.replaceAll(folder, name), text)
  return (value) =>
    JSON.parse(JSON.stringify(value), (_key, part: unknown) => (typeof part === 'string' ? shorten(part) : part))
}

/** What people have taught, a line a sentence. */
const taughtIn = ({ content: { intents, silence } }: KnowledgeSnapshot) => [
  ...intents.flatMap(({ sectionKey, learned = [] }) => learned.map((text) => ({ text, target: sectionKey ?? HUMAN }))),
  ...silence.flatMap(({ text, learned }) => (learned ? [{ text, target: SILENCE }] : [])),
]

/** What the bot would guess of a sentence now, best first. */
const guessesOf = (text: string, { matcher }: KnowledgeSnapshot) => {
  const normalized = normalizeText(text)
  const candidates = matcher.candidates?.(normalized) ?? matcher.match(normalized).candidates
  return candidates.map(({ sectionKey, confidence }) => ({ sectionKey, confidence }))
}

const NO_RELEASES = '这里只回答问题，不能发布。'

/** As people write them. */
const HUMAN = '人工'
const SILENCE = '无关'

/** What teaching would change, on the golden questions as they lie in the folder. */
function teachingPreview(
  { knowledge, dataDir }: Config,
  { snapshot, clock }: { readonly snapshot: () => KnowledgeSnapshot; readonly clock: Clock },
): LearnDeps['preview'] {
  const folder = new KnowledgeFolder({
    ...{ knowledgeDir: knowledge.dir, intentsDir: knowledge.intentsDir, learnedDir: join(dataDir, 'learned') },
  })
  return async ({ text, target }, messages) => {
    const began = performance.now()
    const now = snapshot()
    const meaning: Meaning | undefined =
      target === HUMAN
        ? { kind: 'human' }
        : target === SILENCE
          ? { kind: 'silence' }
          : now.sections.has(target)
            ? { kind: 'section', sectionKey: target }
            : undefined
    if (!meaning) return undefined
    const { questions } = readExam((await folder.read()).intents, knownIn(now.content))
    const golden = questions.filter(({ set }) => set === 'golden')
    return previewTeaching(
      { sentence: text, meaning },
      {
        ...{ snapshot: now, messages, golden, nowMs: clock.now() },
        tookMs: () => Math.round(performance.now() - began),
      },
    )
  }
}

/** Links that lead to the page; none where it has no address for others. */
function linksOf(
  { web: { publicUrl } }: Config,
  { access, isGranted }: { readonly access: () => AccessControl; readonly isGranted: IsGranted },
): Pick<Surroundings, 'links' | 'linkTo'> {
  return {
    links: {
      issue: async ({ by, role }) => {
        if (publicUrl === null) return failed(linkPhrases.noAddress)
        const code = access().links.make({ role, who: by, by: isGranted(by.key, role) ? 'chat' : 'roster' }, LINK_MS)
        return done(linkPhrases.link(`${publicUrl}/#/enter/${code}`))
      },
    },
    ...(publicUrl !== null && { linkTo: (number: number) => `${publicUrl}/#/tickets/${number}` }),
  }
}

const LINK_MS = 10 * MINUTE_MS

type IsGranted = (personKey: string, role: ViewerRole) => boolean

/** What was given by a code can be taken back; others have their roles by the staff group or the configuration. */
const isGranted = (bot: Bot, ...[personKey, role]: Parameters<IsGranted>): boolean =>
  bot.rights.grants().some((grant) => grant.personKey === personKey && mayAs(grant.role, role))

/** How long nobody has listened, after an end that was not meant. The time that this process took to get here counts. */
const awayBefore = ({ GUOSHEN_RESTARTS: restarts = '0', GUOSHEN_DOWN_MS: down = '0' }: NodeJS.ProcessEnv) =>
  Number(restarts) > 0 ? Math.min(Number(down), HEARS_BACK_MS) + performance.now() : undefined

/** Alerts that say which network they are about. */
const alertsOf = ({ channel }: Config, alerts: Alerts): Alerts =>
  channel === 'onebot' ? { ...alerts, raise: (kind, facts) => alerts.raise(kind, { network: 'QQ', ...facts }) } : alerts

/** As people name what the bot is on: `simulator`, `wechat4u`, a package name; `onebot` for QQ. */
const networkOf = ({ channel, puppet }: Config): string => (channel === 'onebot' ? channel : puppet)

const measuredJournal = (journal: DecisionJournal, metrics: Metrics): DecisionJournal => ({
  record(trace, message) {
    metrics.decided(trace.kind)
    journal.record(trace, message)
  },
  said: (...told) => journal.said?.(...told),
})

const pollLimitMs = ({ alive }: Config): number => alive.pollLimitSeconds * 1000

const alertTimes = ({ alerts }: Config) => ({
  scanAfterMs: alerts.scanAfterSeconds * 1000,
  unreachableAfterMs: alerts.unreachableAfterMinutes * 60_000,
})

/** Tells other programs of this machine where the page is; @returns what takes it back */
async function announce(dataDir: string, running: Running, log: Logger): Promise<() => void> {
  const path = join(dataDir, RUNNING_FILE)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new StoreError(fileWords.isFolder(path))
  const writes = new LatestWrite(
    () => writeDurably(path, JSON.stringify(running)),
    (error) =>
      log.warn({ error: (error as NodeJS.ErrnoException).code }, 'other programs are not told where the page is'),
  )
  await writes.now()
  return () => {
    try {
      rmSync(path, { force: true })
    } catch {
      // A disk that takes nothing; nobody answers there any more.
    }
  }
}

/** Prints every new QR code once. */
function showQrCodes(): (state: LoginState) => void {
  let shown: string | undefined
  return ({ qrText }) => {
    if (qrText === undefined || qrText === shown) return
    shown = qrText
    void qrToString(qrText, { type: 'terminal', small: true }).then((code) => print(`请用微信扫码登录：\n${code}`))
  }
}

/** For people, in the terminal, in a chat or by webhook. */
function staffRoomText({ kind, topic }: StaffRoomNews, { channel }: Config): string {
  switch (kind) {
    case 'bound':
      return `值班群认定为“${topic}”：工单发到那里，群里的人都算同事。不对的话，请管理员在真的值班群里发“绑定值班群”。`
    case 'namesake':
      return `另有一个群也叫“${topic}”，机器人不理它；值班群还是原来那个。请看看是不是有人冒名。`
    case 'not-bound':
      return `还没认定值班群：叫“${topic}”的群里没有机器人认识的同事（${channel === 'onebot' ? '配置里写了 QQ 号' : '备注'}或认领过的），光凭群名不算数。
请管理员在值班群里发“绑定值班群”，或在控制页、终端发“绑定值班群 ${topic}”。在这之前工单只发给管理员和值班同事的私聊。`
    case 'not-listed':
      return `没找到值班群“${topic}”：${channel === 'onebot' ? '请把机器人的 QQ 拉进群，或把 rooms.staffRoom 写成 qq-group:群号' : '请把它保存到通讯录，或在群里说句话'}。在这之前工单只发给管理员和值班同事的私聊。`
  }
}

const NO_STAFF_ROOM = `还没有指定值班群：客户转人工时，同事在群里收不到工单。
请把值班群的群名写进 guoshen.yaml 的 rooms.staffRoom（或环境变量 GUOSHEN_STAFF_ROOM），再重新启动。`

/** For whoever sits at the terminal, between the lines of the log. */
const print = (text: string): boolean => process.stdout.write(`\n${text}\n\n`)

await exitOnBadInput(main, { tell: (reason) => giveUp(process, reason), outlivesReader: true })
// Whatever has been started so far would keep the process alive.
if (process.exitCode === EXIT.badInput) process.exit(EXIT.badInputOfBot)
