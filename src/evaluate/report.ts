import { characterPairs, sharedPairs } from '../base/text.js'
import { isOpenTo, opinionTrace, questionFor } from '../dialogue/opinion.js'
import { policies } from '../dialogue/policy.js'
import { decideBy, type Turn } from '../dialogue/turn.js'
import { factsOf } from '../knowledge/guide/front-matter.js'
import type { Decision, OpinionReply, OpinionTrace, SecondOpinion } from '../model/decision.js'
import type { KnowledgeContent } from '../model/knowledge.js'
import { compileLanguage } from '../model/language.js'
import type { KnowledgeSnapshot, Understanding } from '../model/understanding.js'
import { NOTHING, readFeatures, trainMessageModel } from '../nlu/classifier.js'
import { keysOf } from '../nlu/feature-table.js'
import { ConceptLexicon, extractFeatures } from '../nlu/featurizer.js'
import { buildIntentMatcher, trainingTexts } from '../nlu/intent-matcher.js'
import { normalizeText } from '../nlu/normalize.js'
import { knowingOf, understand } from '../nlu/pipeline.js'
import { ALONE, type Judged, judge, type LabelledMessage, loneMessage, shareOf, wantsSilence } from './exam.js'

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

interface Group {
  readonly name: string
  readonly holds: (message: LabelledMessage) => boolean
}

const isInScope = ({ sections }: LabelledMessage): boolean => sections.length > 0

/** One table for authors: what was asked, what was overheard, how sure, and where it goes wrong. In Chinese. */
export function renderReport(title: string, understood: readonly Understood[]): string {
  const asked = understood.map(({ message, understanding }) => judge(message, understanding, true))
  const overheard = understood.map(({ message, understanding }) => judge(message, understanding, false))
  const of = (judged: readonly Judged[], holds: Group['holds']): readonly Judged[] =>
    judged.filter(({ message }) => holds(message))
  const plain = (message: LabelledMessage): boolean => wantsSilence(message) && !message.hard
  const hard = (message: LabelledMessage): boolean => wantsSilence(message) && message.hard
  const person = of(asked, ({ wantsHuman }) => wantsHuman)
  const calledInVain = asked.filter(
    ({ message, decision }) => !message.wantsHuman && decision.kind === 'escalate' && decision.reason === 'asked',
  )
  const called = person.filter(({ outcome }) => outcome === 'person').length
  return [
    `== ${title}：${understood.length} 条`,
    `点名提问（${of(asked, isInScope).length} 条）  第一个就对 ${percent(shareOf(of(asked, isInScope), 'right', 'right-offered-first'))}，对或在选项里 ${percent(shareOf(of(asked, isInScope), 'right', 'right-offered-first', 'offered'))}，答错 ${percent(shareOf(of(asked, isInScope), 'wrong'))}，反问 ${percent(shareOf(of(asked, isInScope), 'right-offered-first', 'offered', 'offered-wrong'))}，说不知道 ${percent(shareOf(of(asked, isInScope), 'not-answered'))}`,
    `没点名的提问  答对 ${percent(shareOf(of(overheard, isInScope), 'right'))}，答错 ${percent(shareOf(of(overheard, isInScope), 'wrong'))}`,
    `闲聊没点名  普通被接话 ${percent(shareOf(of(overheard, plain), 'spoke-up'))}，难的被接话 ${percent(shareOf(of(overheard, hard), 'spoke-up'))}`,
    `闲聊点了名  给出或列出小节 ${percent(shareOf(of(asked, wantsSilence), 'spoke-up'))}`,
    `要找人  认出 ${percent(shareOf(person, 'person'))}，叫得对 ${percent(called / Math.max(1, called + calledInVain.length))}`,
    '',
    ...renderGroups(
      '小节',
      asked.filter(({ message }) => isInScope(message)),
      ({ sections }) => sections[0]!,
    ),
    '',
    ...renderGroups(
      '说法',
      asked.filter(({ message }) => isInScope(message)),
      ({ kind }) => kind,
    ),
    '',
    ...renderReliability(asked),
  ].join('\n')
}

function renderGroups(
  name: string,
  judged: readonly Judged[],
  by: (message: LabelledMessage) => string,
): readonly string[] {
  const keys = [...new Set(judged.map(({ message }) => by(message)))].sort()
  return [
    `按${name}（点名）：`,
    ...keys.map((key) => {
      const group = judged.filter(({ message }) => by(message) === key)
      return `  ${key.padEnd(14)} ${String(group.length).padStart(4)} 条  对 ${percent(shareOf(group, 'right', 'right-offered-first'))}  错 ${percent(shareOf(group, 'wrong'))}`
    }),
  ]
}

const BINS = 10

/** Does a confidence of 0.7 mean right in seven of ten? */
function renderReliability(asked: readonly Judged[]): readonly string[] {
  const points = asked.flatMap(({ message, understanding }) => {
    const top = understanding.candidates[0]
    return top ? [{ confidence: top.overheard, right: message.sections.includes(top.sectionKey) }] : []
  })
  const lines = Array.from({ length: BINS }, (_, bin) => {
    const inside = points.filter(({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)) === bin)
    const mean = inside.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, inside.length)
    const right = inside.filter((point) => point.right).length / Math.max(1, inside.length)
    return `  ${(bin / BINS).toFixed(1)}–${((bin + 1) / BINS).toFixed(1)}  ${String(inside.length).padStart(5)} 条  说 ${percent(mean)}  实际 ${percent(right)}`
  })
  return ['把握准不准（没点名的把握与实际正确率）：', ...lines]
}

/** The messages that went wrong, worst first, for authors to look at. */
export function renderMistakes(understood: readonly Understood[], limit: number): string {
  const judged = understood.map(({ message, understanding }) => judge(message, understanding, true))
  return judged
    .filter(({ outcome }) => outcome === 'wrong' || outcome === 'spoke-up' || outcome === 'offered-wrong')
    .sort((a, b) => (b.understanding.candidates[0]?.confidence ?? 0) - (a.understanding.candidates[0]?.confidence ?? 0))
    .slice(0, limit)
    .map(({ message, understanding }) => {
      const top = understanding.candidates[0]
      const wanted = message.sections.join('、') || (message.wantsHuman ? '人工' : '不接话')
      return `  应该 ${wanted} → 给了 ${top?.sectionKey ?? '—'}（${percent(top?.confidence ?? 0)}） ${message.text.replace(/\s+/g, ' ').slice(0, 60)}`
    })
    .join('\n')
}

/** What the classifier is worth without one of its ingredients. */
export interface Ablation {
  /** In Chinese. */
  readonly without: string
  /** 0..1: questions whose section comes first, if it is known that they are questions. */
  readonly rightFirst: number
  /** 0..1: questions still answered where no more than 3 % of the hard chatter is. */
  readonly kept: number
}

interface Variant {
  readonly without: string
  readonly normalize: (text: string) => string
  readonly lexicon: ConceptLexicon
  readonly keeps: (feature: string) => boolean
}

const HARD_CHATTER_SPOKEN_TO = 0.03

/** Trains the classifier anew without each ingredient in turn; 2–4 s of CPU each. The first row lacks nothing. */
export function ablate(content: KnowledgeContent, messages: readonly LabelledMessage[]): readonly Ablation[] {
  const whole: Variant = {
    without: '（都有）',
    normalize: normalizeText,
    lexicon: new ConceptLexicon(content.concepts),
    keeps: () => true,
  }
  const variants: readonly Variant[] = [
    whole,
    { ...whole, without: '归一化（繁体、全角、表情）', normalize: (text) => text.trim().toLowerCase() },
    { ...whole, without: '同义词与同音纠错', lexicon: new ConceptLexicon([]) },
    { ...whole, without: '单字和词片段', keeps: (feature) => !feature.startsWith('c:') },
    { ...whole, without: '三字片段', keeps: (feature) => !/^c:...$/u.test(feature) },
    { ...whole, without: '读音', keeps: (feature) => !feature.startsWith('s:') },
    { ...whole, without: '语气（问、报告、否定……）', keeps: (feature) => !feature.startsWith('m:') },
    { ...whole, without: '句式与长短', keeps: (feature) => !feature.startsWith('f:') },
  ]
  return variants.map((variant) => ({ without: variant.without, ...score(variant, content, messages) }))
}

function score(variant: Variant, content: KnowledgeContent, messages: readonly LabelledMessage[]) {
  const featuresOf = (text: string): readonly string[] =>
    extractFeatures(variant.normalize(text), variant.lexicon).names.filter(variant.keeps)
  const { labelled } = trainingTexts(content)
  const model = trainMessageModel(labelled.map(({ text, label }) => ({ features: featuresOf(text), label })))
  const sectionOf = new Map(content.intents.map(({ id, sectionKey }) => [id, sectionKey]))
  const sections = model.classes.filter((id) => id !== NOTHING).map((id) => sectionOf.get(id))
  const read = messages.map((message) => {
    const { shares, scopeLogit } = readFeatures(model, keysOf(featuresOf(message.text)))
    const best = sections.reduce(
      (top, key, at) => (key !== undefined && shares[at]! > (shares[top] ?? -1) ? at : top),
      -1,
    )
    return { message, scopeLogit, isRight: message.sections.includes(sections[best] ?? '') }
  })
  const questions = read.filter(({ message }) => message.sections.length > 0)
  const chatter = read
    .filter(({ message }) => wantsSilence(message) && message.hard)
    .map(({ scopeLogit }) => scopeLogit)
    .sort((a, b) => b - a)
  const level = chatter[Math.floor(chatter.length * HARD_CHATTER_SPOKEN_TO)] ?? Number.NEGATIVE_INFINITY
  const shareOf = (holds: (one: (typeof questions)[number]) => boolean): number =>
    questions.filter(holds).length / Math.max(1, questions.length)
  return { rightFirst: shareOf(({ isRight }) => isRight), kept: shareOf(({ scopeLogit }) => scopeLogit > level) }
}

/** One line for each ingredient. In Chinese. */
export function renderAblation(rows: readonly Ablation[]): string {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
  return [
    '== 少了哪样会怎样（留出的说法；难的闲聊最多接 3 % 时还答几成）',
    ...rows.map(
      ({ without, rightFirst, kept }) => `  ${without}  排第一 ${percent(rightFirst)}  还答 ${percent(kept)}`,
    ),
  ].join('\n')
}

export interface Understood {
  readonly message: LabelledMessage
  readonly understanding: Understanding
}

/** Every authored utterance and silent example as a labelled message. */
export function trainingMessages({ intents, silence }: KnowledgeContent): readonly LabelledMessage[] {
  return [
    ...intents
      .filter(({ automatic }) => !automatic)
      .flatMap(({ sectionKey, utterances }) =>
        utterances.map((text) => ({
          text,
          sections: sectionKey === undefined ? [] : [sectionKey],
          wantsHuman: sectionKey === undefined,
          kind: 'training',
          hard: false,
        })),
      ),
    ...silence.map(({ text, kind, hard }) => ({ text, sections: [], wantsHuman: false, kind, hard })),
  ]
}

/**
 * Reads every message by a matcher that was not taught it.
 *
 * @param folds how many parts; each is read by what the others teach, at 1–3 s of CPU
 */
export function crossValidate(content: KnowledgeContent, folds: number): readonly Understood[] {
  const messages = trainingMessages(content)
  const language = compileLanguage(content.language)
  // Authors write in series: neighbours must not teach each other's answers away in one block, so every nth is left out.
  return Array.from({ length: folds }, (_, fold) => {
    const leftOut = new Set(messages.filter((_message, index) => index % folds === fold).map(({ text }) => text))
    const matcher = buildIntentMatcher(leaveOut(content, leftOut))
    const knowing = { matcher, intents: content.intents, facts: factsOf(content.guides), language, nowMs: 0 }
    return messages
      .filter(({ text }) => leftOut.has(text))
      .map((message) => ({ message, understanding: understand(message.text, knowing) }))
  }).flat()
}

/** The content without some of its authored texts. */
export function leaveOut(content: KnowledgeContent, texts: ReadonlySet<string>): KnowledgeContent {
  return {
    ...content,
    intents: content.intents.map((intent) => ({
      ...intent,
      utterances: intent.automatic ? intent.utterances : intent.utterances.filter((text) => !texts.has(text)),
    })),
    silence: content.silence.filter(({ text }) => !texts.has(text)),
  }
}

/** For each wrong answer, the authored utterance of the wrong intent that looks most like the message. In Chinese. */
export function nearestUtterance(
  understood: readonly Understood[],
  { intents }: KnowledgeContent,
  limit: number,
): string {
  return understood
    .filter(({ message, understanding }) => judge(message, understanding, true).outcome === 'wrong')
    .slice(0, limit)
    .map(({ message, understanding }) => {
      const wrong = intents.find(({ id }) => id === understanding.candidates[0]?.intentId)
      const pulls = (wrong?.utterances ?? [])
        .map((utterance) => ({ utterance, likeness: likeness(message.text, utterance) }))
        .reduce((best, next) => (next.likeness > best.likeness ? next : best), { utterance: '—', likeness: 0 })
      return `  ${message.text.replace(/\s+/g, ' ').slice(0, 40)} ← ${wrong?.id ?? '—'}：${pulls.utterance.slice(0, 40)}`
    })
    .join('\n')
}

/** Share of character pairs that two texts have in common, 0..1. */
const likeness = (one: string, other: string): number => sharedPairs(pairsOf(one), pairsOf(other))
const pairsOf = (text: string) => characterPairs(normalizeText(text).replace(/[^\p{L}\p{N}]/gu, ''))

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
    message.sections.includes(toldOf(decision)[0] ?? '')
  const isNamed = ({ message, decision }: (typeof met)[number]): boolean =>
    toldOf(decision).some((key) => message.sections.includes(key))
  return {
    rightFirst: share(ours, (one) => isAnswer(one) && isRightFirst(one)),
    named: share(ours, isNamed),
    wrong: share(ours, (one) => isAnswer(one) && !isNamed(one)),
    lookAlikes: share(others, ({ decision }) => toldOf(decision).length > 0),
  }
}

/** Sections that are answered, offered or named beside an answer. */
const toldOf = (decision: Decision): readonly string[] =>
  decision.kind === 'answer' || decision.kind === 'clarify'
    ? [...decision.sectionKeys, ...('alternatives' in decision ? (decision.alternatives ?? []) : [])]
    : []

const share = <T>(list: readonly T[], holds: (one: T) => boolean): number =>
  list.length === 0 ? 0 : list.filter(holds).length / list.length

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
