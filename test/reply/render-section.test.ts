import { expect, test } from 'vitest'
import { phrases } from '../../src/reply/phrases.js'
import { renderSection, renderSectionBriefly } from '../../src/reply/render.js'
import { aPicture, aSection, TIMELINE } from '../support/a-section.js'

const FULL = aSection('1.1', {
  title: '类目资质',
  parts: [
    { lines: ['服务类目这样选：'], pictures: [] },
    { lines: ['1. 选社区/论坛', '2. 传截图'], pictures: [aPicture('dialog'), aPicture('icp')] },
    { lines: [], pictures: [aPicture('stray')] },
  ],
  required: ['备案查询结果页', '盖公章'],
  next: '填充内容，看 2。',
  handoff: '主体不一致时找同事。',
  supplements: [{ text: '个人主体选不了。', source: 'developers.weixin.qq.com', checkedOn: '2026-11-23' }],
})

test('tells title, steps, screenshots, hand-over, timeline, next step and supplement, in this order', () => {
  expect(renderSection(FULL, { withTimeline: true }).map(({ text }) => text)).toEqual([
    '【1.1】类目资质',
    '服务类目这样选：',
    '1. 选社区/论坛',
    '2. 传截图',
    '',
    phrases.requiredHeading,
    '· 备案查询结果页',
    '· 盖公章',
    phrases.handoff('主体不一致时找同事。'),
    TIMELINE,
    phrases.next('填充内容，看 2。'),
    'ℹ️ 个人主体选不了。（平台规则，以页面提示为准）',
  ])
})

test('hangs pictures on the last line of the lines that they belong to', () => {
  const pictured = renderSection(FULL, { withTimeline: true }).filter(({ pictures }) => pictures.length > 0)
  expect(pictured).toEqual([
    { text: '2. 传截图', pictures: [aPicture('dialog'), aPicture('icp')] },
    { text: '', pictures: [aPicture('stray')] },
  ])
})

test('leaves the timeline out when told to, and where there is none', () => {
  const texts = (withTimeline: boolean, section = FULL): string =>
    renderSection(section, { withTimeline })
      .map(({ text }) => text)
      .join('\n')
  expect(texts(false)).not.toContain(TIMELINE)
  const { timeline: _none, ...timeless } = FULL
  expect(texts(true, timeless)).not.toMatch(/undefined|⏱/)
})

test('tells a bare section as title and steps', () => {
  const { timeline: _none, ...bare } = aSection('2')
  expect(renderSection(bare, { withTimeline: true }).map(({ text }) => text)).toEqual([
    '【2】标题2',
    '1. 2 第一步',
    '2. 2 第二步',
  ])
})

test('is brief with title, steps and hand-over', () => {
  expect(renderSectionBriefly(FULL).map(({ text }) => text)).toEqual([
    '【1.1】类目资质',
    '服务类目这样选：',
    '1. 选社区/论坛',
    '2. 传截图',
    '',
    phrases.handoff('主体不一致时找同事。'),
  ])
})

test.each([
  ['0', '【从这里开始】标题'],
  ['4.1', '【4.1】标题'],
  ['A1.2', '【驳回处理】标题'],
  ['payment/2', '【标题】'],
  ['API/A1', '【标题】'],
])('section %s is headed %s', (key, heading) => {
  expect(phrases.title(aSection(key, { title: '标题' }))).toBe(heading)
})
