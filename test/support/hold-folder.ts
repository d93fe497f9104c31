import { FolderInUseError } from '../../src/errors.js'
import { lockFolder } from '../../src/ops/data-folder.js'

/** Holds the data folder named by the first argument until it is killed, and says so: `held` or `refused`. */

const waitMs = Number(process.argv[3] ?? 0)
try {
  await lockFolder(process.argv[2]!, { of: 'bot', waitMs, log: { warn: () => {} } })
  process.on('SIGTERM', () => process.exit(0))
  console.log('held')
  setInterval(() => {}, 1_000)
} catch (error) {
  if (!(error instanceof FolderInUseError)) throw error
  console.log(`refused ${error.holder?.pid}`)
}
