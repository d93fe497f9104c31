import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openToOthers } from '../../src/ops/data-folder.js'
import { tempFolder } from '../support/temp-folder.js'

/** Files as they were made, whatever the umask. */
function folder({ dir = 0o700, tickets = 0o600, config = 0o600 } = {}) {
  const root = tempFolder()
  const dataDir = join(root, "it's data")
  const secretFile = join(root, 'guoshen.yaml')
  mkdirSync(dataDir)
  writeFileSync(join(dataDir, 'tickets.json'), '{}')
  writeFileSync(secretFile, 'web: {}')
  chmodSync(join(dataDir, 'tickets.json'), tickets)
  chmodSync(secretFile, config)
  chmodSync(dataDir, dir)
  return { dataDir, secretFile }
}

test('says nothing where all is the owner’s, and of what is no secret', () => {
  const { dataDir, secretFile } = folder()
  expect(openToOthers({ dataDir, secretFile })).toEqual([])
  chmodSync(secretFile, 0o644)
  expect(openToOthers({ dataDir })).toEqual([])
})

test.each([
  ['a folder that anybody may write to', { dir: 0o777 }, /别的用户也能写.*chmod go-w '.*it'\\''s data'$/],
  ['a folder that the group may write to', { dir: 0o770 }, /别的用户也能写/],
  ['tickets that anybody may read', { tickets: 0o644 }, /tickets\.json 别的用户.*chmod -R go-rwx '/],
  ['secrets that anybody may read', { config: 0o644 }, /口令或 webhook.*chmod 600 '.*guoshen\.yaml'$/],
])('warns of %s', (_what, modes, words) => {
  expect(openToOthers(folder(modes))).toEqual([expect.stringMatching(words)])
})
