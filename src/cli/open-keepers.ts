import { join } from 'node:path'
import { LowdbIdentityStore } from '../adapters/lowdb/lowdb-identity-store.js'
import { LowdbLearningStore } from '../adapters/lowdb/lowdb-learning-store.js'
import { LowdbOutboxStore } from '../adapters/lowdb/lowdb-outbox-store.js'
import { LowdbRecords } from '../adapters/lowdb/lowdb-records.js'
import { storedReminders, storedWalks } from '../adapters/lowdb/stored-shapes.js'
import type { Config } from '../config.js'
import { WalkMemory } from '../decide/walk-memory.js'
import type { Forgetful } from '../forget-everywhere.js'
import { IdentityBook } from '../identity/identity-book.js'
import { forgetPerson } from '../learning/forget-person.js'
import type { Log } from '../model/ports.js'
import type { Reminder } from '../model/reminder.js'
import type { StoredWalk } from '../model/walk.js'
import { ReminderBook } from '../reminders/reminder-book.js'

const log: Log = { debug: () => {}, info: () => {}, warn: console.error, error: console.error }

/** Whatever keeps something about people beside the tickets, while no bot runs. @throws StoreError when a file is damaged */
export async function openKeepers({ dataDir }: Pick<Config, 'dataDir'>): Promise<readonly Forgetful[]> {
  const file = (name: string): string => join(dataDir, name)
  const outbox = await LowdbOutboxStore.open(file('outbox.json'))
  const reminders = await LowdbRecords.open<Reminder>(file('reminders.json'), { schema: storedReminders, log })
  const walkStore = await LowdbRecords.open<StoredWalk>(file('walks.json'), { schema: storedWalks, log })
  const walks = new WalkMemory({ records: walkStore.records(), keep: (records) => walkStore.keep(records) })
  const learning = await LowdbLearningStore.open(file('unanswered.json'), log)
  const identityStore = await LowdbIdentityStore.open(file('identities.json'), log)
  const identities = new IdentityBook({
    clock: { now: () => Date.now() },
    records: identityStore.records(),
    keep: (records) => identityStore.keep(records),
  })
  return [
    ...[outbox, new ReminderBook(reminders), walks, identities],
    { forget: (person) => learning.save(forgetPerson(learning.records(), person)) },
    { forget: () => walkStore.flush() },
    { forget: () => identityStore.flush() },
  ]
}
