import type { FolderInUseError } from '../errors.js'

/** For whoever has just tried to start a second one. */
export function folderInUse({ folder, lockPath, holder }: FolderInUseError): readonly string[] {
  const who = holder ? `进程 ${holder.pid}，${whereOf(holder.home)}，${timeOf(holder.sinceMs)} 启动` : '进程号不明'
  return [
    `过审小助手已经在运行，正在使用数据目录 ${folder}（${who}）。`,
    `要重新启动：先停止它（在它的窗口按 Ctrl+C${holder ? `，或者 kill ${holder.pid}` : ''}），再启动。`,
    '要另开一个：换一个数据目录，例如 GUOSHEN_DATA_DIR=data2 npm start。',
    `确定它没有在运行：删除 ${lockPath}，再启动。`,
  ]
}

/** The host's name; in a container its id. */
const whereOf = (home: string): string => `主机 ${home.split(' ')[0]}`

const timeOf = (ms: number): string =>
  new Intl.DateTimeFormat('zh-CN', { dateStyle: 'short', timeStyle: 'short' }).format(ms)
