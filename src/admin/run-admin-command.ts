import type { AdminCommand, Command } from '../model/command.js'
import type { Orderer, Report } from '../model/operations.js'
import type { AuditLog } from '../model/ports.js'
import { commandPhrases as say } from './command-phrases.js'
import { helpText } from './help-text.js'
import type { OrderTools } from './run-command.js'

type Runners = {
  readonly [K in AdminCommand['kind']]: (
    command: Extract<AdminCommand, { kind: K }>,
    by: Orderer,
    tools: OrderTools,
  ) => Promise<Report> | Report | undefined
}

const failed = (text: string): Report => ({ ok: false, text })

/** undefined: the bot was built without that part. */
const RUNNERS: Runners = {
  help: (_, by, { operations }) => ({ ok: true, text: helpText(by, operations) }),
  status: (_, __, { operations }) => operations.overview?.status(),
  reload: ({ force }, { who }, { operations }) => operations.releases.reload({ by: who, force }),
  check: (_, __, { operations }) => operations.releases.check?.(),
  'roll-back': ({ to }, { who }, { operations }) =>
    operations.releases.rollBack?.({ by: who, ...(to === null ? {} : { to }) }),
  try: ({ text }, _, { operations }) => (text === '' ? failed(say.howTo.try) : operations.overview?.explain(text)),
  'list-unanswered': (_, __, { operations }) => operations.learning?.list(),
  assign: ({ number, sectionKey, force }, { who }, { operations }) =>
    number === null || sectionKey === null
      ? failed(say.howTo.assign)
      : operations.learning?.assign({ number, sectionKey, by: who, ...(force && { force }) }),
  ignore: ({ number }, { who }, { operations }) =>
    number === null ? failed(say.howTo.ignore) : operations.learning?.ignore({ number, by: who }),
  teach: ({ sectionKey, text, force }, { who }, { operations }) =>
    sectionKey === null || text === ''
      ? failed(say.howTo.teach)
      : operations.learning?.teach({ sectionKey, text, by: who, ...(force && { force }) }),
  'list-drafts': (_, __, { operations }) => operations.learning?.drafts(),
  'accept-draft': ({ number, force }, { who }, { operations }) =>
    number === null
      ? failed(say.howTo.accept)
      : operations.learning?.accept({ number, by: who, ...(force && { force }) }),
  mute: ({ room, minutes }, { who }, { operations }) => operations.rooms?.mute({ room, minutes, by: who }),
  unmute: ({ room }, { who }, { operations }) => operations.rooms?.unmute({ room, by: who }),
  'list-rooms': (_, __, { operations }) => operations.rooms?.list(),
  'show-figures': ({ span }, _, { operations }) => operations.overview?.figures(span),
  'show-audit': (_, __, { operations }) => operations.audit && readAudit(operations.audit),
  'claim-role': ({ role }, { who, role: as, where, contactId }, { operations }) => {
    if (as === 'operator') return operations.rights?.pending()
    if (as === 'admin' || (as === 'staff' && role === 'staff')) return { ok: true, text: say.hasRole }
    if (where !== 'direct' || contactId === undefined) return failed(say.claimInDirectChat)
    return operations.rights?.ask({ role, by: who, contactId })
  },
  'revoke-role': ({ name }, { who }, { operations }) =>
    name === '' ? failed(say.howTo.revoke) : operations.rights?.revoke({ name, by: who }),
}

const MAX_AUDIT_LINES = 10

const readAudit = async (audit: AuditLog): Promise<Report> => ({
  ok: true,
  text: say.audit(await audit.recent(MAX_AUDIT_LINES)),
})

export const isAdminCommand = (command: Command): command is AdminCommand => command.kind in RUNNERS

/** Carries out an order to the bot itself. What this bot was built without is said to be missing. */
export async function runAdminCommand(command: AdminCommand, by: Orderer, tools: OrderTools): Promise<Report> {
  const run = RUNNERS[command.kind] as (c: AdminCommand, by: Orderer, tools: OrderTools) => Promise<Report> | undefined
  return (await run(command, by, tools)) ?? failed(say.notAvailable)
}
