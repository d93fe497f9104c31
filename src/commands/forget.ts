import type { ForgetOrder, ForgetOutcome, ForgottenPerson, Ticket } from '../model/ticket.js'
import type { Reminder, StoredWalk } from '../model/understanding.js'

/** Under what somebody is kept in one place. */
export interface KnownAs {
  readonly key: string
  readonly names: readonly string[]
}

/** Whatever keeps something of people. */
export interface Forgetful {
  /** Who is kept here; absent where only keys and tickets lead to them. */
  people?(): readonly KnownAs[]
  forget(person: ForgottenPerson): Promise<void> | void
}

export interface ForgettingTickets {
  /** Archived ones included. */
  everything(): Promise<readonly Ticket[]>
  forget(person: ForgottenPerson): Promise<void>
}

/** A single character is in too many words to tell a name. */
const MIN_NAME_CHARS = 2

/**
 * Removes what was kept of a person, on request: tickets, archive, notices that wait, reminders, walk-throughs,
 * questions to learn from, claims, names in the audit log. Logs hold no names and no words. Whoever has the key, or the
 * whole name at any time, is meant; of several nobody is forgotten until a key says which. Others' tickets stay as they
 * are.
 */
export async function forgetPerson(
  { who, sure }: ForgetOrder,
  { tickets, others }: { readonly tickets: ForgettingTickets; readonly others: readonly Forgetful[] },
): Promise<ForgetOutcome> {
  const all = await tickets.everything()
  const ofTickets = all.map(({ askerKey, askerName }) => ({ key: askerKey, names: [askerName] }))
  const namesByKey = new Map<string, Set<string>>()
  for (const { key, names } of [...ofTickets, ...others.flatMap((other) => other.people?.() ?? [])]) {
    const known = namesByKey.get(key) ?? new Set()
    for (const name of names) if (name !== '') known.add(name)
    namesByKey.set(key, known)
  }
  const asName = [`name:${who}`, `remark:${who}`]
  const keys = namesByKey.has(who)
    ? [who]
    : [...namesByKey].filter(([key, names]) => names.has(who) || asName.includes(key)).map(([key]) => key)
  const people = keys.map((key) => ({
    key,
    names: [...namesByKey.get(key)!],
    tickets: all.filter(({ askerKey }) => askerKey === key).map(({ number }) => number),
  }))
  const names = people.flatMap((person) => person.names).filter((name) => name.length >= MIN_NAME_CHARS)
  const theirs = all.filter(({ askerKey }) => keys.includes(askerKey))
  const mentionedIn = all
    .filter((ticket) => !theirs.includes(ticket) && names.some((name) => wordsOf(ticket).includes(name)))
    .map(({ number }) => number)
  const isDone = sure && keys.length === 1
  if (isDone) {
    const person: ForgottenPerson = {
      keys,
      names,
      tickets: theirs.map(({ number }) => number),
      said: theirs.flatMap(({ question, lastWords }) => [question, ...lastWords.map(({ text }) => text)]),
    }
    await tickets.forget(person)
    for (const other of others) await other.forget(person)
  }
  return { people, mentionedIn, isDone }
}

const wordsOf = (ticket: Ticket): string =>
  [
    ...[ticket.question, ...ticket.lastWords.map(({ text }) => text)],
    ...['gist' in ticket ? ticket.gist : '', ...ticket.events.map(({ why }) => why)],
  ].join('\n')

interface Kept {
  readonly reminders: Pick<Forgetful, 'forget'>
  readonly reminderStore: { records(): readonly Reminder[] }
  readonly walks: Pick<Forgetful, 'forget'>
  readonly walkStore: { records(): readonly StoredWalk[]; flush(): Promise<void> }
}

/** What is remembered of a talk, for those who are to be forgotten. */
export const keepersOf = ({ reminders, reminderStore, walks, walkStore }: Kept): readonly Forgetful[] => [
  {
    people: () => reminderStore.records().map(({ person }) => ({ key: person.key, names: [person.name] })),
    forget: (person) => reminders.forget(person),
  },
  {
    people: () => walkStore.records().map(({ askerKey }) => ({ key: askerKey, names: [] })),
    forget: async (person) => {
      await walks.forget(person)
      await walkStore.flush()
    },
  },
]
