import type { Command } from '../model/command.js'
import type { Operations, Orderer, OrdererRole } from '../model/operations.js'
import { commandPhrases as say } from './command-phrases.js'
import { mayGive } from './may-order.js'

interface HelpLine {
  readonly kind: Command['kind']
  readonly line: string
  /** Only where this part of the bot is there. */
  readonly needs?: (operations: Operations) => unknown
  /** Means something else to others. */
  readonly only?: OrdererRole
  readonly except?: OrdererRole
}

const LINES: readonly HelpLine[] = [
  { kind: 'status', line: '状态：机器人现在怎么样', needs: ({ overview }) => overview },
  { kind: 'show-figures', line: '统计 今天｜统计 本周', needs: ({ overview }) => overview },
  { kind: 'try', line: '测试 审核要多久：看它会怎么答、为什么', needs: ({ overview }) => overview },
  { kind: 'list-rooms', line: '群：在哪些群、是否开着', needs: ({ rooms }) => rooms },
  { kind: 'mute', line: '静音 群名 2小时｜恢复 群名', needs: ({ rooms }) => rooms },
  { kind: 'reload', line: '重载：换上改好的知识（重载 强制）' },
  { kind: 'check', line: '检查：只检查，不换', needs: ({ releases }) => releases.check },
  { kind: 'roll-back', line: '回滚：退回上一个发布（回滚 3）', needs: ({ releases }) => releases.rollBack },
  { kind: 'list-unanswered', line: '未答：没答上的问题', needs: ({ learning }) => learning },
  { kind: 'assign', line: '归类 7 4.1｜忽略 7', needs: ({ learning }) => learning },
  { kind: 'teach', line: '新说法 4.1 一句话', needs: ({ learning }) => learning },
  { kind: 'accept-draft', line: '草稿｜采纳 12：把结单说明收进知识', needs: ({ learning }) => learning },
  { kind: 'show-audit', line: '审计：谁下过什么命令', needs: ({ audit }) => audit },
  { kind: 'claim-role', line: '认领：看等着的认领码，和谁有身份', needs: ({ rights }) => rights, only: 'operator' },
  { kind: 'revoke-role', line: '撤销 名字：收回权限', needs: ({ rights }) => rights },
  { kind: 'list-tickets', line: '工单｜工单 12｜接单 12｜结单 12 说明' },
  { kind: 'reply-ticket', line: '回复 12 内容｜备注 12 内容' },
  { kind: 'pass-ticket', line: '转给 12 名字｜还给机器人 12' },
  { kind: 'show-duty', line: '值班｜我值班｜下班', except: 'operator' },
  { kind: 'show-duty', line: '值班：看谁在值班', only: 'operator' },
]

/** What this orderer may order here, a line each; at most 500 characters. */
export function helpText({ role, where }: Orderer, operations: Operations): string {
  const lines = LINES.filter(
    ({ kind, needs, only, except }) =>
      mayGive(role, { kind } as Command, where) &&
      (needs === undefined || needs(operations)) &&
      (only === undefined || only === role) &&
      except !== role,
  )
  return [say.help, ...lines.map(({ line }) => line)].join('\n')
}
