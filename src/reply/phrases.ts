/** Every sentence that the bot says of its own; what it knows stands in `knowledge/`. */
export const phrases = {
  title: (key: string, title: string): string => {
    if (/^A\d/.test(key)) return `【驳回处理】${title}`
    if (key === '0') return `【从这里开始】${title}`
    return /^[\d.]+$/.test(key) ? `【${key}】${title}` : `【${title}】`
  },
  requiredHeading: '📷 需要的截图：',
  next: (line: string): string => `👉 下一步：${line}`,
  handoff: (line: string): string => `🙋 ${line}`,
  supplement: (text: string, checkedOn: string): string => `ℹ️ 补充（指南之外，${checkedOn} 核对）：${text}`,
  withdrawalWarning: (checkedOn: string, source: string): string => {
    const facts = ['指南之外', checkedOn && `${checkedOn} 核对`, source && `来源 ${source}`].filter(Boolean).join('，')
    return `⚠️ 先别撤：二审期间撤回、改类目或重新提审，7 天会从头再等。（补充：${facts}）`
  },
  excerptFooter: (key: string): string => `完整说明回复“${key}”。`,
  notInSection: '上面没说到您要问的？回复“转人工”，我请同事来看。',
  cutOff: '……后面还有，请看完整指南，或回复“转人工”。',
  afterDays: (sectionKey: string): string =>
    `👉 收到通知后到“版本管理”发布；二审期间不要撤回或改类目重提，会从头再等。完整说明回复“${sectionKey}”。`,
  severalQuestions: (count: number): string => `您问了 ${count} 件事，逐个说：`,
  severalReasons: (count: number): string => `驳回里有 ${count} 条原因，逐条处理，全部改好再重新提审：`,
  moreOf: (number: number, title: string): string => `${number} ${title}：回复“${number}”看做法`,
  clarifyHeading: '您想问的是哪一个？回复数字即可：',
  clarifyFooter: '都不是的话，回复“转人工”。',
  option: (number: number, title: string): string => `${number} ${title}`,
  fallback: '这个我没有把握，不敢乱答。您可以换个说法，把页面或驳回原因的文字发来；也可以回复“转人工”，我请同事来看。',
  stillFailing: '是哪一步不行？把页面上的提示，或者驳回原因的原文发给我；着急的话回复“转人工”，我请同事来看。',
  notThat: '那您问的是哪一块？换个说法，或者把页面、驳回原因的文字发来；也可以回复“转人工”，我请同事来看。',
  fallbackPicture: '图片里的字我看不了，请把上面的文字发给我（比如驳回原因），或者回复“转人工”。',
  greeting: '您好，我是机器人“过审小助手”。提审的问题直接问我就行，回复“菜单”看全部步骤，回复“转人工”找同事。',
  thanks: '不客气，祝您早日过审！',
  settled: '太好了，祝早日过审！',
  tooFast: '您发得有点快，我先歇一会儿再答您；着急的话回复“转人工”，我请同事来看。',
  declined: '好的，有需要随时叫我。',
  menuHeading: '这些都可以问我，回复数字看做法：',
  menuRejections: '被驳回了：',
  menuFooter: '驳回通知可以整段发给我；要找同事，回复“转人工”。',
  unknownReason: '有一条驳回原因指南里没有，我请同事来看。',
  directChat: '私聊',
} as const
