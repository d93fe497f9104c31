import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { vendored } from '../../scripts/vendor-page.js'

const PUBLIC = join(import.meta.dirname, '../../public')

test.each(Object.entries(vendored()))(
  'public/vendor/%s is what the installed package holds, byte for byte',
  (name, text) => {
    expect(readFileSync(join(PUBLIC, 'vendor', name), 'utf8')).toBe(text)
  },
)

test('nothing of the page sets a style in words, which its policy would refuse', () => {
  const own = readdirSync(PUBLIC).filter((name) => /\.(?:js|html)$/.test(name))
  expect(own.filter((name) => /style="/.test(readFileSync(join(PUBLIC, name), 'utf8')))).toEqual([])
})

test('the page stays small: few files, none from elsewhere', () => {
  const files = readdirSync(PUBLIC).filter((name) => name.includes('.'))
  expect(files.length).toBeLessThanOrEqual(24)
  for (const name of files.filter((one) => /\.(?:js|css|html)$/.test(one)))
    expect(readFileSync(join(PUBLIC, name), 'utf8'), name).not.toMatch(/(?:src|href|from|import\()\s*=?\s*['"]https?:/)
})
