import { LowdbTicketStore } from '../../src/store/tickets.js'
import { TicketDesk } from '../../src/tickets/desk.js'
import { aTicketRequest } from './a-ticket.js'
import { someDeskRules } from './desk-rules.js'

/**
 * Opens one ticket after another in the file named by the first argument and prints each number once it is promised,
 * until somebody kills it. Long questions make the writes long.
 */

const desk = new TicketDesk(await LowdbTicketStore.open(process.argv[2]!), { now: () => Date.now() }, someDeskRules())
const question = '备案'.repeat(10_000)
for (;;) {
  const askerKey = `name:${process.pid}-${process.hrtime.bigint()}`
  const { ticket } = await desk.open(aTicketRequest({ askerKey, question }))
  process.stdout.write(`${ticket.number}\n`)
}
