import { isOpenTo, opinionTrace, questionFor } from '../dialogue/opinion.js'
import { policies } from '../dialogue/policy.js'
import { decideBy, type Turn } from '../dialogue/turn.js'
import type { Decision } from '../model/decision.js'
import type { OpinionReply, OpinionTrace, SecondOpinion } from '../model/opinion.js'
import type { KnowledgeSnapshot } from '../model/understanding.js'
import { knowingOf, understand } from '../nlu/pipeline.js'
import { type LabelledMessage, wantsSilence } from './exam.js'
import { ALONE, loneMessage } from './explain.js'

/** How labelled messages that are put to the bot are met; shares 0..1. */
interface OpinionRates {
  /** Of the messages for us: the first section that is answered is a right one. */
  readonly rightFirst: number
  /** A right section is answered, or named. */
  readonly named: number
  /** Answered, and nothing of it is right. */
  readonly wrong: number
  /** Of the messages that only look like it: answered or offered from the guide. */
  readonly lookAlikes: number
}

export interface OpinionScore {
  readonly forUs: number
  readonly notForUs: number
  readonly without: OpinionRates
  readonly withIt: OpinionRates
  /** Of the messages that somebody was asked about. */
  readonly asked: readonly OpinionTrace[]
  readonly tokens: OpinionReply['tokens']
}

interface Met {
  readonly message: LabelledMessage
  readonly without: Decision
  readonly withIt: Decision
  readonly reply?: OpinionReply
}

const AT_ONCE = 4

/** Puts labelled messages to the bot by name, with and without a second opinion on what is unclear. */
export async function scoreOpinion(
  messages: readonly LabelledMessage[],
  { snapshot, by, nowMs }: { readonly snapshot: KnowledgeSnapshot; readonly by: SecondOpinion; readonly nowMs: number },
): Promise<OpinionScore> {
  const met: Met[] = []
  const waiting = messages.map((message) => ({ message, turn: aloneTurn(message.text, snapshot, nowMs) }))
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) met.push(await meet(next, { snapshot, by }))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const replies = met.flatMap(({ reply, without, withIt }) =>
    reply ? [{ reply, trace: opinionTrace(reply, { without, now: withIt }) }] : [],
  )
  const sum = (kind: keyof OpinionReply['tokens']): number =>
    replies.reduce((total, { reply }) => total + reply.tokens[kind], 0)
  return {
    forUs: met.filter(({ message }) => message.sections.length > 0).length,
    notForUs: met.filter(({ message }) => wantsSilence(message)).length,
    without: ratesOf(met.map(({ message, without }) => ({ message, decision: without }))),
    withIt: ratesOf(met.map(({ message, withIt }) => ({ message, decision: withIt }))),
    asked: replies.map(({ trace }) => trace),
    tokens: { prompt: sum('prompt'), completion: sum('completion') },
  }
}

function aloneTurn(text: string, snapshot: KnowledgeSnapshot, nowMs: number): Turn {
  const situation = { ...ALONE, language: snapshot.language, hasSection: (key: string) => snapshot.sections.has(key) }
  const message = { ...loneMessage(text, true), mentionsOthers: false }
  return { message, understanding: understand(text, knowingOf(snapshot, nowMs)), situation, asked: true }
}

async function meet(
  { message, turn }: { readonly message: LabelledMessage; readonly turn: Turn },
  { snapshot, by }: { readonly snapshot: KnowledgeSnapshot; readonly by: SecondOpinion },
): Promise<Met> {
  const decided = decideBy(policies, turn)
  const without = decided.decision
  if (!isOpenTo(turn, decided, { overheard: false })) return { message, without, withIt: without }
  const reply = await by.ask(questionFor({ turn, snapshot, text: message.text, saidBefore: [] }))
  const opinion = reply.opinion && { ...reply.opinion, rules: snapshot.content.rejections }
  const { decision: withIt } = decideBy(policies, { ...turn, situation: { ...turn.situation, opinion } })
  return { message, without, withIt, reply }
}

function ratesOf(met: readonly { readonly message: LabelledMessage; readonly decision: Decision }[]): OpinionRates {
  const ours = met.filter(({ message }) => message.sections.length > 0)
  const others = met.filter(({ message }) => wantsSilence(message))
  const isAnswer = ({ decision }: (typeof met)[number]): boolean => decision.kind === 'answer'
  const isRightFirst = ({ message, decision }: (typeof met)[number]): boolean =>
    message.sections.includes(keysOf(decision)[0] ?? '')
  const isNamed = ({ message, decision }: (typeof met)[number]): boolean =>
    keysOf(decision).some((key) => message.sections.includes(key))
  return {
    rightFirst: share(ours, (one) => isAnswer(one) && isRightFirst(one)),
    named: share(ours, isNamed),
    wrong: share(ours, (one) => isAnswer(one) && !isNamed(one)),
    lookAlikes: share(others, ({ decision }) => keysOf(decision).length > 0),
  }
}

/** Sections that are answered, offered or named beside an answer. */
const keysOf = (decision: Decision): readonly string[] =>
  decision.kind === 'answer' || decision.kind === 'clarify'
    ? [...decision.sectionKeys, ...('alternatives' in decision ? (decision.alternatives ?? []) : [])]
    : []

const share = <T>(list: readonly T[], holds: (one: T) => boolean): number =>
  list.length === 0 ? 0 : list.filter(holds).length / list.length

const percent = (part: number): string => `${(part * 100).toFixed(1)}%`

/** For the operator, in Chinese: what the model would be worth, and what it costs. */
export function renderOpinionScore({ forUs, notForUs, without, withIt, asked, tokens }: OpinionScore): string {
  const row = (name: string, of: (rates: OpinionRates) => number): string =>
    `  ${name}：${percent(of(without))} → ${percent(of(withIt))}`
  const chose = asked.filter(({ outcome }) => outcome === 'chose')
  const failed = asked.length - chose.length
  const times = chose.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b)
  const reasons = [...new Set(asked.map(({ outcome }) => outcome))]
    .filter((outcome) => outcome !== 'chose')
    .map((outcome) => `${outcome} ${asked.filter((one) => one.outcome === outcome).length}`)
  return [
    `== 问一问模型（${forUs} 条该答的，${notForUs} 条不该答的；都按点名问算）`,
    '  不问 → 问了：',
    row('先答对', ({ rightFirst }) => rightFirst),
    row('答对或点到', ({ named }) => named),
    row('答错', ({ wrong }) => wrong),
    row('不该答却从指南里答了', ({ lookAlikes }) => lookAlikes),
    `  问了 ${asked.length} 次（${percent(asked.length / Math.max(1, forUs + notForUs))}），得到选择 ${chose.length} 次，其中与原来一致 ${chose.filter(({ agrees }) => agrees).length} 次`,
    ...(failed > 0 ? [`  没得到选择 ${failed} 次：${reasons.join('，')}`] : []),
    ...(times.length > 0 ? [`  用时：中位 ${times[times.length >> 1]} 毫秒，最慢 ${times.at(-1)} 毫秒`] : []),
    `  用量：输入 ${tokens.prompt}、输出 ${tokens.completion} 个 token，每次约 ${Math.round((tokens.prompt + tokens.completion) / Math.max(1, chose.length))} 个`,
  ].join('\n')
}
