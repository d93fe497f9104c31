import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { LatestWrite } from '../../src/store/json-file.js'

/** Something that is written, on a disk that can be full. */
function aDocument() {
  const document = { text: '', written: '', trouble: undefined as string | undefined, failures: 0 }
  const writes = new LatestWrite(
    async () => {
      if (document.trouble) throw Object.assign(new Error('no'), { code: document.trouble })
      document.written = document.text
    },
    () => document.failures++,
  )
  return { document, writes }
}

test.concurrent.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EACCES', 'EPERM', 'EISDIR', 'EMFILE'])(
  'keeps what the disk refuses with %s, and writes it when it can',
  async (code) => {
    const { document, writes } = aDocument()
    document.trouble = code
    document.text = 'first'
    await writes.now()
    document.text = 'second'
    await writes.now()
    expect({ behind: writes.isBehind, ...document }).toMatchObject({ behind: true, written: '', failures: 1 })
    document.trouble = undefined
    await expect.poll(() => document.written, { timeout: 10_000 }).toBe('second')
    expect(writes.isBehind).toBe(false)
  },
)

test('takes the next change as a chance to catch up', async () => {
  const { document, writes } = aDocument()
  document.trouble = 'ENOSPC'
  await writes.now()
  document.trouble = undefined
  document.text = 'third'
  await writes.now()
  expect({ behind: writes.isBehind, written: document.written }).toEqual({ behind: false, written: 'third' })
})

test('tells of what is a fault of our own', async () => {
  const { document, writes } = aDocument()
  document.trouble = 'ERR_INVALID_ARG_TYPE'
  await expect(writes.now()).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' })
  expect(writes.isBehind).toBe(false)
})

test('flushes without waiting for a disk that is full', async () => {
  const { document, writes } = aDocument()
  document.trouble = 'ENOSPC'
  writes.within(1)
  await sleep(20)
  await writes.flush()
  expect(document.written).toBe('')
})
