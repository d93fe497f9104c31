import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { LowdbTicketStore } from '../adapters/lowdb/lowdb-ticket-store.js'
import { TicketFolder } from '../adapters/lowdb/ticket-folder.js'
import { deskCommandPhrases as say } from '../admin/desk-command-phrases.js'
import { type Config, readConfig } from '../config.js'
import { forgetEverywhere } from '../forget-everywhere.js'
import type { Ticket } from '../model/ticket.js'
import { lockFolder } from '../process/folder-lock.js'
import { forgetIn } from '../tickets/forget-asker.js'
import { isUnsettled } from '../tickets/ticket-transitions.js'
import { exitOnBadInput } from './exit-on-bad-input.js'
import { openKeepers } from './open-keepers.js'
import { postToBot } from './post-to-bot.js'
import { ticketsAsCsv } from './tickets-csv.js'

const USAGE = `用法：npm run tickets -- list [--all]
      npm run tickets -- show 12
      npm run --silent tickets -- export --csv > 工单.csv
      npm run --silent tickets -- export --json > 工单.json
      npm run tickets -- forget 王老板    删除一个人的内容：工单、归档、待发通知、提醒、未答问题`

/** Reads tickets, archived ones included; only `forget` changes anything. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      csv: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
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
      return forget(words.join(' ').trim(), config)
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
async function forget(name: string, config: Config): Promise<void> {
  if (name === '') {
    console.error('请带上名字，例如：npm run tickets -- forget 王老板')
    process.exitCode = 2
    return
  }
  const answered = await postToBot(config.dataDir, '/api/tickets/forget', { name })
  const count = answered ? Number(answered.count) : await forgetByHand(name, config)
  const elsewhere = '别人工单里提到的名字、待发通知、提醒、走查进度、未答问题和身份记录也已清理；日志里没有姓名和原话。'
  console.log(`${count > 0 ? `已删除 ${name} 在 ${count} 张工单里的内容。` : `没有 ${name} 的工单。`}${elsewhere}`)
}

/** A bot that is just starting has no page yet, and would write over what is changed here. */
async function forgetByHand(name: string, config: Config): Promise<number> {
  await lockFolder(config.dataDir, { of: 'bot', waitMs: 0, log: { warn: () => {} } })
  const store = await LowdbTicketStore.open(ticketPath(config))
  return forgetEverywhere(name, { forget: (asker) => store.forget(asker, forgetIn(asker)) }, await openKeepers(config))
}

async function readAll(config: Config): Promise<readonly Ticket[]> {
  const live = (await LowdbTicketStore.open(ticketPath(config))).list()
  const archived = await new TicketFolder(config.dataDir).archived()
  const numbers = new Set(live.map(({ number }) => number))
  // Between archive and live file a ticket may be in both; the live one counts.
  return [...archived.filter(({ number }) => !numbers.has(number)), ...live].sort((a, b) => a.number - b.number)
}

const ticketPath = ({ dataDir }: Config): string => join(dataDir, 'tickets.json')

await exitOnBadInput(main)
