import { dirname } from 'node:path'

export interface Damage {
  readonly path: string
  /** Undefined when there is none that can be read. */
  readonly backup: string | undefined
  /** False when the file itself is missing. */
  readonly isThere: boolean
}

/** What an operator reads of a data file that stops the start. Nothing of what the file holds is told. */
export const fileWords = {
  unreadable: (path: string, code: string | undefined): string =>
    `${path} 读不了（${code ?? '原因不明'}），请检查权限。`,
  damaged: (path: string): string => `${path} 坏了，不是完整的 JSON。请用备份恢复，或者把它移开，再启动。`,
  /** @param where path of the first value that is wrong */
  otherShape: (path: string, where: string): string =>
    `${path} 的内容不合格式${where === '' ? '' : `（在 ${where}）`}。请用备份恢复，或者把它移开，再启动。`,
  ticketsGone: (path: string): string => `${path} 里没有工单，但有备份。`,
} as const

/** What an operator reads when the ticket file can't be used, with the very commands that help. */
export function damagedTicketsWords({ path, backup, isThere }: Damage): string {
  const what = isThere ? `工单文件 ${path} 不能用，已停止启动，文件没有动过。` : `工单文件 ${path} 不见了，已停止启动。`
  if (backup === undefined) {
    return [
      what,
      '没有可用的备份。要从空的工单开始，请把它移开再启动：',
      `  mv ${quoted(path)} ${quoted(`${path}.damaged`)}`,
    ].join('\n')
  }
  return [
    what,
    `最新的可用备份是 ${backup}（备份之后的改动不在里面）。要用它恢复，请运行，然后再启动：`,
    ...(isThere ? [`  mv ${quoted(path)} ${quoted(`${path}.damaged`)}`] : []),
    `  cp ${quoted(backup)} ${quoted(path)}`,
    `要从空的工单开始，请把 ${dirname(backup)} 也移开。`,
  ].join('\n')
}

const quoted = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)
