import { expect, test } from 'vitest'
import type { CategoryRow } from '../../src/model/knowledge.js'
import { CategoryIndex } from '../../src/nlu/facts.js'
import { normalizeText } from '../../src/nlu/normalize.js'

const SOURCE = { source: { text: '官方', date: '2026-07-29', strength: 'S' }, file: 'c.yaml', line: 1 } as const
const row = (path: string, words: readonly string[], trades: readonly string[] = []): CategoryRow => ({
  ...{ id: `类目:${path}`, path, documents: [], choose: 0, individual: true, secondReview: false, words, trades },
  ...{ use: '', notice: [], ...SOURCE },
})
const TABLE = {
  cues: ['类目', '资质', '要什么证'],
  sold: [],
  papers: ['奶粉许可证'],
  rows: [
    row('商家自营-食品饮料', ['食品', '奶粉']),
    row('商家自营-酒类', ['白酒', '酒类']),
    row('汽车-旧机动车', ['二手车']),
    row('商家自营-园艺/鲜花', ['鲜花', '绿植']),
    row('商业服务-农林牧渔', ['猪苗'], ['养鸡']),
    row('社交-社区/论坛', ['论坛']),
  ],
  notOpen: [],
  withoutRow: [{ id: '没有单独类目:二手', name: '二手', words: ['二手'], rows: [], advice: '看卖什么', ...SOURCE }],
}
const index = new CategoryIndex(TABLE, [{ key: '1.1', title: '服务类目选“社交 > 社区/论坛”' }])
const found = (text: string) =>
  index.find(normalizeText(text)).map(({ word, rows, advice }) => [word, rows[0]?.path ?? advice?.id])

test.each([
  ['卖奶粉要什么资质', [['奶粉', '商家自营-食品饮料']]],
  ['二手车要选什么类目', [['二手车', '汽车-旧机动车']]],
  ['卖二手选哪个类目', [['二手', '没有单独类目:二手']]],
  ['食品里的白酒要什么证', [['白酒', '商家自营-酒类']]],
  [
    '奶粉和二手车各要什么资质',
    [
      ['奶粉', '商家自营-食品饮料'],
      ['二手车', '汽车-旧机动车'],
    ],
  ],
  ['鲜花和绿植要什么证', [['鲜花、绿植', '商家自营-园艺/鲜花']]],
  ['我家养鸡的，卖白酒要什么证', [['白酒', '商家自营-酒类']]],
  ['有奶粉许可证，卖二手车要什么证', [['二手车', '汽车-旧机动车']]],
  ['养鸡要什么证', [['养鸡', '商业服务-农林牧渔']]],
  [
    '白酒 奶粉',
    [
      ['白酒', '商家自营-酒类'],
      ['奶粉', '商家自营-食品饮料'],
    ],
  ],
])('%s', (text, hits) => {
  expect(found(text)).toEqual(hits)
})

test.each([
  ['asks for nothing of the kind', '今天的奶粉真香'],
  ['names what the table does not', '卖无人机要什么资质'],
  ['is about what a section of the guide tells', '论坛选哪个类目'],
  ['is empty', ''],
])('guesses nothing where a message %s', (_what, text) => {
  expect(found(text)).toEqual([])
})
