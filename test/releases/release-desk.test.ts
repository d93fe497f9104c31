import { describe, expect, test, vi } from 'vitest'
import { BuildError } from '../../src/errors.js'
import type { ExamChange } from '../../src/evaluate/exam.js'
import { NO_KNOWLEDGE, type Problem } from '../../src/model/knowledge.js'
import type { BuiltKnowledge } from '../../src/releases/build.js'
import { ReleaseDesk } from '../../src/releases/open.js'
import type { Completed, Prepared, ReleaseRecord } from '../../src/releases/release.js'
import { aSnapshot } from '../support/a-snapshot.js'
import { capturedLog } from '../support/captured-log.js'
import { fixedClock } from '../support/fixed-clock.js'

const by = { key: 'remark:管理员', name: '徐经理' }
const FIRST: ReleaseRecord = {
  ...{ number: 1, version: 'cafe0001', atMs: 0, textsKey: 'cafe0001', by },
  ...{ forced: false, sectionCount: 1, utteranceCount: 1 },
}
const LONG = '很长的一句话'.repeat(60)

const problem = (line: number, message = LONG): Problem => ({
  ...{ severity: 'error', file: 'intents/a.yaml', line, column: 1, message, remedy: LONG },
})
const change = (index: number): ExamChange => ({
  ...{ set: 'golden', text: `${LONG}${index}`, heard: 'asked', wanted: { kind: 'human' }, place: `${LONG}:1` },
  ...{ before: { kind: 'escalate', sections: [] }, after: { kind: 'answer', sections: [LONG] } },
  ...{ wasRight: true, isRight: false },
})
const many = <Item>(make: (index: number) => Item): readonly Item[] =>
  Array.from({ length: 200 }, (_, index) => make(index))

/** Everything that a report can tell, and far too much of it. */
function overflowing(): Prepared {
  const owned = many((index) => ({ owner: LONG, text: `${LONG}${index}` }))
  const sections = many((index) => ({ key: `${LONG}${index}`, title: LONG }))
  const figures = { golden: { total: 200, right: 100 }, heldOut: { total: 100, right: 10, wrong: 50 } }
  return {
    status: 'ready',
    findings: {
      ...{ textsKey: 'beef0002', sectionCount: 1, utteranceCount: 1, warnings: many(problem) },
      difference: {
        sections: { added: sections, changed: sections, removed: sections },
        utterances: { added: owned, changed: owned, removed: owned },
        silence: { added: owned, changed: owned, removed: owned },
        facts: { added: many(String), changed: [], removed: [] },
        others: many(String),
      },
      misread: [],
      exam: {
        before: { ...figures, golden: { total: 200, right: 200 } },
        after: figures,
        changes: many(change),
        unmet: [],
      },
    },
    built: {
      textsKey: '',
      trainingKey: '',
      codeKey: '',
      content: NO_KNOWLEDGE,
      warnings: [],
      model: null,
      behind: 0,
      subjectsKey: '',
    },
  }
}

const noRest = async (): Promise<Completed> => Promise.reject(new BuildError('crashed', 'out of memory'))

function deskWith(prepare: () => Promise<Prepared>, complete: () => Promise<Completed> = noRest) {
  const knowledge = { current: aSnapshot() }
  const { log, lines } = capturedLog()
  const reports: string[] = []
  const store = {
    list: () => [FIRST],
    inUse: () => ({ number: 1, pinned: false }),
    lastNumber: () => 1,
    add: async () => Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' })),
    use: async () => {},
    discard: async () => {},
    writeReport: async (name: string, report: string) => {
      reports.push(report)
      return `data/releases/${name}.md`
    },
  }
  const limits = { goldenMayLose: 0, heldOutMayLosePoints: 1, wrongMayGainPoints: 0.5 }
  const desk = new ReleaseDesk({
    ...{ store, knowledge, limits, timeoutSeconds: 120, completeAfterMs: 0, clock: fixedClock(), log },
    builder: {
      prepare,
      complete,
      preview: async () => ({ status: 'broken', problems: [] }),
      restore: async () => Promise.reject(new BuildError('crashed', 'out of memory')),
    },
  })
  return { desk, knowledge, lines, reports }
}

test.each([
  ['the thread dies', new BuildError('crashed', 'out of memory'), '没有成功，继续用发布 1。原因写在运行日志里。'],
  ['time is up', new BuildError('timeout', 'no result'), /^没有成功，继续用发布 1。检查和训练超过了 120 秒/],
  ['the disk is full', new BuildError('failed', 'write', 'ENOSPC'), '没有成功，继续用发布 1。磁盘满了，请清理后再试。'],
  ['files may not be written', new BuildError('failed', 'open', 'EACCES'), /^没有成功，继续用发布 1。没有权限/],
])('keeps the old knowledge when %s', async (_what, error, text) => {
  const { desk, knowledge, lines } = deskWith(() => Promise.reject(error))
  const before = knowledge.current
  expect(await desk.reload({ by })).toEqual({ ok: false, text: expect.stringMatching(text) })
  expect(knowledge.current).toBe(before)
  expect(lines).toMatchObject([{ msg: 'release order failed', error: expect.stringContaining(error.message) }])
})

test('can be tried again after a failure', async () => {
  let isBroken = true
  const { desk } = deskWith(async () => {
    if (isBroken) throw new BuildError('crashed', 'out of memory')
    return { status: 'broken', problems: [problem(3, '缩进不对')] }
  })
  await desk.reload({ by })
  isBroken = false
  expect((await desk.reload({ by })).text).toContain('intents/a.yaml:3:1 缩进不对')
})

test.each<[string, () => Promise<Prepared>]>([
  ['many long problems', async () => ({ status: 'broken', problems: many(problem) })],
  ['differences without end', async () => overflowing()],
])('fits %s on a phone, and tells where the whole of it is', async (_what, prepare) => {
  const { desk } = deskWith(prepare)
  for (const { ok, text } of [await desk.reload({ by }), await desk.check()]) {
    expect(ok).toBe(false)
    expect(text.length).toBeLessThanOrEqual(500)
    expect(text).toMatch(/还有 199 处|全文：data\/releases\/(?:refused|check)\.md$/)
  }
})

test('writes down in the report what the phone has no room for', async () => {
  const { desk, reports } = deskWith(async () => overflowing())
  await desk.reload({ by })
  expect(reports[0]).toContain('## 回答变了的问题（200）')
  expect(reports[0]).toContain('| 变差 |'.replace(/^\| /, '- '))
})

test('stays where it is when the release to go back to can not be read', async () => {
  const { desk } = deskWith(async () => overflowing())
  expect(await desk.rollBack({ by })).toMatchObject({ ok: false, text: expect.stringMatching(/^没有更早的发布。/) })
})

describe('what a quick build has put off', () => {
  const built: BuiltKnowledge = {
    ...{
      textsKey: 'feed0001',
      trainingKey: '',
      codeKey: '',
      content: NO_KNOWLEDGE,
      warnings: [],
      model: null,
      behind: 0,
      subjectsKey: '',
    },
  }
  const figures = { golden: { total: 1, right: 1 }, heldOut: { total: 0, right: 0, wrong: 0 } }
  const exam = (changes: readonly ExamChange[]) => ({ before: figures, after: figures, changes, unmet: [] })
  const nothing = async (): Promise<Prepared> => ({ status: 'broken', problems: [] })

  test('is trained later, and takes its place', async () => {
    const { desk, knowledge, lines } = deskWith(nothing, async () => ({ built, exam: exam([]) }))
    desk.completeLater()
    await vi.waitFor(() => expect(lines).toMatchObject([{ msg: 'trained with all sentences', release: 1 }]))
    expect(knowledge.current.version).toBe('feed0001')
  })

  test('stays as it was where golden questions get worse, or nothing comes of it', async () => {
    const worse = deskWith(nothing, async () => ({ built, exam: exam([change(1)]) }))
    const failing = deskWith(nothing)
    for (const { desk, knowledge, lines } of [worse, failing]) {
      const before = knowledge.current
      desk.completeLater()
      await vi.waitFor(() => expect(lines).toHaveLength(1))
      expect(knowledge.current).toBe(before)
    }
  })
})
