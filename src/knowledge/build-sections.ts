import type { Problem, Section } from '../model/knowledge.js'
import { toChatTokens } from './chat-tokens.js'
import type { RawSection } from './cut-sections.js'
import type { AdmonitionOpening } from './mark-admonitions.js'
import { assembleBody, type SectionBody } from './section-body.js'
import { assignKeys, type KeyedHeading } from './section-keys.js'

export interface SectionSource {
  /** First the introduction, then every heading. */
  readonly sections: readonly [RawSection, ...RawSection[]]
  readonly openings: readonly AdmonitionOpening[]
  readonly guideId: string
  readonly file: string
  readonly titles: readonly string[]
  readonly timelines: ReadonlyMap<string, string>
}

interface Draft {
  readonly keyed: KeyedHeading
  readonly raw: RawSection
  readonly body: SectionBody
}

const INTRO_KEY = '0'
// More is no answer for a phone.
const MAX_POINTERS = 20

/** Turns headings and their blocks into sections; headings that only group others are left out. */
export function buildSections(source: SectionSource): {
  readonly sections: readonly Section[]
  readonly problems: readonly Problem[]
} {
  const [intro, ...headed] = source.sections
  const problems: Problem[] = []
  const read = (raw: RawSection, title: string): SectionBody => {
    const { titles, file, timelines } = source
    const tokens = toChatTokens(raw.blocks, source.openings)
    const assembled = assembleBody(tokens, { file, timelines, titles: [...titles, title, raw.heading] })
    problems.push(...assembled.problems)
    return assembled.body
  }
  const introBody = read(intro, intro.heading)
  const hasIntro = hasContent(introBody)
  const keys = assignKeys(
    headed.map(({ depth, heading }) => ({ depth, text: heading })),
    hasIntro ? [INTRO_KEY] : [],
  )
  const drafts = headed.map((raw, index): Draft => ({ keyed: keys[index]!, raw, body: read(raw, keys[index]!.title) }))
  const kept = findKept(drafts)
  problems.push(...drafts.flatMap((draft, index) => remarks(draft, { kept: kept.has(index), file: source.file })))
  const sections = drafts.flatMap((draft, index) =>
    kept.has(index) ? [toSection(draft, { source, pointers: () => pointersOf(index, drafts, kept) })] : [],
  )
  const introduction = { keyed: { key: INTRO_KEY, title: intro.heading }, raw: intro, body: introBody }
  return { sections: hasIntro ? [toSection(introduction, { source }), ...sections] : sections, problems }
}

const hasContent = ({ parts, required, supplements, handoff }: SectionBody): boolean =>
  parts.length > 0 || required.length > 0 || supplements.length > 0 || handoff !== undefined

/** Whatever has content, and numbered headings above such: people ask for their number. */
function findKept(drafts: readonly Draft[]): ReadonlySet<number> {
  const kept = new Set<number>()
  const hasKeptBelow = new Set<number>()
  for (const [index, { keyed, body }] of [...drafts.entries()].reverse()) {
    const isKept = hasContent(body) || (keyed.numbered && hasKeptBelow.has(index))
    if (isKept) kept.add(index)
    if ((isKept || hasKeptBelow.has(index)) && keyed.parent !== undefined) hasKeptBelow.add(keyed.parent)
  }
  return kept
}

/** Lines for a section without text of its own: where its children stand. */
function pointersOf(index: number, drafts: readonly Draft[], kept: ReadonlySet<number>): readonly string[] {
  const lines: string[] = []
  for (let child = index + 1; child < drafts.length; child++) {
    const { keyed, raw } = drafts[child]!
    if (raw.depth <= drafts[index]!.raw.depth) break
    if (keyed.parent !== index || lines.length >= MAX_POINTERS) continue
    lines.push(...(kept.has(child) ? [pointerLine(keyed)] : pointersOf(child, drafts, kept)))
  }
  return lines
}

const pointerLine = ({ key, title }: Pick<KeyedHeading, 'key' | 'title'>): string => `见 ${key}：${title}`

function toSection(
  { keyed, raw, body }: { keyed: Pick<KeyedHeading, 'key' | 'title'>; raw: RawSection; body: SectionBody },
  { source, pointers = () => [] }: { source: SectionSource; pointers?: () => readonly string[] },
): Section {
  return {
    ...body,
    key: keyed.key,
    guideId: source.guideId,
    title: keyed.title,
    parts: hasContent(body) ? body.parts : [{ lines: pointers(), pictures: [] }],
    file: source.file,
    line: raw.line,
  }
}

function remarks(
  { keyed, raw }: Draft,
  { kept, file }: { readonly kept: boolean; readonly file: string },
): readonly Problem[] {
  const place = { severity: 'warning' as const, file, line: raw.line, column: 1 }
  if (keyed.numbered && /-\d+$/.test(keyed.key)) {
    return [{ ...place, message: `“${raw.heading}”的编号用过了，这一节叫 ${keyed.key}`, remedy: '换一个编号' }]
  }
  return kept || !keyed.numbered
    ? []
    : [{ ...place, message: `“${raw.heading}”下面没有内容，不会回答`, remedy: '写上内容，或删掉这个标题' }]
}
