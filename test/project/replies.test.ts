import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { REPLIES_FILE, renderReplies } from '../../scripts/replies.js'

test('docs/replies.md shows what customers read today; if not, run `npm run replies`', {
  timeout: 300_000,
}, async () => {
  expect(await renderReplies()).toBe(await readFile(REPLIES_FILE, 'utf8'))
})
