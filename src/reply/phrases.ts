import type { Section } from '../model/knowledge.js'

/** Every sentence that the bot says of its own; what it knows stands in `knowledge/`. */
export const phrases = {
  title: ({ key, title, role }: Pick<Section, 'key' | 'title' | 'role'>): string => {
    if (role === 'rejection') return `【驳回处理】${title}`
    if (role === 'intro') return `【从这里开始】${title}`
    return /^[\d.]+$/.test(key) ? `【${key}】${title}` : `【${title}】`
  },
  requiredHeading: '📷 需要的截图：',
  next: (line: string): string => `👉 下一步：${line}`,
  handoff: (line: string): string => `🙋 ${line}`,
  /** Where facts are from is for authors; the customer needs to know that the platform may have changed them. */
  supplement: (text: string, isLast: boolean): string => `ℹ️ ${text}${isLast ? '（平台规则，以页面提示为准）' : ''}`,
  withdrawalWarning: (days: number | undefined): string =>
    `⚠️ 先别撤：二审期间撤回、改类目或重新提审，${days === undefined ? '' : `${days} 天`}会从头再等。`,
  excerptFooter: (key: string): string => `完整说明回复“${key}”。`,
  notInSection: '上面没说到您要问的？回复“转人工”，我请同事来看。',
  cutOff: '……后面还有，请看完整指南，或回复“转人工”。',
  afterDays: (sectionKey: string, isWarned = false): string =>
    `👉 收到通知后到“版本管理”发布${isWarned ? '' : '；二审期间不要撤回或改类目重提，会从头再等'}。完整说明回复“${sectionKey}”。`,
  severalQuestions: (count: number): string => `您问了 ${count} 件事，逐个说：`,
  part: (index: number, line: string): string => `${'①②③④⑤⑥'[index] ?? '·'} ${line}`,
  severalReasons: (count: number): string => `驳回里有 ${count} 条原因，逐条处理，全部改好再重新提审：`,
  doneBefore:
    '照上面对一遍，都做到了就重新提审，提交信息里写一句在哪能看到；再因为这条被退，把通知发来或回复“转人工”，我请同事来看。',
  reasonAt: (number: number, quoted: string): string => `第 ${number} 条“${quoted}”：`,
  reason: (sign: string, quoted: string): string => `${sign}“${quoted}”`,
  addCategory: (path: string, documents: string): string =>
    `在“设置-基本设置-服务类目”里加“${path}”，${documents}；不做这块就把相关内容和入口下架。`,
  sameAsReason: (sign: string): string => `做法同 ${sign}。`,
  unknownReasonQuoted: '这条我这里没有，我请同事来看。',
  clockAnew: (internal: number, second: number): string =>
    `⏱ 重提后从头算：微信内审 ${internal} 天，首次再加网信二审 ${second} 天。`,
  moreOf: (key: string, title: string): string => `${title}：回复“${key}”看做法`,
  clarifyHeading: '您想问的是哪一个？回复字母就行：',
  asksNotice:
    '别急，多半改一改就能过。把驳回通知整段发给我（最好是文字），我逐条说怎么改；常见的是这几种，也可以直接回复字母：',
  clarifyFooter: '都不是的话，回复“转人工”。',
  option: (letter: string, title: string): string => `${letter}. ${title}`,
  menuEntry: (key: string, title: string): string => `${key} ${title}`,
  fallback: '这个我没有把握，不敢乱答。您可以换个说法，把页面或驳回原因的文字发来；也可以回复“转人工”，我请同事来看。',
  stillFailing: '是哪一步不行？把页面上的提示，或者驳回原因的原文发给我；着急的话回复“转人工”，我请同事来看。',
  notThat: '那您问的是哪一块？换个说法，或者把页面、驳回原因的文字发来；也可以回复“转人工”，我请同事来看。',
  fallbackPicture: '图片里的字我看不了，请把上面的文字发给我（比如驳回原因），或者回复“转人工”。',
  pictureSays: (words: string): string => `图里写的是：“${words}”`,
  pictureUnsure: (words: string): string =>
    `图里写的是：“${words}”\n有些字看不太清，是这个意思吗？回复“对”我就按这个说；不对的话，请把文字发给我，或者换一张清楚的截图。`,
  pictureNoNotice: '图里没看到驳回原因，我不敢乱猜。想问什么请打字告诉我，或者把写着驳回原因的那一页截给我。',
  pictureUnread: '这张图我没看清。请换一张清楚的截图，或者把上面的文字发给我；也可以回复“转人工”，我请同事来看。',
  pictureGone: '那张图我这里找不到了，请再发一次，或者把上面的文字发给我。',
  fallbackUnreadable: (what: string): string =>
    `我只看得懂文字和图片，${what}看不了。请打字告诉我，或者回复“转人工”，我请同事来看。`,
  greeting: '您好，我是机器人“过审小助手”。提审的问题直接问我就行，回复“菜单”看全部步骤，回复“转人工”找同事。',
  thanks: '不客气，祝您早日过审！',
  acknowledged: '好的，弄的时候有问题随时叫我。',
  chat: '😄 我只懂小程序提审的事，有问题直接问我；要找同事，回复“转人工”。',
  listening: '您请说，卡在提审的哪一步、页面或通知上写着什么，直接发给我就行。',
  settled: '太好了，祝早日过审！',
  tooFast: '您发得有点快，我先歇一会儿再答您；着急的话回复“转人工”，我请同事来看。',
  declined: '好的，有需要随时叫我。',
  menuHeading: '这些都可以问我，回复前面的编号看做法：',
  menuRejections: '被驳回了：',
  menuFooter: '驳回通知可以整段发给我；要找同事，回复“转人工”。',
  sorry: '抱歉，让您着急了，这事我请同事来跟。',
  unclear: '是哪里没看明白？告诉我是哪一步、页面上写着什么；要找同事就回复“转人工”。',
  passed: (key: string): string => `恭喜过审！🎉 接下来到“版本管理”点发布，用户就能用了。完整步骤回复“${key}”。`,
  mended: (key: string): string => `好的，检查一遍都改到了，就可以重新提审，步骤回复“${key}”。`,
  unknownReason: '有一条驳回原因指南里没有，我请同事来看。',
  directChat: '私聊',
} as const

/** What the bot says about reminding somebody of a day. Days come as "12月1日（周二）". */
export const reminderPhrases = {
  set: (day: string): string => `🔔 记下了：${day}9:30 我在这里提醒您。不需要了就回复“取消提醒”。`,
  today: '今天就是那一天了，我就不另外提醒了，请留意通知。',
  needsDay: '您是哪天提交的？告诉我日期（比如“11月20号提的”），到期那天我提醒您。',
  cancelled: '好的，提醒取消了。',
  none: '您在这里没有记着的提醒。',
  late: '抱歉，我前面不在线，提醒晚了。',
  dueSecond: (day: string): string =>
    `🔔 到期提醒：网信二审最晚 ${day}审完。收到通知就到“版本管理”发布；还没消息的话回复“转人工”。`,
  dueInternal: (day: string): string =>
    `🔔 到期提醒：微信内审最晚 ${day}审完。通过了就到“版本管理”发布；还没消息的话回复“转人工”。`,
  dueSubmit: (day: string): string => `🔔 到期提醒：想按时上线，最晚 ${day}提交。还没提的话请尽快。`,
} as const

/** What the bot says on a walk-through. */
export const walkPhrases = {
  intro: (count: number): string => `好的，从头走一遍，共 ${count} 步，一次一步：`,
  prompt: (number: number, count: number): string =>
    `👣 回复“好了/下一步”继续，“跳过”先跳过，“退出”结束（第 ${number}/${count} 步）`,
  offer: (number: number, count: number): string =>
    `上次到第 ${number} 步（共 ${count} 步），回复“继续”接着走，回复“重新开始”从头来。`,
  where: (number: number, count: number, { key, title }: { key: string; title: string }): string =>
    `👣 现在在第 ${number}/${count} 步：${title}。弄好了回复“好了”，看做法回复“${key}”。`,
  stopped: (number: number, count: number): string =>
    `好的，先停在第 ${number}/${count} 步。过几天也行，回复“继续”就接着走（群里请 @我）。`,
  /** Below an answer given in between. */
  waiting: (number: number, count: number): string => `👣 清单停在第 ${number}/${count} 步，回复“继续”接着走。`,
  listHeading: (count: number): string => `🧾 走完了，${count} 步的清单：`,
  done: (key: string, title: string): string => `✅ ${key} ${title}`,
  skipped: (key: string, title: string): string => `⏭ ${key} ${title}`,
  go: '结论：✅ 都齐了，可以提审！',
  noGo: (keys: readonly string[]): string => `结论：还差 ${keys.length} 步：${keys.join('、')}。`,
  noGoHint: '没弹出来、用不上的不用管，其余补好再提审；回复“继续”逐个补。',
} as const

/** What the bot says around a fact. */
export const factPhrases = {
  steps: (key: string, title?: string): string =>
    `${title === undefined ? '' : `「${title}」的`}完整步骤回复“${key}”。`,
  others: (named: string): string => `如果问的是${named}。`,
  other: (title: string, key: string): string => `「${title}」，回复“${key}”`,
  unknown: '这个不在首次提审的范围里，我这里没有准话。要我转给同事吗？回复“是”。',
  unknownOf: (words: string): string => `“${words}”这一点我这里没有准话，不敢乱答。要我转给同事吗？回复“是”。`,
  notIn: (title: string, words: string): string => `${title}里没单独写“${words}”，我不敢乱答。要同事看就回复“转人工”。`,
  unknownPart: (words: string): string => `“${words}”这一条我没有准话，要同事看就回复“转人工”。`,
  again: (line: string): string => `就在上面那条：${line}`,
  againSteps: (title: string): string => `上面刚发过${title}。哪一步卡住了？告诉我是第几步，或者页面上的提示。`,
  otherwise: '换个说法：',
  stillUnclear: '还没说到的话，要我请同事来看吗？回复“是”。',
  saidOften: '看来我没说到您的难处，要我请同事来看吗？回复“是”。',
  category: (word: string, path: string): string => `“${word}”选类目“${path}”`,
  documents: (names: readonly string[], choose: number): string => {
    if (names.length === 0) return '不用另交资质'
    if (choose >= names.length) return `要交${names.join('和')}`
    const all = `${names.length} 选 ${choose}：${names.join('，或')}`
    if (names.length <= 3 || all.length <= 90) return all
    return `${names.length} 选 ${choose}，常用的是${names.slice(0, 2).join('，或')}，其余见“设置类目”弹窗`
  },
  individualYes: (path: string): string => `可以，个人主体能选“${path}”`,
  individualNo: (path: string): string => `个人主体选不了“${path}”，要企业或个体户主体`,
  secondReview: '首次提审还要过属地网信二审（约 7 天）',
  secondReviewOf: (path: string): string => `要，“${path}”首次提审还要过属地网信二审（约 7 天）`,
  noSecondReviewOf: (path: string): string => `不用二审，“${path}”只有微信内审`,
  without: (word: string): string => `没证就先把“${word}”下架再提审。要卖的话，`,
  advice: (word: string, text: string): string => `${word}：${text}`,
  meaning: (text: string, number?: string): string => `${number === undefined ? '' : `${number} 的`}意思是：${text}。`,
  customerDoes: (text: string): string => `您要做：${text}。`,
  vendorDoes: (text: string): string =>
    text.endsWith('时') ? `${text}，在群里说一声，我们来处理。` : `我们这边：${text}。`,
} as const
