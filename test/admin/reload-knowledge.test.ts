import { expect, test } from 'vitest'
import { createReload, type LoadSnapshot } from '../../src/admin/reload-knowledge.js'
import { KnowledgeError } from '../../src/errors.js'
import { KnowledgeHolder } from '../../src/knowledge/knowledge-holder.js'
import type { Problem } from '../../src/model/knowledge.js'
import { aSection } from '../support/a-section.js'
import { anIntent, aSnapshot } from '../support/a-snapshot.js'
import { capturedLog, LEVEL } from '../support/captured-log.js'

const problem = (facts: Partial<Problem> = {}): Problem => ({
  severity: 'error',
  file: 'intents/a.yaml',
  line: 3,
  column: 5,
  message: '缩进不对',
  remedy: '退两格',
  ...facts,
})

const NEW_SNAPSHOT = {
  ...aSnapshot({
    sections: [aSection('1'), aSection('2')],
    intents: [
      anIntent('a', { utterances: ['怎么提审', '如何提审', '提审'] }),
      anIntent('b', { utterances: ['标题'], automatic: true }),
    ],
  }),
  version: 'beef0002',
}

function reloadWith(load: LoadSnapshot) {
  const knowledge = new KnowledgeHolder(aSnapshot())
  const { log, lines } = capturedLog()
  return { reload: createReload({ knowledge, load, log }), knowledge, lines }
}

test('swaps the knowledge and tells how much there is of it', async () => {
  const { reload, knowledge, lines } = reloadWith(async () => ({ snapshot: NEW_SNAPSHOT, warnings: [] }))
  expect(await reload()).toEqual({ ok: true, text: '知识已重载：2 个小节，3 条说法，版本 beef0002。' })
  expect(knowledge.current()).toBe(NEW_SNAPSHOT)
  expect(lines).toMatchObject([{ level: LEVEL.info, knowledge: 'beef0002', before: 'cafe0001' }])
})

test('says when nothing has changed', async () => {
  const { reload } = reloadWith(async () => ({ snapshot: aSnapshot(), warnings: [] }))
  expect(await reload()).toEqual({ ok: true, text: '知识没有变化，还是版本 cafe0001。' })
})

test('counts the warnings of knowledge that it takes', async () => {
  const warnings = [problem({ severity: 'warning' }), problem({ severity: 'warning' })]
  const { reload } = reloadWith(async () => ({ snapshot: NEW_SNAPSHOT, warnings }))
  expect((await reload()).text).toMatch(/版本 beef0002。\n另有 2 条提醒/)
})

test('keeps the old knowledge when the new is broken, and tells where and what would be right', async () => {
  const { reload, knowledge, lines } = reloadWith(async () => {
    throw new KnowledgeError([problem({ severity: 'warning', message: '只是提醒' }), problem()])
  })
  const { ok, text } = await reload()
  expect(ok).toBe(false)
  expect(text.split('\n')).toEqual(['没有重载，继续用原来的知识。请改好再试：', 'intents/a.yaml:3:5 缩进不对 → 退两格'])
  expect(knowledge.current().version).toBe('cafe0001')
  expect(lines).toMatchObject([{ level: LEVEL.warn, problems: 2 }])
})

test.each([
  ['many problems', Array.from({ length: 80 }, (_, index) => problem({ line: index + 1 }))],
  ['one problem that goes on and on', [problem({ message: '缩进不对'.repeat(300) })]],
  ['two long problems', [problem({ remedy: '退两格'.repeat(200) }), problem({ remedy: '退两格'.repeat(200) })]],
])('reports %s in one bubble', async (_what, problems) => {
  const { reload } = reloadWith(async () => {
    throw new KnowledgeError(problems)
  })
  const { text } = await reload()
  expect(text.length).toBeLessThanOrEqual(500)
  const shown = text.match(/intents\/a\.yaml/g)?.length ?? 0
  expect(shown).toBeGreaterThan(0)
  if (problems.length > shown) expect(text).toContain(`还有 ${problems.length - shown} 处`)
})

test('keeps the old knowledge when reading itself fails, and does not show the error in the chat', async () => {
  const { reload, knowledge, lines } = reloadWith(async () => {
    throw new Error('EACCES: permission denied, open /srv/intents/a.yaml')
  })
  expect(await reload()).toEqual({ ok: false, text: '重载没有成功，继续用原来的知识。原因写在运行日志里。' })
  expect(knowledge.current().version).toBe('cafe0001')
  expect(lines).toMatchObject([{ level: LEVEL.error, error: expect.stringContaining('EACCES') }])
})

test('runs once for two admins at once, and anew for a third one later', async () => {
  let runs = 0
  const { reload } = reloadWith(async () => {
    runs++
    return { snapshot: NEW_SNAPSHOT, warnings: [] }
  })
  const [first, second] = await Promise.all([reload(), reload()])
  expect(first).toBe(second)
  expect(runs).toBe(1)
  await reload()
  expect(runs).toBe(2)
})

test('can be tried again after a failure', async () => {
  let broken = true
  const { reload, knowledge } = reloadWith(async () => {
    if (broken) throw new KnowledgeError([problem()])
    return { snapshot: NEW_SNAPSHOT, warnings: [] }
  })
  expect((await reload()).ok).toBe(false)
  broken = false
  expect((await reload()).ok).toBe(true)
  expect(knowledge.current().version).toBe('beef0002')
})
