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
