import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml'

/** A golden question as its author writes it. `expect`: a section's key, `card:<id>`, or silence, human, unknown, courtesy. */
interface GoldenQuestion {
  readonly question: string
  readonly heard: 'asked' | 'overheard'
  readonly expect: string
}

/** `was`: the one that is changed; absent for a new one. Without `becomes` it is removed. */
export interface GoldenChange {
  readonly was?: Pick<GoldenQuestion, 'question' | 'heard'> | undefined
  readonly becomes?: GoldenQuestion | undefined
}

/**
 * Changes one question of `golden.yaml` and leaves all else, remarks too, as its authors wrote it.
 *
 * @returns the new text, or why it can't be done, in Chinese
 */
export function changeGolden(
  text: string,
  { was, becomes }: GoldenChange,
): { readonly text: string } | { readonly problem: string } {
  const document = parseDocument(text === '' ? 'questions: []\n' : text, { schema: 'failsafe' })
  const list = document.get('questions')
  if (document.errors.length > 0 || !isSeq(list)) return { problem: say.broken }
  const items = list.items as YAMLMap[]
  const at = was ? items.findIndex((item) => isMap(item) && isThis(item, was)) : -1
  if (was && at < 0) return { problem: say.gone }
  if (becomes && items.some((item, index) => index !== at && isMap(item) && isThis(item, becomes)))
    return { problem: say.double }
  if (!becomes) {
    // The remark above the first of a group belongs to the group.
    const [remark, next] = [items[at]?.commentBefore, items[at + 1]]
    if (remark && next) next.commentBefore = [remark, next.commentBefore].filter(Boolean).join('\n')
    items.splice(at, 1)
    return { text: document.toString({ lineWidth: 0 }) }
  }
  const written = document.createNode(asWritten(becomes)) as YAMLMap
  if (at >= 0) {
    written.commentBefore = items[at]?.commentBefore ?? null
    items[at] = written
  } else items.push(written)
  return { text: document.toString({ lineWidth: 0 }) }
}

const isThis = (item: YAMLMap, { question, heard }: Pick<GoldenQuestion, 'question' | 'heard'>): boolean =>
  wordsOf(item, 'question') === question && (wordsOf(item, 'heard') ?? 'asked') === heard

function wordsOf(item: YAMLMap, key: string): string | undefined {
  const value = item.get(key, true)
  return isScalar(value) ? String(value.value).trim() : undefined
}

const asWritten = ({ question, heard, expect }: GoldenQuestion) => ({
  question,
  ...(heard === 'overheard' && { heard }),
  expect: expect.startsWith('card:') ? { card: expect.slice('card:'.length) } : expect,
})

const say = {
  broken: '必答题文件的格式不对，先运行 npm run knowledge 看看。',
  gone: '这道题刚被别人改了，请刷新再试。',
  double: '已经有这道题了。',
} as const
