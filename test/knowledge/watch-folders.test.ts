import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { isAuthored, watchFolders } from '../../src/knowledge/files.js'
import { capturedLog } from '../support/captured-log.js'
import { tempFolder } from '../support/temp-folder.js'

test.each([
  ['fasttest.md', true],
  ['deep/er/guide.MDX', true],
  ['days.yml', true],
  ['.days.yaml.swp', false],
  ['.#days.yaml', false],
  ['#days.yaml#', false],
  ['days.yaml~', false],
  ['4913', false],
  ['~$days.yaml', false],
  ['_draft.md', false],
  ['.git/a.md', false],
  ['img/a.png', false],
])('takes %s for an author’s file: %s', (name, isOne) => {
  expect(isAuthored(name)).toBe(isOne)
})

function watched(quietMs = 30) {
  const folder = tempFolder()
  mkdirSync(join(folder, 'deep'))
  const { log, lines } = capturedLog()
  const onChange = vi.fn()
  const end = watchFolders({ folders: [folder, join(folder, 'none')], onChange, quietMs, log })
  onTestFinished(end)
  return { folder, onChange, lines, end }
}

test('calls once after a burst of changes, in folders below as well', async () => {
  const { folder, onChange } = watched()
  for (let step = 0; step < 5; step++) writeFileSync(join(folder, 'a.md'), String(step))
  await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1), 5_000)
  writeFileSync(join(folder, 'deep', '.b.yaml.swp'), 'x')
  writeFileSync(join(folder, 'deep', 'b.tmp'), 'x')
  renameSync(join(folder, 'deep', 'b.tmp'), join(folder, 'deep', 'b.yaml'))
  await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(2), 5_000)
})

test('says which folder it can not watch', () => {
  expect(watched().lines).toMatchObject([{ msg: 'folder is not watched', folder: expect.stringMatching(/none$/) }])
})
