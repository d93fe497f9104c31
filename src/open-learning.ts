import { join } from 'node:path'
import { LearnedFolder } from './adapters/files/learned-folder.js'
import { LowdbLearningStore } from './adapters/lowdb/lowdb-learning-store.js'
import type { Config } from './config.js'
import { forgetPerson } from './learning/forget-person.js'
import { LearningDesk } from './learning/learning-desk.js'
import { LearningEar, type LearningEarParts } from './learning/learning-ear.js'
import type { TeacherParts } from './learning/teacher.js'
import type { ForgottenPerson } from './model/forgotten.js'
import type { TicketDesk } from './tickets/ticket-desk.js'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** Open and ignored ones together; the rarest go first. */
const MAX_QUESTIONS = 500

export interface LearningNeeds
  extends Pick<LearningEarParts, 'knowledge' | 'notices' | 'alerts' | 'clock' | 'log'>,
    Pick<TeacherParts, 'reload'> {
  readonly desk: TicketDesk
  /** Nothing is kept. */
  readonly forgetful: boolean
}

export interface OpenLearning {
  /** What colleagues may order. */
  readonly learningDesk: LearningDesk
  /** What hears every decided message. */
  readonly learning: LearningEar
  forget(person: ForgottenPerson): Promise<void>
  /** Resolves when all is on disk. */
  flush(): Promise<void>
}

/** Joins the parts that learn around their files. @throws StoreError when the file of questions is damaged */
export async function openLearning(config: Config, needs: LearningNeeds): Promise<OpenLearning> {
  const { desk, forgetful, knowledge, notices, alerts, clock, log, reload } = needs
  const { keepDays, dislikes, incidentGroups, incidentHours } = config.learning
  const store = forgetful
    ? await LowdbLearningStore.inMemory(log)
    : await LowdbLearningStore.open(join(config.dataDir, 'unanswered.json'), log)
  const learning = new LearningEar({
    ...{ store, knowledge, notices, alerts, clock, log },
    limits: { keepMs: keepDays * DAY_MS, maxQuestions: MAX_QUESTIONS },
    radar: { groups: incidentGroups, windowMs: incidentHours * HOUR_MS },
    colleagueNames: [
      ...config.staff.names.filter((name) => !name.includes('*')),
      ...config.desk.people.map(({ name }) => name),
    ],
  })
  const files = new LearnedFolder(join(config.dataDir, 'learned'))
  const learningDesk = new LearningDesk({ store, files, knowledge, reload, clock, log, dislikes })
  desk.onChange(() => learning.noteTickets(desk.all()))
  learning.noteTickets(desk.all())
  const forget = (person: ForgottenPerson) => store.save(forgetPerson(store.records(), person))
  return { learningDesk, learning, forget, flush: () => store.flush() }
}
