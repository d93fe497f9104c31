import type { KnowledgeContent, Section } from '../model/knowledge.js'

/** A way of asking and where it belongs: a section's key, or the id of an intent without a section. */
export interface OwnedText {
  readonly owner: string
  readonly text: string
}

export interface NamedSection {
  readonly key: string
  readonly title: string
}

export interface Changes<Item> {
  readonly added: readonly Item[]
  readonly changed: readonly Item[]
  readonly removed: readonly Item[]
}

export interface ContentDifference {
  readonly sections: Changes<NamedSection>
  readonly utterances: Changes<OwnedText>
  /** Messages that want no answer; `owner` is their kind. */
  readonly silence: Changes<OwnedText>
  /** Ids of concepts, and of intents of which the title or the words of notices differ. */
  readonly others: readonly string[]
}

/** @param before absent: everything is new */
export function compareContent(before: KnowledgeContent | undefined, after: KnowledgeContent): ContentDifference {
  const old = before ?? { guides: [], intents: [], silence: [], concepts: [] }
  return {
    sections: compareSections(old, after),
    utterances: compareTexts(utterancesOf(old), utterancesOf(after)),
    silence: compareTexts(silenceOf(old), silenceOf(after)),
    others: before ? compareOthers(before, after) : [],
  }
}

/** Nothing that the bot is taught differs. */
export const isSame = ({ sections, utterances, silence, others }: ContentDifference): boolean =>
  others.length === 0 &&
  [sections, utterances, silence].every(
    ({ added, changed, removed }) => added.length + changed.length + removed.length === 0,
  )

function compareSections(before: KnowledgeContent, after: KnowledgeContent): Changes<NamedSection> {
  const [old, now] = [sectionsOf(before), sectionsOf(after)]
  const name = ({ key, title }: Section): NamedSection => ({ key, title })
  const isOther = (section: Section): boolean => {
    const was = old.get(section.key)
    return was !== undefined && wordsOf(was) !== wordsOf(section)
  }
  return {
    added: [...now.values()].filter(({ key }) => !old.has(key)).map(name),
    changed: [...now.values()].filter(isOther).map(name),
    removed: [...old.values()].filter(({ key }) => !now.has(key)).map(name),
  }
}

const sectionsOf = ({ guides }: KnowledgeContent): ReadonlyMap<string, Section> =>
  new Map(guides.flatMap(({ sections }) => sections).map((section) => [section.key, section]))

/** Where it stands in the file is no difference. */
const wordsOf = ({ file: _file, line: _line, ...words }: Section): string => JSON.stringify(words)

const utterancesOf = ({ intents }: KnowledgeContent): readonly OwnedText[] =>
  intents.flatMap(({ id, sectionKey, utterances, learned = [], automatic }) =>
    [...(automatic ? [] : utterances), ...learned].map((text) => ({ owner: sectionKey ?? id, text })),
  )

const silenceOf = ({ silence }: KnowledgeContent): readonly OwnedText[] =>
  silence.map(({ kind, text }) => ({ owner: kind, text }))

// Beyond so many, looking for the old form of each sentence takes longer than it tells.
const MAX_PAIRED = 300
/** Share of character pairs in common from which a sentence is the old one reworded. */
const REWORDED = 0.5

function compareTexts(before: readonly OwnedText[], after: readonly OwnedText[]): Changes<OwnedText> {
  const idOf = ({ owner, text }: OwnedText): string => `${owner}\n${text}`
  const [old, now] = [new Set(before.map(idOf)), new Set(after.map(idOf))]
  const added = after.filter((item) => !old.has(idOf(item)))
  const removed = before.filter((item) => !now.has(idOf(item)))
  if (added.length > MAX_PAIRED || removed.length > MAX_PAIRED) return { added, changed: [], removed }
  const gone = new Set(removed)
  const changed = added.filter((item) => {
    const was = [...gone].find(({ owner, text }) => owner === item.owner && likeness(text, item.text) >= REWORDED)
    return was !== undefined && gone.delete(was)
  })
  return { added: added.filter((item) => !changed.includes(item)), changed, removed: [...gone] }
}

function likeness(one: string, other: string): number {
  const [a, b] = [pairsOf(one), pairsOf(other)]
  const common = [...a].filter((pair) => b.has(pair)).length
  return common / Math.max(1, a.size + b.size - common)
}

function pairsOf(text: string): ReadonlySet<string> {
  const chars = Array.from(text)
  return new Set(chars.slice(1).map((char, index) => chars[index]! + char))
}

function compareOthers(before: KnowledgeContent, after: KnowledgeContent): readonly string[] {
  const facts = ({ intents, concepts }: KnowledgeContent): ReadonlyMap<string, string> =>
    new Map([
      ...concepts.map(({ id, words }) => [`concepts: ${id}`, JSON.stringify(words)] as const),
      ...intents
        .filter(({ automatic }) => !automatic)
        .map(({ id, title, noticeMarks }) => [id, JSON.stringify([title, noticeMarks])] as const),
    ])
  const [old, now] = [facts(before), facts(after)]
  return [...new Set([...old.keys(), ...now.keys()])].filter((id) => old.get(id) !== now.get(id))
}
