import { longTime } from './chat-time.js'

/** What the page says about each state of the login: a word for the head, a title and a hint for the card. */
export const LOGIN_WORDS = {
  starting: { word: '正在启动', title: '正在启动…', hint: '稍等几秒，二维码会出现在这里。' },
  'waiting-scan': { word: '等待扫码', title: '请用微信扫码登录', hint: '用机器人的微信账号扫描，并在手机上确认。' },
  'logged-in': { word: '在线', title: '已登录', hint: '机器人在微信里工作，聊天请在微信里看。' },
  reconnecting: {
    word: '正在重连',
    title: '正在重连微信…',
    hint: '连上后自动恢复，不用扫码。一直连不上，请检查网络。',
  },
  kicked: {
    word: '已被微信退出',
    title: '微信已让机器人退出登录',
    hint: '请用机器人的微信账号重新扫码，二维码几秒内会出现在这里。扫码后马上又退出，说明账号受限，请先停用一天。',
  },
}

/**
 * @param {string} login
 * @returns {{ word: string, title: string, hint: string }} for a state that is not known here, its own name
 */
export const loginWords = (login) =>
  LOGIN_WORDS[/** @type {keyof typeof LOGIN_WORDS} */ (login)] ?? { word: login, title: login, hint: '' }

/** Since when it is so, e.g. `昨天 10:32 起`. @param {number} sinceMs */
export const sinceWords = (sinceMs) => `${longTime(sinceMs)} 起`
