import { join } from 'node:path'
import { DAY_MS, HOUR_MS } from '../base/time.js'
import type { LearningStore } from '../model/learning.js'
import type { ForgottenPerson, Ticket } from '../model/ticket.js'
import { LearnedFolder } from './files.js'
import { LearningEar, type LearningEarParts } from './listen.js'
import { forgetPerson as forgetInLearning } from './records.js'
import { BotLearning, type TeacherParts } from './teach.js'

/** Open and ignored ones together; the rarest go first. */
const MAX_QUESTIONS = 500

export interface LearningNeeds
  extends Pick<LearningEarParts, 'state' | 'knowledge' | 'notices' | 'alerts' | 'clock' | 'log'>,
    Pick<TeacherParts, 'reload'> {
  readonly desk: { onChange(listener: () => void): unknown; mine(): readonly Ticket[] }
  readonly store: LearningStore & { flush(): Promise<void> }
  /** Where the folder of what was taught lies. */
  readonly dataDir: string
  readonly settings: {
    readonly keepDays: number
    /** So many different people must call an answer useless before it is shown. */
    readonly dislikes: number
    readonly incidentGroups: number
    readonly incidentHours: number
  }
  readonly colleagueNames: readonly string[]
}

export interface OpenLearning {
  /** What colleagues may order. */
  readonly learningOrders: BotLearning
  /** What hears every decided message. */
  readonly learning: LearningEar
  forget(person: ForgottenPerson): Promise<void>
  /** Resolves when all is on disk. */
  flush(): Promise<void>
}

/** When the same rejection counts as one incident. */
export const radarOf = ({
  incidentGroups,
  incidentHours,
}: Pick<LearningNeeds['settings'], 'incidentGroups' | 'incidentHours'>) => ({
  groups: incidentGroups,
  windowMs: incidentHours * HOUR_MS,
})

/** Joins the parts that learn around their files. */
export function openLearning(needs: LearningNeeds): OpenLearning {
  const { desk, state, store, dataDir, settings, colleagueNames, knowledge, notices, alerts, clock, log, reload } =
    needs
  const { keepDays, dislikes } = settings
  const learning = new LearningEar({
    ...{ store, state, knowledge, notices, alerts, clock, log },
    limits: { keepMs: keepDays * DAY_MS, maxQuestions: MAX_QUESTIONS },
    radar: radarOf(settings),
    colleagueNames,
  })
  const files = new LearnedFolder(join(dataDir, 'learned'))
  const learningOrders = new BotLearning({ store, files, knowledge, reload, clock, log, dislikes })
  desk.onChange(() => learning.noteTickets(desk.mine()))
  learning.noteTickets(desk.mine())
  const forget = (person: ForgottenPerson) => store.save(forgetInLearning(store.records(), person))
  return { learningOrders, learning, forget, flush: () => store.flush() }
}
