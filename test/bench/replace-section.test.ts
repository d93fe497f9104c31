import { expect, test } from 'vitest'
import { replaceSection } from '../../bench/report/replace-section.js'

const DOCUMENT = 'Before\n<!-- match:start -->\nold\n<!-- match:end -->\nAfter\n<!-- wire:start --><!-- wire:end -->'

test('replaces what stands between its markers and nothing else', () => {
  expect(replaceSection(DOCUMENT, 'match', '\nnew $& table\n')).toBe(
    'Before\n<!-- match:start -->\n\nnew $& table\n\n<!-- match:end -->\nAfter\n<!-- wire:start --><!-- wire:end -->',
  )
})

test('replacing twice is replacing once', () => {
  const once = replaceSection(DOCUMENT, 'wire', 'a table')
  expect(replaceSection(once, 'wire', 'a table')).toBe(once)
})

test.each([
  ['no markers', 'text'],
  ['no end', '<!-- match:start -->'],
  ['the end first', '<!-- match:end --><!-- match:start -->'],
  ['two starts', '<!-- match:start --><!-- match:start --><!-- match:end -->'],
  ['two ends', '<!-- match:start --><!-- match:end --><!-- match:end -->'],
])('refuses a document with %s', (_name, document) => {
  expect(() => replaceSection(document, 'match', 'new')).toThrow('<!-- match:start -->')
})
