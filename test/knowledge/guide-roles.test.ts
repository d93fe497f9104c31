import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { PROJECT_ROOT } from '../../src/config.js'
import { walkSteps } from '../../src/dialogue/checklist.js'
import { nextSection } from '../../src/dialogue/turn.js'
import { factsOf } from '../../src/knowledge/guide/front-matter.js'
import { parseGuide } from '../../src/knowledge/guide/parse.js'
import { qualifyKeys } from '../../src/knowledge/keys.js'
import type { Guide } from '../../src/model/knowledge.js'
import { understand } from '../../src/nlu/pipeline.js'
import { aSnapshot, DEAF_MATCHER } from '../support/a-snapshot.js'
import { LANGUAGE } from '../support/shipped-language.js'

const SHIPPED = readFileSync(`${PROJECT_ROOT}/knowledge/fasttest.md`, 'utf8')
const NOW_MS = Date.parse('2026-11-23T10:00:00+08:00')

const BODY = `
## 1、准备

先这样。

## 2、提交

再这样。

:::note[时效]
本节
:::

## 附录：驳回

### 1、类目不对

改类目。

#### 1.1 缺类目

补类目。
`
const guideWith = (head: string) => parseGuide({ file: 'knowledge/g.md', text: `---\nid: g\n${head}---\n${BODY}` })
const rolesOf = ({ sections }: Guide) =>
  Object.fromEntries(sections.flatMap(({ key, role }) => (role ? [[key, role]] : [])))

function daysAfter(guide: Guide, text: string) {
  const knowing = { matcher: DEAF_MATCHER, intents: [], facts: factsOf([guide]), language: LANGUAGE, nowMs: NOW_MS }
  return understand(text, knowing).days?.timeline
}

describe('the head of a guide', () => {
  test('tells how long a review takes, and days are reckoned with it', () => {
    const edited = SHIPPED.replace('second: 7', 'second: 10')
    const [shipped, changed] = [SHIPPED, edited].map((text) => parseGuide({ file: 'g.md', text }).guide)
    expect(daysAfter(shipped!, '我20号提审的，什么时候能过')).toMatchObject({
      internalBy: '2026-11-21',
      secondBy: '2026-11-28',
    })
    expect(daysAfter(changed!, '我20号提审的，什么时候能过')).toMatchObject({
      internalBy: '2026-11-21',
      secondBy: '2026-12-01',
    })
  })

  test('names the section to submit, and what deals with rejections, sections below included', () => {
    const { guide, problems } = guideWith(
      'review: { internal: 1, second: 7 }\nroles:\n  submit: "2"\n  rejections: A1\n',
    )
    expect(problems).toEqual([])
    expect(rolesOf(guide)).toEqual({ '2': 'submit', A1: 'rejection', 'A1.1': 'rejection' })
    expect(nextSection(aSnapshot({ sections: guide.sections }), 'A1.1')).toBe('2')
    expect(nextSection(aSnapshot({ sections: guide.sections }), '2')).toBeUndefined()
  })

  test('may name the order of a walk-through, also where the guide is one of several', () => {
    const { guide } = guideWith('roles:\n  steps: ["2", "1"]\n')
    const other = guideWith('').guide
    const [, named] = qualifyKeys([{ ...other, id: 'fasttest', file: 'a.md', sections: [] }, guide])
    const snapshot = aSnapshot({ sections: named!.sections })
    expect(walkSteps({ ...snapshot, content: { ...snapshot.content, guides: [named!] } })).toEqual(['g/2', 'g/1'])
  })

  test('says nothing: such a guide loads, and what depends on it is off', () => {
    const { guide, problems } = parseGuide({ file: 'other.md', text: '# 别家\n\n## 1 退款\n\n这样退。\n' })
    expect(problems).toEqual([])
    expect(rolesOf(guide)).toEqual({})
    expect(daysAfter(guide, '我20号提审的，什么时候能过')).toBeUndefined()
  })

  test('lacks the days of a section that tells them: a warning', () => {
    expect(guideWith('').problems).toMatchObject([
      { severity: 'warning', line: 9, message: expect.stringContaining('算不了日子') },
    ])
  })

  test.each([
    ['review: { internal: x, second: 7 }\n', 3, '审核天数写得不对'],
    ['review:\n  internal: 1\n', 3, '审核天数写得不对'],
    ['review: { internal: 1, second: 7, third: 2 }\n', 3, '不认识“third”'],
    ['review: { internal: 1, second: 7 }\nroles:\n  submit: "2.3"\n', 5, '指南里没有 2.3 这一节'],
    ['review: { internal: 1, second: 7 }\nroles:\n  rejections: [A1, A7]\n', 5, '指南里没有 A7 这一节'],
    ['review: { internal: 1, second: 7 }\nroles:\n  submits: "2"\n', 5, '不认识“submits”'],
    ['review: { internal: 1, second: 7 }\nroles: 4\n', 4, 'roles 写得不对'],
    ['review: { internal: 1, second: 7 }\nroles:\n  submit: ["1", "2"]\n', 5, 'submit 只能是一节'],
  ])('is wrong, which is told with its line: %j', (head, line, message) => {
    const [first] = guideWith(head).problems
    expect(first).toMatchObject({ severity: 'error', file: 'knowledge/g.md', line, message })
    expect(first?.remedy).not.toBe('')
  })

  test('tells other days in words than in numbers: a warning', () => {
    const { problems } = guideWith('review: { internal: 2, second: 7 }\ntimelines:\n  首次: 1 天内审 + 7 天二审\n')
    expect(problems).toMatchObject([{ severity: 'warning', message: expect.stringContaining('1、7 天') }])
  })
})
