import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { decide } from '../../src/dialogue/policy.js'
import type { Decision } from '../../src/model/decision.js'
import type { KnowledgeSnapshot } from '../../src/model/understanding.js'
import { knowingOf, understand } from '../../src/nlu/pipeline.js'
import { createLoadSnapshot } from '../../src/releases/build.js'
import { aMessage } from '../support/a-message.js'
import { aSituation } from '../support/a-situation.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { readDatelessMessages, readDateMessages, summaryOf } from '../support/read-date-messages.js'

const ROOT = join(import.meta.dirname, '../..')

let snapshot: KnowledgeSnapshot
beforeAll(async () => {
  const folders = { knowledgeDir: join(ROOT, 'knowledge'), intentsDir: join(ROOT, 'intents') }
  snapshot = (await createLoadSnapshot(folders)()).snapshot
}, 120_000)

function decideOn(text: string, nowMs: number, addressedToBot = true): Decision {
  const knowing = knowingOf(snapshot, nowMs)
  const situation = aSituation({ hasSection: (key) => snapshot.sections.has(key), timelineSection: '5' })
  return decide(aMessage({ text, addressedToBot }), understand(text, knowing), situation)
}

const daysOf = (decision: Decision) => ('days' in decision ? decision.days?.dates : undefined)

describe('whoever tells the bot a day of a review is answered with days', () => {
  test.each(readDateMessages())('$text: $expected', ({ text, nowMs, expected }) => {
    expect(summaryOf(daysOf(decideOn(text, nowMs)), expected)).toBe(expected)
  })
})

describe('other days are not, whether or not they are put to the bot', () => {
  test.each(readDatelessMessages())('%s', (text) => {
    expect(daysOf(decideOn(text, MONDAY_MS))).toBeUndefined()
    expect(daysOf(decideOn(text, MONDAY_MS, false))).toBeUndefined()
  })
})
