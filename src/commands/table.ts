import type { FiguresSpan, GrantedRole } from '../model/decision.js'
import { done, failed } from '../model/ports.js'
import { type RelayedWords, ticketOrders } from '../tickets/desk.js'
import { commandPhrases as say } from './phrases.js'
import {
  alone,
  anyOf,
  begins,
  besideNumber,
  entryAndSection,
  entryNumber,
  insisting,
  oneWord,
  onTicket,
  type Read,
  type Row,
  roomAndDuration,
  roomName,
  row,
  sectionAndText,
  sentence,
  sentenceToTry,
  ticketNumber,
  twoEntries,
} from './row.js'

/** `note`: why, from the page. */
type Reload = { readonly force: boolean; readonly note?: string }
type Nullable<Args extends { readonly number: number }> = Omit<Args, 'number'> & { readonly number: number | null }

const span = (of: FiguresSpan): { readonly span: FiguresSpan } => ({ span: of })
const role = (of: GrantedRole | null): { readonly role: GrantedRole | null } => ({ role: of })
const MAX_AUDIT_LINES = 10
const TICKET = '(?:看|查)?工[单單](?:列表)?'

/**
 * All that can be ordered in the chat, on the page and on the command line, in the order of the help. Words are patterns
 * that stand at the beginning; the longer ones of a row stand first.
 */
const TABLE = {
  help: row(begins('[帮幫]助|命令|help', alone({})), {
    verb: '帮助',
    by: 'staff',
    does: '列出自己能用的命令',
    slips: ['帮助', 'help'],
    isTalk: true,
    helpFor: 'nobody',
    run: (_, __, { help }) => done(help),
  }),
  status: row(begins('[状狀][态態]|status', alone({})), {
    verb: '状态',
    by: 'staff',
    hint: '机器人现在怎么样',
    does: '程序和知识的版本、运行了多久、登录、排队待发、今天的数字',
    slips: ['状态', 'status'],
    isThere: ({ overview }) => overview,
    run: (_, __, { operations }) => operations.overview?.status(),
  }),
  'show-figures': row(
    anyOf(
      begins('(?:今天|今日)[统統][计計]', alone(span('today'))),
      begins('(?:本周|这周|本週)[统統][计計]', alone(span('week'))),
      begins('[统統][计計]|stats', alone(span('today'))),
      begins(
        '[统統][计計]|stats',
        oneWord([
          [/^(?:今天|今日|today)$/i, span('today')],
          [/^(?:本周|这周|本週|一周|week)$/i, span('week')],
        ]),
      ),
    ),
    {
      verb: '统计',
      by: 'staff',
      usage: '统计 今天｜统计 本周',
      does: '回答、反问或不知道、转人工、没插话、命令、工单。记在盘上，重启不清零；一周从周一算起',
      isThere: ({ overview }) => overview,
      run: (args, _, { operations }) => operations.overview?.figures(args.span),
    },
  ),
  try: row(begins('[测測][试試]|试一?下', sentenceToTry), {
    verb: '测试',
    by: 'staff',
    usage: '测试 审核要多久',
    hint: '看它会怎么答、为什么',
    does: '客户这样说，点名和没点名各会怎样，把握多少，会回什么。不会真的发出去，也不计数',
    needs: { args: ['text'], words: '要试的句子', example: '测试 审核要多久' },
    isThere: ({ overview }) => overview,
    run: ({ text }, _, { operations }) => operations.overview?.explain(text),
  }),
  'list-rooms': row(
    begins('群(?:列表)?', (rest) => (rest === '' ? {} : undefined)),
    {
      verb: '群',
      by: 'staff',
      hint: '在哪些群、是否开着',
      does: '机器人在哪些群，开着、静音还是配置里没开；前面的编号可以代替群名',
      slips: [],
      isThere: ({ rooms }) => rooms,
      run: (_, __, { operations }) => operations.rooms?.list(),
    },
  ),
  mute: row(begins('[静靜]音|mute', roomAndDuration), {
    verb: '静音',
    by: 'admin',
    usage: '静音 群名 2小时',
    does: '这个群里先不说话。不写时间就一直到“恢复”；不写群就是所有群和客户私聊。时间可以写 30分钟、半小时、两天，最多 30 天。群名可以只写一部分，对上几个会反问',
    isOurWord: true,
    isThere: ({ rooms }) => rooms,
    run: (args, { who }, { operations }) => operations.rooms?.mute({ ...args, by: who }),
  }),
  unmute: row(begins('取消[静靜]音|解除[静靜]音|恢[复復]|unmute', roomName), {
    verb: '恢复',
    by: 'admin',
    usage: '恢复 群名',
    does: '取消静音；不写群就全部取消',
    joins: true,
    isThere: ({ rooms }) => rooms,
    run: (args, { who }, { operations }) => operations.rooms?.unmute({ ...args, by: who }),
  }),
  'bind-staff-room': row(begins('[绑綁]定值班群', roomName), {
    verb: '绑定值班群',
    by: 'admin',
    hint: '在值班群里发',
    does: '把这个群定为值班群：工单发到这里，群里的人都算同事。在那个群里发；私聊、控制页和终端里要带群名：绑定值班群 过审值班群',
    slips: [],
    isOurWord: true,
    isThere: ({ rooms }) => rooms,
    run: ({ room }, { who, placeKey }, { operations }) =>
      operations.rooms?.bindStaff({ room, by: who, ...(placeKey !== undefined && { placeKey }) }),
  }),
  reload: row(
    anyOf(
      begins('[强強]制重[载載新](?:加[载載])?|reload\\s+force', alone<Reload>({ force: true })),
      begins('(?:重[载載]|重新加[载載]|reload)(?:知[识識][库庫]?)?', alone<Reload>({ force: false })),
      begins(
        '(?:重[载載]|重新加[载載]|reload)(?:知[识識][库庫]?)?',
        oneWord<Reload>([[/^(?:[强強]制|force)$/i, { force: true }]]),
      ),
    ),
    {
      verb: '重载',
      by: 'admin',
      hint: '换上改好的知识（重载 强制）',
      does: '换上改好的知识，变差了不换并说明原因；“重载 强制”就是变差也换。见 [authoring.md](authoring.md)',
      slips: ['重载', 'reload'],
      isOurWord: true,
      run: ({ force, note }, { who }, { operations }) =>
        operations.releases.reload({ by: who, force, ...(note !== undefined && { note }) }),
    },
  ),
  check: row(begins('(?:[检檢]查|check)(?:知[识識][库庫]?)?', alone({})), {
    verb: '检查',
    by: 'admin',
    hint: '只检查，不换',
    does: '和重载一样看一遍，但不换',
    isThere: ({ releases }) => releases.check,
    run: (_, __, { operations }) => operations.releases.check?.(),
  }),
  'roll-back': row(
    begins('回[滚滾]|rollback', (rest, isApart): { readonly to: number | null } | undefined => {
      if (alone(true)(rest, isApart)) return { to: null }
      const number = /^(?:到)?\s*[第#]?\s*(?:版本|发布|v)?\s*(\d{1,6})\s*(?:版|号)?$/.exec(rest)?.[1]
      return number === undefined ? undefined : { to: Number(number) }
    }),
    {
      verb: '回滚',
      by: 'admin',
      hint: '退回上一个发布（回滚 3）',
      does: '退回上一个发布；“回滚 3”退回第 3 个发布',
      slips: ['回滚', 'rollback'],
      isOurWord: true,
      isThere: ({ releases }) => releases.rollBack,
      run: ({ to }, { who }, { operations }) =>
        operations.releases.rollBack?.({ by: who, ...(to === null ? {} : { to }) }),
    },
  ),
  'list-unanswered': row(begins('未答(?:[问問][题題]|列表)?', alone({})), {
    verb: '未答',
    by: 'staff',
    hint: '没答上的问题',
    does: '没答上的问题，见 [authoring.md](authoring.md)',
    isThere: ({ learning }) => learning,
    run: (_, __, { operations }) => operations.learning?.list(),
  }),
  assign: row(begins('[归歸][类類]', insisting(entryAndSection)), {
    verb: '归类',
    by: 'admin',
    usage: '归类 7 4.1',
    does: '未答的第 7 条，以后用 4.1 小节来答；也可以写“转人工”“无关”',
    needs: { args: ['number', 'sectionKey'], words: '编号和小节', example: '归类 7 4.1' },
    isOurWord: true,
    isThere: ({ learning }) => learning,
    run: (args, { who }, { operations }) => operations.learning?.assign({ ...args, by: who }),
  }),
  ignore: row(begins('忽略', entryNumber), {
    verb: '忽略',
    by: 'admin',
    usage: '忽略 7',
    does: '未答的第 7 条不用管',
    needs: { args: ['number'], words: '编号', example: '忽略 7' },
    joins: true,
    isThere: ({ learning }) => learning,
    run: (args, { who }, { operations }) => operations.learning?.ignore({ ...args, by: who }),
  }),
  'merge-entries': row(begins('合[并併]', twoEntries), {
    verb: '合并',
    by: 'admin',
    usage: '合并 9 7',
    does: '未答的第 9 条和第 7 条是一个意思，并到第 7 条里',
    needs: { args: ['number', 'into'], words: '两个编号', example: '合并 9 7' },
    isOurWord: true,
    isThere: ({ learning }) => learning,
    run: (args, { who }, { operations }) => operations.learning?.merge({ ...args, by: who }),
  }),
  teach: row(begins('新[说說]法', insisting(sectionAndText)), {
    verb: '新说法',
    by: 'admin',
    usage: '新说法 4.1 一句话',
    does: '客户这样说，以后用 4.1 小节来答',
    needs: { args: ['sectionKey', 'text'], words: '小节和说法', example: '新说法 4.1 弹出UGC怎么填' },
    isOurWord: true,
    isThere: ({ learning }) => learning,
    run: (args, { who }, { operations }) => operations.learning?.teach({ ...args, by: who }),
  }),
  unteach: row(
    begins('[收撤]回[说說]法', (rest) => ({ text: rest })),
    {
      verb: '收回说法',
      by: 'admin',
      usage: '收回说法 一句话',
      does: '教过的这句话不算了，和教之前一样',
      needs: { args: ['text'], words: '教过的那句话', example: '收回说法 弹出UGC怎么填' },
      slips: [],
      isOurWord: true,
      isThere: ({ learning }) => learning,
      run: ({ text }, { who }, { operations }) => operations.learning?.unteach({ text, by: who }),
    },
  ),
  'list-drafts': row(begins('草稿(?:列表)?', alone({})), {
    verb: '草稿',
    by: 'staff',
    hint: '结单说明可以变成的知识',
    does: '结单说明可以变成的草稿',
    isThere: ({ learning }) => learning,
    run: (_, __, { operations }) => operations.learning?.drafts(),
  }),
  'accept-draft': row(begins('[采採][纳納]', insisting(entryNumber)), {
    verb: '采纳',
    by: 'admin',
    usage: '采纳 12',
    hint: '把结单说明收进知识',
    does: '把第 12 条草稿收进知识',
    needs: { args: ['number'], words: '编号', example: '采纳 12' },
    isOurWord: true,
    joins: true,
    isThere: ({ learning }) => learning,
    run: (args, { who }, { operations }) => operations.learning?.accept({ ...args, by: who }),
  }),
  'show-audit': row(begins('[审審][计計](?:日志|[记記][录錄])?|audit', alone({})), {
    verb: '审计',
    by: 'admin',
    hint: '谁下过什么命令',
    does: '最近的命令：谁、什么时候、什么、成没成',
    isThere: ({ audit }) => audit,
    run: async (_, __, { operations: { audit } }) =>
      audit ? done(say.audit(await audit.recent(MAX_AUDIT_LINES))) : failed(say.notAvailable),
  }),
  'claim-role': row(
    begins(
      '[认認][领領]',
      oneWord([
        [/^$/, role(null)],
        [/^(?:管理[员員]|admin)$/i, role('admin')],
        [/^(?:同事|[员員]工|staff)$/i, role('staff')],
      ]),
    ),
    {
      verb: '认领',
      by: 'claimant',
      hint: '看等着的认领码，和谁有身份',
      does: '见上；操作员看到等着的认领码，和谁有身份',
      helpFor: 'operator',
      isThere: ({ rights }) => rights,
      run: (args, { who, role: as, where, contactId }, { operations }) => {
        if (as === 'operator') return operations.rights?.pending()
        if (as === 'admin' || (as === 'staff' && args.role === 'staff')) return done(say.hasRole)
        if (where !== 'direct' || contactId === undefined) return failed(say.claimInDirectChat)
        return operations.rights?.ask({ role: args.role, by: who, contactId })
      },
    },
  ),
  'revoke-role': row(
    // 撤销审核 is what customers ask about, so a blank is needed everywhere.
    begins('撤[销銷](?:[权權]限)?', (rest, isApart) =>
      rest === '' || isApart ? { name: rest.replace(/^@/, '') } : undefined,
    ),
    {
      verb: '撤销',
      by: 'admin',
      usage: '撤销 名字',
      hint: '收回权限',
      does: '收回认领来的权限，见上',
      needs: { args: ['name'], words: '名字', example: '撤销 张三' },
      isTalk: true,
      isThere: ({ rights }) => rights,
      run: ({ name }, { who }, { operations }) => operations.rights?.revoke({ name, by: who }),
    },
  ),
  'web-link': row(begins('[网網](?:页|頁)', alone({})), {
    verb: '网页',
    by: 'staff',
    hint: '要一个进控制台的链接',
    does: '发来一个控制台的链接，10 分钟内有效，只能用一次。要在私聊里发；配置里要有 web.publicUrl',
    slips: [],
    isTalk: true,
    isThere: ({ links }) => links,
    run: (_, { who, role: as, where }, { operations }) => {
      if (where !== 'direct' || (as !== 'staff' && as !== 'admin')) return failed(say.linkInDirectChat)
      return operations.links?.issue({ by: who, role: as })
    },
  }),
  'list-tickets': row(
    onTicket(TICKET, (number, rest) => (rest === '' && number === null ? {} : undefined)),
    {
      verb: '工单',
      by: 'staff',
      does: '没结的工单。工单的命令都见 [handoff.md](handoff.md)',
      isTalk: true,
      run: (_, __, { staffTools }) => ticketOrders.list(staffTools),
    },
  ),
  'show-ticket': row(
    onTicket(TICKET, (number, rest) => (rest === '' && number !== null ? { number } : undefined)),
    {
      verb: '工单',
      by: 'staff',
      usage: '工单 12',
      does: '一张工单和它的经过',
      slips: [],
      isTalk: true,
      joins: true,
      run: (args, _, { staffTools }) => ticketOrders.show(args, staffTools),
    },
  ),
  'claim-ticket': row(
    onTicket(`(?:我来)?接[单單手](?:工单)?|我接|${besideNumber('(?:我[来來去]?)?接|我[来來]')}`, ticketNumber),
    {
      verb: '接单',
      by: 'staff',
      usage: '接单 12',
      does: '这张工单由自己来办',
      needs: { args: ['number'], words: '工单号', example: '接单 12' },
      joins: true,
      run: (args, { who }, { staffTools }) => ticketOrders.claim(args, who, staffTools),
    },
  ),
  'close-ticket': row(
    onTicket(`(?:结|關|关|結)[单單]|${besideNumber('[结結]')}`, (number, note) => ({ number, note })),
    {
      verb: '结单',
      by: 'staff',
      usage: '结单 12 说明',
      does: '办好了，说明会发给客户确认',
      needs: { args: ['number'], words: '工单号和说明', example: '结单 12 已重新打包' },
      joins: true,
      run: (args, { who }, { staffTools }) => ticketOrders.close(args, who, staffTools),
    },
  ),
  'reply-ticket': row(
    onTicket('回[复復覆]', (number, text): Nullable<RelayedWords> => ({ number, text })),
    {
      verb: '回复',
      by: 'staff',
      usage: '回复 12 内容',
      does: '由机器人把话带给客户，署上名字',
      needs: { args: ['number', 'text'], words: '工单号和要说的话', example: '回复 12 包已经重新上传，请再提审' },
      slips: [],
      run: (args, { who }, { staffTools }) => ticketOrders.reply(args, who, staffTools),
    },
  ),
  'note-ticket': row(
    onTicket('[备備][注註]', (number, text) => ({ number, text })),
    {
      verb: '备注',
      by: 'staff',
      usage: '备注 12 内容',
      does: '记在工单里，客户看不到',
      needs: { args: ['number', 'text'], words: '工单号和备注', example: '备注 12 等客户给截图' },
      joins: true,
      run: (args, { who }, { staffTools }) => ticketOrders.note(args, who, staffTools),
    },
  ),
  'pass-ticket': row(
    onTicket('[转轉](?:给|給|交)', (number, rest) => ({ number, to: rest.replace(/^@/, '') })),
    {
      verb: '转给',
      by: 'staff',
      usage: '转给 12 名字',
      does: '交给另一位同事',
      needs: { args: ['number', 'to'], words: '工单号和同事的名字', example: '转给 12 张三' },
      run: (args, { who }, { staffTools }) => ticketOrders.pass(args, who, staffTools),
    },
  ),
  'return-ticket': row(onTicket('(?:还给|還給|交还|交回|还|退回)(?:机器人|機器人)', ticketNumber), {
    verb: '还给机器人',
    by: 'staff',
    usage: '还给机器人 12',
    does: '不用人管了，机器人接着答',
    needs: { args: ['number'], words: '工单号', example: '还给机器人 12' },
    slips: [],
    joins: true,
    run: (args, { who }, { staffTools }) => ticketOrders.giveBack(args, who, staffTools),
  }),
  'show-duty': row(sentence(/^(?:今天|现在)?(?:谁)?(?:在)?值班(?:的?是?谁|表)?$/), {
    verb: '值班',
    by: 'staff',
    hint: '看谁在值班',
    does: '看谁在值班',
    slips: [],
    isTalk: true,
    run: (_, __, { staffTools }) => ticketOrders.showDuty(staffTools),
  }),
  'start-duty': row(sentence(/^(?:我(?:来|要|先)?值班|值班我来|我上班了?)$/), {
    verb: '我值班',
    by: 'staff',
    does: '开始值班。要本人在微信里说',
    slips: [],
    isTalk: true,
    inPerson: true,
    joins: true,
    run: (_, { who }, { staffTools }) => ticketOrders.changeDuty(true, who, staffTools),
  }),
  'end-duty': row(sentence(/^(?:我(?:先)?)?下班了?$/), {
    verb: '下班',
    by: 'staff',
    does: '不值班了。要本人在微信里说',
    slips: [],
    isTalk: true,
    inPerson: true,
    joins: true,
    run: (_, { who }, { staffTools }) => ticketOrders.changeDuty(false, who, staffTools),
  }),
}

type ArgsOf<R> = R extends { readonly read: Read<infer Args> } ? Args : never

/** A kind of order: the name of its row. */
export type Kind = keyof typeof TABLE

/** An order that was read. What it lacks is `null` or empty, and answered with how it is meant. */
export type Command = { [K in Kind]: { readonly kind: K } & ArgsOf<(typeof TABLE)[K]> }[Kind]

/** A row whatever its order says. */
export type AnyRow = Row<object, never>

export const ROWS = Object.entries(TABLE) as unknown as readonly (readonly [Kind, AnyRow])[]

export const rowOf = (kind: Kind): AnyRow => TABLE[kind] as unknown as AnyRow
