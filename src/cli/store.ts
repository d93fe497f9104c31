import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Config, readConfig } from '../config.js'
import { ConfigError, SharedDeskError } from '../errors.js'
import type { Log } from '../model/ports.js'
import { lockFolder } from '../ops/data-folder.js'
import { ReleaseFolder } from '../releases/files.js'
import {
  type Counted,
  countContent,
  type DeskContent,
  importContent,
  migrateDatabase,
  readDatabase,
  readFolder,
  withDatabase,
  writeFolder,
} from '../store/postgres/transfer.js'
import { exitOnBadInput } from './running-bot.js'

const USAGE = `用法：npm run store -- migrate          把工单库的结构升到这个版本
      npm run store -- import [文件夹]    把数据文件夹（默认 dataDir）里的工单、通知、未答问题等搬进工单库
      npm run store -- export 空文件夹    把这个账号的内容从工单库搬到文件夹
工单库写在 store.url 或 GUOSHEN_DATABASE_URL，账号写在 account。导入导出前请先停下机器人。`

const log: Log = { debug: () => {}, info: () => {}, warn: console.error, error: console.error }

/** Moves a desk between files and the database. */
async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const [order, folder] = positionals
  const config = readConfig(process.env)
  const { url } = config.store
  if (!['migrate', 'import', 'export'].includes(order ?? '') || (order === 'export' && folder === undefined)) {
    console.error(USAGE)
    process.exitCode = 2
    return
  }
  if (url === null) throw new ConfigError(['没有写工单库：请设 store.url 或 GUOSHEN_DATABASE_URL。'])
  if (order === 'migrate') return console.log(migratedWords(await migrateDatabase(url)))
  if (order === 'import') return moveIn(folder ?? config.dataDir, url, config)
  return moveOut(folder!, url, config)
}

const migratedWords = (steps: number): string => (steps === 0 ? '工单库已经是最新的。' : `工单库升级了 ${steps} 步。`)

async function moveIn(folder: string, url: string, { account, puppet }: Config): Promise<void> {
  if (!existsSync(folder)) throw new SharedDeskError(`没有文件夹 ${folder}。`)
  await lockFolder(folder, { of: 'bot', waitMs: 0, log: { warn: () => {} } })
  const content = { ...(await readFolder(folder, log)), ...(await readReleases(folder)) }
  const { before, after, renumbered } = await importContent(url, { account, channel: puppet }, content)
  for (const line of comparison(before, after)) console.log(line)
  for (const [old, now] of renumbered) console.log(`工单 ${old} 的号别的账号已经在用，改成 ${now}。`)
  console.log(`已搬进工单库，账号“${account}”。${folder} 里的文件没有动，可以留作备份。`)
}

async function moveOut(folder: string, url: string, { account }: Config): Promise<void> {
  const content = await withDatabase(url, (client) => readDatabase(client, account))
  await writeFolder(folder, content, log)
  await writeReleases(folder, content)
  const written = { ...(await readFolder(folder, log)), ...(await readReleases(folder)) }
  const [before, after] = [countContent(content), countContent(written)]
  for (const line of comparison(before, after)) console.log(line)
  if (before.some(({ hash }, index) => after[index]?.hash !== hash))
    throw new SharedDeskError(`${folder} 里写下的和工单库里的不一样，请不要用它。`)
  console.log(`已搬到 ${folder}，工单库没有动过。`)
}

const comparison = (before: readonly Counted[], after: readonly Counted[]): readonly string[] =>
  before.map(({ what, count, hash }, index) => {
    const there = after[index]
    return `${what}：${count} → ${there?.count ?? 0}（${hash} → ${there?.hash ?? '—'}）`
  })

async function readReleases(dataDir: string): Promise<Pick<DeskContent, 'releases' | 'inUse'>> {
  const root = join(dataDir, 'releases')
  if (!existsSync(root)) return { releases: [], inUse: undefined }
  const folder = new ReleaseFolder(root)
  await folder.open()
  const releases = await Promise.all(
    folder.list().map(async (record) => ({
      ...{ number: record.number, record, files: await folder.readFiles(record.number) },
      report: await folder.readReport(record.number),
    })),
  )
  return { releases, inUse: folder.inUse() }
}

async function writeReleases(dataDir: string, { releases, inUse }: DeskContent): Promise<void> {
  const folder = new ReleaseFolder(join(dataDir, 'releases'))
  await folder.open()
  for (const release of releases) await folder.takeOver(release)
  if (inUse) await folder.use(inUse)
}

await exitOnBadInput(main, { usage: USAGE })
