import type { GrantedRole } from '../model/command.js'
import type { RoleClaim, RoleGrant } from '../model/rights.js'
import { timeWords } from '../tickets/desk-phrases.js'

const ROLES: Readonly<Record<GrantedRole, string>> = { admin: '管理员', staff: '同事' }
const MAX_LISTED = 8

const minutes = (ms: number): string => `${Math.max(1, Math.ceil(ms / 60_000))} 分钟`
/** 4829 1307: easier to read out. */
const spaced = (code: string): string => `${code.slice(0, 4)} ${code.slice(4)}`
const codeWords = ({ codes }: RoleClaim): string =>
  codes.map(({ role, code }) => `${ROLES[role]} ${spaced(code)}`).join('，')
const grantLine = ({ role, name, remark }: RoleGrant): string => `${ROLES[role]} ${name}（${remark}）`

/** About roles: to those who claim them, and to whoever has the machine. */
export const rightsPhrases = {
  remark: (role: GrantedRole, suffix: string): string => `过审${ROLES[role]}-${suffix}`,
  asked: '认领码已经显示在机器人的终端和网页上，10 分钟内有效。请向负责机器人的同事要，再发给我。',
  alreadyHas: (role: GrantedRole): string => `您已经是${ROLES[role]}了，发“帮助”看能做什么。`,
  tooMany: '现在等着认领的人太多，请 10 分钟后再试。',
  locked: (ms: number): string => `输错太多次，请 ${minutes(ms)}后再试。`,
  wrong: (triesLeft: number): string => `认领码不对，还可以试 ${triesLeft} 次。`,
  expired: '认领码已经过期，请重新发“认领”。',
  granted: (role: GrantedRole): string => `好了，您现在是${ROLES[role]}。发“帮助”看能做什么。`,
  codes: (claim: RoleClaim): string =>
    `${claim.person.name} 要认领身份。确认是本人，再把其中一个码告诉对方（10 分钟内有效）：${codeWords(claim)}`,
  grantedTo: (grant: RoleGrant): string =>
    `${grant.name} 已经成为${ROLES[grant.role]}，备注是“${grant.remark}”。不是您同意的话，请马上发：撤销 ${grant.name}`,
  lockedOut: (name: string): string => `${name} 连续三次输错认领码，一小时内不能再试。如果不是同事，请留意。`,
  remarkFailed: ({ name, remark }: RoleGrant): string =>
    `没能给 ${name} 写上备注，重新登录后会认不出。请在机器人的手机上把备注改成“${remark}”。`,
  nobody: (name: string, grants: readonly RoleGrant[]): string =>
    grants.length === 0
      ? `没有认领过身份的“${name}”。写在配置里的管理员，请改配置或手机上的备注。`
      : [`没有认领过身份的“${name}”，现在有：`, ...grants.slice(0, MAX_LISTED).map(grantLine)].join('\n'),
  several: (grants: readonly RoleGrant[]): string =>
    ['有几位同名，请带上备注再发，例如：', ...grants.slice(0, MAX_LISTED).map(({ remark }) => `撤销 ${remark}`)].join(
      '\n',
    ),
  revoked: ({ role, name, remark }: RoleGrant, isRemarkBack: boolean): string =>
    `已收回 ${name} 的${ROLES[role]}权限。${isRemarkBack ? '' : `备注“${remark}”没能改回去，不影响，可以在手机上改。`}`,
  pending: ({
    waiting,
    locked,
    grants,
  }: {
    readonly waiting: readonly RoleClaim[]
    readonly locked: readonly RoleClaim[]
    readonly grants: readonly RoleGrant[]
  }): string => {
    const lines = [
      ...waiting
        .slice(0, MAX_LISTED)
        .map((claim) => `${claim.person.name}：${codeWords(claim)}（${timeWords(claim.expiresAtMs)} 前有效）`),
      ...locked
        .slice(0, MAX_LISTED)
        .map((claim) => `${claim.person.name}：输错三次，${timeWords(claim.lockedUntilMs)} 后才能再试`),
      ...grants.slice(0, MAX_LISTED).map(grantLine),
    ]
    return lines.length === 0 ? '没有人在认领。请对方加机器人好友，在私聊里发“认领”。' : lines.join('\n')
  },
} as const
