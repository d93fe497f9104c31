import { dirname } from 'node:path'

export interface Damage {
  readonly path: string
  /** Undefined when there is none that can be read. */
  readonly backup: string | undefined
  /** False when the file itself is missing. */
  readonly isThere: boolean
}

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
