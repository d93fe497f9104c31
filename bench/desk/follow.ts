import { openSharedDesk } from '../../src/store/postgres/open.js'

/** Follows the desk in `DATABASE_URL` as the account of the second argument, and prints each change that it sees. */
const [folder = '', account = ''] = process.argv.slice(2)
const log = { debug() {}, info() {}, warn() {}, error() {} }
const { tickets } = await openSharedDesk({
  ...{ url: process.env.DATABASE_URL ?? '', account, channel: 'bench', dataDir: folder, log },
})
process.stdout.write('follows\n')
tickets.onChange(() => {
  const latest = tickets.list().map(({ events }) => events.at(-1)?.why ?? '')
  if (latest.includes('最后一句')) process.stdout.write('最后一句\n')
})
setInterval(() => {}, 1_000)
