import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { IdentityBook } from '../channel/identity.js'
import { type Forgetful, forgetPerson, keepersOf } from '../commands/operations.js'
import { ClaimBook } from '../commands/rights.js'
import { type Config, readConfig } from '../config.js'
import { ReminderBook } from '../dialogue/reminders.js'
import { withoutWalksOf } from '../dialogue/state.js'
import { SharedDeskError } from '../errors.js'
import { forgetPerson as forgetInLearning } from '../learning/records.js'
import type { Log } from '../model/ports.js'
import type { ForgetOrder, ForgetOutcome, ForgottenPerson, Ticket } from '../model/ticket.js'
import { lockFolder } from '../ops/data-folder.js'
import { AuditFile } from '../store/audit.js'
import { openRecords } from '../store/json-file.js'
import { LowdbOutboxStore } from '../store/outbox.js'
import { openIdentities, openLearningStore, storedClaims, storedReminders, storedWalks } from '../store/records.js'
import { LowdbTicketStore } from '../store/tickets.js'
import { ticketsAsCsv } from '../tickets/board.js'
import { forgetIn } from '../tickets/desk.js'
import { deskCommandPhrases as say } from '../tickets/phrases.js'
import { isUnsettled } from '../tickets/states.js'
import { exitOnBadInput, postToBot } from './running-bot.js'

const USAGE = `用法：npm run tickets -- list [--all]
      npm run tickets -- show 12
      npm run --silent tickets -- export --csv > 工单.csv
      npm run --silent tickets -- export --json > 工单.json
      npm run tickets -- forget 王老板          看会删除谁留下的内容：工单、归档、待发通知、提醒、未答问题……
      npm run tickets -- forget 王老板 --yes    删除`

/** Reads tickets, archived ones included; only `forget` changes anything. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      csv: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
    },
  })
  const [order, ...words] = positionals
  const config = readConfig(process.env)
  switch (order) {
    case 'list':
      return list(await readAll(config), values.all)
    case 'show':
      return show(await readAll(config), Number(words[0]))
    case 'export':
      return console.log(
        values.csv ? ticketsAsCsv(await readAll(config)) : JSON.stringify(await readAll(config), null, 2),
      )
    case 'forget':
      return forget(words.join(' ').trim(), values.yes, config)
    default:
      console.error(USAGE)
      process.exitCode = 2
  }
}

function list(tickets: readonly Ticket[], all: boolean): void {
  const shown = all ? tickets : tickets.filter(isUnsettled)
  console.log(shown.length === 0 ? say.noTickets : shown.map((ticket) => say.line(ticket, Date.now())).join('\n'))
}

function show(tickets: readonly Ticket[], number: number): void {
  const ticket = tickets.find((one) => one.number === number)
  if (ticket) console.log(say.show(ticket, Date.now(), { titleOf: () => undefined, maxEvents: 1_000 }))
  else {
    console.error(say.unknown(number))
    process.exitCode = 1
  }
}

/** The bot owns the file while it runs, so it is asked to do it. */
async function forget(who: string, sure: boolean, config: Config): Promise<void> {
  if (who === '') {
    console.error('请带上名字，例如：npm run tickets -- forget 王老板')
    process.exitCode = 2
    return
  }
  const answered = await postToBot(config.dataDir, '/api/tickets/forget', { who, sure })
  const outcome = (answered as ForgetOutcome | undefined) ?? (await forgetByHand({ who, sure }, config))
  for (const line of outcomeLines(who, outcome)) console.log(line)
  if (sure && !outcome.isDone && outcome.people.length > 0) process.exitCode = 1
}

function outcomeLines(who: string, { people, mentionedIn, isDone }: ForgetOutcome): readonly string[] {
  const [first] = people
  if (!first) return [`没有找到 ${who} 留下的内容。要写全名，或者写键，例如：forget name:王老板`]
  const mentioned =
    mentionedIn.length > 0
      ? [`别人的工单 ${mentionedIn.join('、')} 里提到这个名字，不会改动，请自己看要不要处理。`]
      : []
  if (isDone)
    return [
      `已删除 ${who} 在 ${first.tickets.length} 张工单里的内容，待发通知、提醒、走查进度、未答问题、认领、身份记录和审计里的名字也已清理；日志里没有姓名和原话。`,
      ...mentioned,
    ]
  const found = people.map(
    ({ key, names, tickets }) =>
      `${key}｜叫过 ${names.join('、') || '（不知道）'}｜${tickets.length > 0 ? `工单 ${tickets.join('、')}` : '没有工单'}`,
  )
  const next = people.length > 1 ? `不止一个，请写前面的键，例如：npm run tickets -- forget ${first.key} --yes` : ''
  return [
    '还没有删除。会删除这个人留下的内容，不能恢复：',
    ...found,
    ...mentioned,
    next || `确认的话：npm run tickets -- forget ${who} --yes`,
  ]
}

/** A bot that is just starting has no page yet, and would write over what is changed here. */
async function forgetByHand(order: ForgetOrder, config: Config): Promise<ForgetOutcome> {
  if (config.store.url !== null)
    throw new SharedDeskError('工单在几个账号共用的库里，请先启动这个账号的机器人，再运行一次。')
  await lockFolder(config.dataDir, { of: 'bot', waitMs: 0, log: { warn: () => {} } })
  const store = await LowdbTicketStore.open(ticketPath(config))
  const tickets = {
    everything: () => store.all(),
    forget: (person: ForgottenPerson) => store.forget(forgetIn(person)),
  }
  return forgetPerson(order, { tickets, others: await openKeepers(config) })
}

/** Those of this account, where several share the desk. */
async function readAll(config: Config): Promise<readonly Ticket[]> {
  const { account, store } = config
  if (store.url === null) return (await LowdbTicketStore.open(ticketPath(config))).all()
  const { readDatabase, withDatabase } = await import('../store/postgres/transfer.js')
  const { tickets, archived } = await withDatabase(store.url, (client) => readDatabase(client, account))
  return [...tickets, ...archived].sort((a, b) => a.number - b.number)
}

const ticketPath = ({ dataDir }: Config): string => join(dataDir, 'tickets.json')

const log: Log = { debug: () => {}, info: () => {}, warn: console.error, error: console.error }

/** Whatever keeps something about people beside the tickets, while no bot runs. @throws StoreError when a file is damaged */
async function openKeepers({ dataDir }: Pick<Config, 'dataDir'>): Promise<readonly Forgetful[]> {
  const file = (name: string): string => join(dataDir, name)
  const outbox = await LowdbOutboxStore.open(file('outbox.json'))
  const reminders = await openRecords(file('reminders.json'), { schema: storedReminders, log })
  const walkStore = await openRecords(file('walks.json'), { schema: storedWalks, log })
  const learning = await openLearningStore(file('unanswered.json'), log)
  const identityStore = await openIdentities(file('identities.json'), log)
  const identities = new IdentityBook({
    clock: { now: () => Date.now() },
    records: identityStore.records(),
    keep: (records) => identityStore.keep(records),
  })
  const claims = new ClaimBook({
    claims: await openRecords(file('claims.json'), { schema: storedClaims, log }),
    ...{ clock: { now: () => Date.now() }, randomInt },
  })
  const walks = {
    forget: (person: ForgottenPerson) => walkStore.keep(withoutWalksOf(walkStore.records(), person)),
  }
  return [
    ...[outbox, identities, claims, new AuditFile(file('audit.jsonl'), { log })],
    ...keepersOf({ reminders: new ReminderBook(reminders), reminderStore: reminders, walks, walkStore }),
    { forget: (person) => learning.save(forgetInLearning(learning.records(), person)) },
    { forget: () => identityStore.flush() },
  ]
}

await exitOnBadInput(main, { usage: USAGE })
