import { expect, test } from 'vitest'
import { type TalkRule, type WaitingAsker, whoIsTalkedTo } from '../../src/dialogue/addressee.js'
import type { DialogueState } from '../../src/dialogue/state.js'
import type { IncomingMessage, Person, Place } from '../../src/model/chat.js'
import { aMessage, CUSTOMERS } from '../support/a-message.js'
import { aState, saysTo } from '../support/a-state.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { LANGUAGE } from '../support/shipped-language.js'

const person = (name: string, role: Person['role']): Person => ({ id: `@${name}`, key: `name:${name}`, name, role })
const PEOPLE = {
  王: person('王老板', 'customer'),
  李: person('悦邻社区-小李', 'customer'),
  张: person('张建国', 'customer'),
  // The same name as 王老板, another person.
  双: { ...person('王老板', 'customer'), key: 'name:王老板#2' },
  陈: person('陈工', 'staff'),
  徐: person('徐经理', 'admin'),
} as const
type Who = keyof typeof PEOPLE

/** `?` asks, `~` reports something, `.` is idle talk; `机>王` is the bot's answer to 王. */
type Line =
  | readonly [who: `${Who}${'?' | '~' | '.'}`, text: string, afterMinutes?: number]
  | readonly [who: `机>${Who}`, text: string, afterMinutes?: number]
  /** A colleague, and whom the words are meant for. */
  | readonly [who: '陈' | '徐', text: string, meant: string, rule: TalkRule, facts?: Facts]
interface Facts {
  readonly afterMinutes?: number
  readonly quote?: { readonly speaker: string; readonly text: string; readonly ofBot: boolean }
  readonly kind?: IncomingMessage['kind']
  readonly addressedToBot?: boolean
}
interface Scenario {
  readonly name: string
  /** Who has a ticket that lies with people. */
  readonly tickets?: readonly Who[]
  readonly lines: readonly Line[]
}

const quoteOf = (speaker: string, text: string, ofBot = false) => ({ quote: { speaker, text, ofBot } })

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'quotes one of two askers',
    lines: [
      ['王?', '类目选哪个'],
      ['李?', '隐私协议怎么填'],
      ['陈', '选社交', '王', 'quoted', quoteOf('王老板', '类目选哪个')],
    ],
  },
  {
    name: 'says that they answer: who asked just now, though another has a ticket',
    tickets: ['王'],
    lines: [
      ['王?', '登录不上后台'],
      ['李?', '弹出来那个声明怎么写'],
      ['徐', '我来答：直接勾第二项', '李', 'answered'],
    ],
  },
  {
    name: 'says that they will look: who has a ticket',
    tickets: ['王'],
    lines: [
      ['王?', '登录不上后台'],
      ['李?', '弹出来那个声明怎么写'],
      ['徐', '我来看一下', '王', 'answered'],
    ],
  },
  {
    name: 'quotes the bot’s answer to somebody',
    lines: [
      ['王?', '类目选哪个'],
      ['机>王', '【3】服务类目\n1. 选社交'],
      ['李?', '隐私协议怎么填'],
      ['陈', '这个答得不对，要选社区', '王', 'quoted', quoteOf('过审小助手', '【3】服务类目\n1. 选社交', true)],
    ],
  },
  {
    name: 'quotes a colleague: between colleagues',
    lines: [
      ['王?', '类目选哪个'],
      ['陈', '好，我看看后台', '王', 'answered'],
      ['徐', '辛苦，顺便把版本也看一下', '', 'nobody', quoteOf('陈工', '好，我看看后台')],
    ],
  },
  {
    name: 'quotes one of two who bear one name: whoever said it',
    lines: [
      ['王?', '类目选哪个'],
      ['双?', '备案要多久'],
      ['陈', '一般两周', '双', 'quoted', quoteOf('王老板', '备案要多久')],
    ],
  },
  {
    name: 'quotes a line that both of one name said: both',
    lines: [
      ['王?', '在吗'],
      ['双?', '在吗'],
      ['陈', '在的', '王双', 'quoted', quoteOf('王老板', '在吗')],
    ],
  },
  {
    name: 'mentions one of three',
    lines: [
      ['王?', '类目选哪个'],
      ['李?', '隐私协议怎么填'],
      ['张?', '审核多久'],
      ['陈', '@王老板\u2005选社交就行', '王', 'mentioned'],
    ],
  },
  {
    name: 'mentions two at once',
    lines: [
      ['王?', '什么时候发新包'],
      ['李?', '新包好了吗'],
      ['陈', '@王老板\u2005@悦邻社区-小李\u2005今晚发', '王李', 'mentioned'],
    ],
  },
  {
    name: 'mentions without a blank behind the name',
    lines: [
      ['王?', '类目选哪个'],
      ['陈', '@王老板选社交', '王', 'mentioned'],
    ],
  },
  {
    name: 'mentions somebody whose name begins like an asker’s',
    lines: [
      ['王?', '类目选哪个'],
      ['陈', '@王老板娘\u2005您的合同到了', '', 'nobody'],
    ],
  },
  {
    name: 'mentions an asker hours later, who has a ticket',
    tickets: ['王'],
    lines: [
      ['李?', '隐私协议怎么填', 100],
      ['陈', '@王老板\u2005包传好了', '王', 'mentioned'],
    ],
  },
  {
    name: 'mentions a colleague: between colleagues',
    lines: [
      ['王?', '登录不上后台'],
      ['陈', '@徐经理\u2005这个你看下', '', 'nobody'],
    ],
  },
  {
    name: 'mentions everybody',
    lines: [
      ['王?', '登录不上后台'],
      ['陈', '@所有人 今晚十点维护', '', 'nobody'],
    ],
  },
  {
    name: 'calls an asker by name',
    lines: [
      ['王?', '类目选哪个'],
      ['李?', '隐私协议怎么填'],
      ['陈', '王老板，选社交', '王', 'named'],
    ],
  },
  {
    name: 'calls an asker by the last part of a display name',
    lines: [
      ['王?', '类目选哪个'],
      ['李?', '隐私协议怎么填'],
      ['王?', '还有图标要多大'],
      ['陈', '小李 按那七处填就行', '李', 'named'],
    ],
  },
  {
    name: 'calls an asker by surname and title',
    lines: [
      ['王?', '类目选哪个'],
      ['张?', '审核多久'],
      ['李?', '怎么提审'],
      ['陈', '张总您那个要七天', '张', 'named'],
    ],
  },
  {
    name: 'puts the name behind',
    lines: [
      ['王?', '类目选哪个'],
      ['李?', '隐私协议怎么填'],
      ['陈', '已经帮您改好了，王老板', '王', 'named'],
    ],
  },
  {
    name: 'talks about an asker, not to',
    lines: [
      ['王?', '登录不上后台'],
      ['机>王', '已转人工'],
      ['陈', '王老板的账号是谁开的', '', 'nobody'],
    ],
  },
  {
    name: 'asks colleagues who takes a customer',
    lines: [
      ['王?', '登录不上后台'],
      ['陈', '这个客户谁跟一下', '', 'nobody'],
    ],
  },
  {
    name: 'answers the one who has just asked',
    lines: [
      ['王?', '登录不上后台'],
      ['陈', '我看一下', '王', 'answered'],
    ],
  },
  {
    name: 'answers with a picture',
    lines: [
      ['王?', '图标在哪里传'],
      ['陈', '', '王', 'answered', { kind: 'picture' }],
    ],
  },
  {
    name: 'answers, with idle talk of others in between',
    lines: [
      ['王?', '登录不上后台'],
      ['李.', '哈哈我也遇到过'],
      ['张.', '中午吃什么'],
      ['陈', '清一下缓存再试', '王', 'answered'],
    ],
  },
  {
    name: 'answers the later of two questions when nothing else tells',
    lines: [
      ['王?', '登录不上后台'],
      ['李?', '新包什么时候发'],
      ['陈', '稍等，我问一下', '李', 'answered'],
    ],
  },
  {
    name: 'answers the earlier of two questions when it takes up its words',
    lines: [
      ['王?', '后台登录不上'],
      ['李?', '新包什么时候发'],
      ['陈', '后台刚重启，登录再试一次', '王', 'answered'],
    ],
  },
  {
    name: 'answers whom the bot has not answered yet',
    lines: [
      ['王?', '合同寄到哪里'],
      ['李?', '隐私协议怎么填'],
      ['机>李', '【4.3】隐私协议\n1. …'],
      ['陈', '寄到公司前台', '王', 'answered'],
    ],
  },
  {
    name: 'answers who has a ticket rather than who asked in passing',
    tickets: ['王'],
    lines: [
      ['王?', '登录不上'],
      ['李?', '图标多大'],
      ['陈', '稍等，我问一下', '王', 'answered'],
    ],
  },
  {
    name: 'goes on with the same asker',
    lines: [
      ['王?', '登录不上后台'],
      ['陈', '您发个截图', '王', 'answered'],
      ['王.', '好的'],
      ['陈', '顺便说下是什么浏览器', '王', 'went-on'],
    ],
  },
  {
    name: 'goes on, and turns to the next who asks',
    lines: [
      ['王?', '登录不上后台'],
      ['陈', '您发个截图', '王', 'answered'],
      ['李?', '新包什么时候发'],
      ['陈', '新包今晚发', '李', 'answered'],
    ],
  },
  {
    name: 'two colleagues serve two askers',
    lines: [
      ['王?', '登录不上后台'],
      ['陈', '您发个截图', '王', 'answered'],
      ['李?', '新包什么时候发'],
      ['徐', '今晚发', '李', 'answered'],
      ['陈', '收到图了，我查一下', '王', 'went-on'],
    ],
  },
  {
    name: 'a second colleague answers whom the first already serves, when nobody else waits',
    tickets: ['王'],
    lines: [
      ['王?', '登录不上后台'],
      ['陈', '您发个截图', '王', 'answered'],
      ['徐', '也可能是密码过期了', '王', 'only-ticket'],
    ],
  },
  {
    name: 'comes too late to be an answer',
    lines: [
      ['王?', '登录不上后台'],
      ['陈', '今天天气不错', '', 'nobody', { afterMinutes: 6 }],
    ],
  },
  {
    name: 'comes late, but says 您',
    lines: [
      ['王?', '登录不上后台'],
      ['陈', '您再试一下', '王', 'answered', { afterMinutes: 9 }],
    ],
  },
  {
    name: 'comes late to the only ticket of the group',
    tickets: ['王'],
    lines: [
      ['王?', '登录不上后台'],
      ['陈', '查到原因了，证书过期', '王', 'only-ticket', { afterMinutes: 25 }],
    ],
  },
  {
    name: 'takes up a report that asks nothing',
    lines: [
      ['王~', '我们提审三天了还没动静'],
      ['陈', '我去催一下', '王', 'answered'],
    ],
  },
  {
    name: 'an aside is for nobody',
    tickets: ['王'],
    lines: [
      ['王?', '登录不上后台'],
      ['陈', '收到', '', 'nobody'],
      ['陈', '👌', '', 'nobody'],
      ['陈', '[强][强]', '', 'nobody'],
    ],
  },
  {
    name: 'an announcement is for nobody',
    tickets: ['王'],
    lines: [
      ['王?', '登录不上后台'],
      ['陈', '【通知】国庆期间值班安排如下', '', 'nobody'],
      ['陈', '各位老板，新版本发布了', '', 'nobody'],
    ],
  },
  {
    name: 'words to the bot are for nobody else',
    lines: [
      ['王?', '登录不上后台'],
      ['陈', '类目选哪个', '', 'nobody', { addressedToBot: true }],
    ],
  },
  {
    name: 'nobody has asked anything',
    lines: [
      ['王.', '早'],
      ['陈', '今天的包已经传了', '', 'nobody'],
    ],
  },
  {
    name: 'thanks close a talk',
    lines: [
      ['王?', '类目选哪个'],
      ['机>王', '【3】服务类目'],
      ['王.', '谢谢'],
      ['陈', '今天的包已经传了', '', 'nobody'],
    ],
  },
]

const keys = (letters: string): readonly string[] => [...letters].map((letter) => PEOPLE[letter as Who].key)
const WANTS = { '?': 'answer', '~': 'maybe', '.': 'nothing' } as const

/** @returns whom the words were meant for */
function colleagueSays(
  state: DialogueState,
  message: IncomingMessage,
  known: { readonly waiting: readonly WaitingAsker[]; readonly colleagueNames: readonly string[] },
) {
  const talk = whoIsTalkedTo(message, { ...known, recent: state.linesIn(message.place.key) }, LANGUAGE.colleagues)
  state.colleagueSpoke(message, talk)
  return talk
}

function play({ tickets = [], lines }: Scenario): readonly object[] {
  const state = aState({ maxEntries: 1_000 })
  const waiting = tickets.map((who) => PEOPLE[who])
  let nowMs = MONDAY_MS
  const heard: object[] = []
  for (const line of lines) {
    const [who, text] = line
    const facts: Facts =
      typeof line[4] === 'object' ? line[4] : { afterMinutes: typeof line[2] === 'number' ? line[2] : 1 }
    nowMs += (facts.afterMinutes ?? 1) * 60_000
    if (who.startsWith('机')) {
      const answered = aMessage({ sender: PEOPLE[who.slice(-1) as Who] })
      saysTo(state, answered, { decision: { kind: 'courtesy', word: 'menu' }, text, nowMs })
      continue
    }
    const { afterMinutes: _, ...rest } = facts
    const mentionsOthers = /@(?!所有人)/.test(text)
    const message = aMessage({ sender: PEOPLE[who[0] as Who], text, sentAtMs: nowMs, mentionsOthers, ...rest })
    if (who.length > 1) state.askerSpoke(message, WANTS[who[1] as '?'])
    else {
      const { rule, askerKeys } = colleagueSays(state, message, { waiting, colleagueNames: ['陈工', '徐经理'] })
      heard.push({ text, rule, askerKeys })
    }
  }
  return heard
}

test.each(SCENARIOS)('$name', (scenario) => {
  const meant = scenario.lines.flatMap((line) =>
    typeof line[2] === 'string' ? [{ text: line[1], rule: line[3], askerKeys: keys(line[2]) }] : [],
  )
  expect(play(scenario)).toEqual(meant)
})

test('tells since when a colleague has spoken to an asker, there and to nobody else', () => {
  const state = aState({ maxEntries: 1_000 })
  const at = (minutes: number) => MONDAY_MS + minutes * 60_000
  state.askerSpoke(aMessage({ sender: PEOPLE.王, text: '登录不上', sentAtMs: at(0) }), 'answer')
  colleagueSays(state, aMessage({ sender: PEOPLE.陈, text: '我看看', sentAtMs: at(1) }), {
    waiting: [],
    colleagueNames: [],
  })
  const isAnswered = (sender: Person, minutes: number, place: Place = CUSTOMERS): boolean =>
    state.since(aMessage({ sender, place, sentAtMs: at(minutes) }), -1).isAnsweredByColleague
  expect(isAnswered(PEOPLE.王, 0)).toBe(true)
  expect(isAnswered(PEOPLE.王, 2)).toBe(false)
  expect(isAnswered(PEOPLE.李, 0)).toBe(false)
  expect(isAnswered(PEOPLE.王, 0, { ...CUSTOMERS, key: 'room:别的群' })).toBe(false)
  const isTalking = (minutes: number) => state.recall(aMessage({ sender: PEOPLE.王 }), at(minutes)).colleagueTalks
  expect([isTalking(6), isTalking(7)]).toEqual([true, false])
})

test('forgets the oldest groups and askers, so that it never grows', () => {
  const state = aState({ maxEntries: 20 })
  const placeOf = (index: number) => ({ ...CUSTOMERS, key: `room:${index}` })
  for (let index = 0; index < 100; index++) {
    const place = placeOf(index)
    state.askerSpoke(aMessage({ place, sender: PEOPLE.王, text: '登录不上' }), 'answer')
    colleagueSays(state, aMessage({ place, sender: PEOPLE.陈, text: '我看看' }), { waiting: [], colleagueNames: [] })
  }
  expect([99, 98, 97].map((index) => state.linesIn(placeOf(index).key).length)).toEqual([2, 2, 0])
  const isTalking = (index: number) =>
    state.recall(aMessage({ place: placeOf(index), sender: PEOPLE.王 }), MONDAY_MS).colleagueTalks
  expect([99, 80, 79].map(isTalking)).toEqual([true, true, false])
})
