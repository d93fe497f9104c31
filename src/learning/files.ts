import { readdir, readFile, rm } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { KnowledgeError } from '../errors.js'
import { errorAt } from '../model/knowledge.js'
import type { TeachingTarget, Undo } from '../model/stores.js'
import { writeDurably } from '../store/json-file.js'

const ANSWERS_FILE = join('knowledge', 'qa.md')
const ANSWERS_GUIDE = 'qa'
const SILENCE_FILE = 'silence.yaml'
const INTENT = /\.ya?ml$/i

/** A file before a change; undefined where there was none. */
interface Before {
  readonly path: string
  readonly text: string | undefined
}

/**
 * What people taught in the chat, in `<dataDir>/learned`, readable and editable like any author's: one YAML file an
 * intent, and one guide of accepted answers. Each method throws a KnowledgeError when a file can't be read or written;
 * nothing is changed then.
 */
export class LearnedFolder {
  readonly #dir: string

  constructor(dir: string) {
    this.#dir = dir
  }

  /** Adds sentences, and takes those that mean the same out of all other files. Resolves when that is on disk. */
  async teach(target: TeachingTarget, sentences: readonly string[], isSame: (text: string) => boolean): Promise<Undo> {
    const path = join(this.#dir, fileOf(target))
    const changes: { before: Before; text: string | undefined }[] = []
    const names = await readdir(this.#dir).catch(() => [])
    for (const name of new Set([...names.filter((one) => INTENT.test(one)), fileOf(target)])) {
      const before = await this.#read(join(this.#dir, name))
      const document = parse(before, name === fileOf(target))
      if (!document) continue
      const isChanged = takeOut(document, isSame)
      if (before.path === path) putIn(document, target, sentences)
      else if (!isChanged) continue
      changes.push({
        before,
        text: before.path === path || holdsAny(document) ? document.toString({ lineWidth: 0 }) : undefined,
      })
    }
    return this.#write(changes)
  }

  /** Takes sentences out of all files. @returns undefined when none was there */
  async takeOut(isSame: (text: string) => boolean): Promise<Undo | undefined> {
    const changes: { before: Before; text: string | undefined }[] = []
    for (const name of await readdir(this.#dir).catch(() => [])) {
      if (!INTENT.test(name)) continue
      const before = await this.#read(join(this.#dir, name))
      const document = parse(before, false)
      if (!document || !takeOut(document, isSame)) continue
      changes.push({ before, text: holdsAny(document) ? document.toString({ lineWidth: 0 }) : undefined })
    }
    return changes.length === 0 ? undefined : this.#write(changes)
  }

  /** Adds a section with its question. @returns also the section's key */
  async addAnswer({ number, question, lines }: { number: number; question: string; lines: readonly string[] }) {
    const before = await this.#read(join(this.#dir, ANSWERS_FILE))
    const section = `## ${number}. ${headingOf(question)}\n\n${lines.map(asProse).join('\n\n')}\n`
    const undoGuide = await this.#write([
      { before, text: `${(before.text ?? learnedFilePhrases.answersHead(ANSWERS_GUIDE)).trimEnd()}\n\n${section}` },
    ])
    const target: TeachingTarget = {
      kind: 'section',
      key: `${ANSWERS_GUIDE}/${number}`,
      guideId: ANSWERS_GUIDE,
      ownKey: String(number),
      intentId: `${ANSWERS_GUIDE}-${number}`,
      title: headingOf(question),
    }
    try {
      const undoSentence = await this.teach(target, [question], (text) => text === question)
      const undo = async (): Promise<void> => {
        await undoSentence()
        await undoGuide()
      }
      return { sectionKey: target.key, undo }
    } catch (error) {
      await undoGuide()
      throw error
    }
  }

  async #read(path: string): Promise<Before> {
    try {
      return { path, text: await readFile(path, 'utf8') }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { path, text: undefined }
      throw refusal(path, 0, learnedFilePhrases.unreadable)
    }
  }

  async #write(changes: readonly { readonly before: Before; readonly text: string | undefined }[]): Promise<Undo> {
    const done: Before[] = []
    const undo = async (): Promise<void> => {
      for (const { path, text } of done.toReversed()) await put(path, text)
    }
    for (const { before, text } of changes) {
      try {
        await put(before.path, text)
        done.push(before)
      } catch {
        await undo().catch(() => undefined) // the disk that refuses the change may refuse its undoing, too
        throw refusal(before.path, 0, learnedFilePhrases.unwritable)
      }
    }
    return undo
  }
}

const put = (path: string, text: string | undefined): Promise<void> =>
  text === undefined ? rm(path, { force: true }) : writeDurably(path, text)

/** Ids are authors' words: what could leave the folder, becomes a dash. */
function fileOf(target: TeachingTarget): string {
  if (target.kind === 'silence') return SILENCE_FILE
  if (target.kind === 'human') return 'human.yaml'
  const name = target.intentId.startsWith('auto:') ? `${target.guideId}-${target.ownKey}` : target.intentId
  const safe = name
    .replace(/[^\p{L}\p{N}.-]+/gu, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 80)
  // These names mean something else to the reader of intents.
  return /^(?:silence|human|concepts|golden|held-out|conversations)?$/.test(safe)
    ? `intent-${safe}.yaml`
    : `${safe}.yaml`
}

/** @returns undefined for a file that is broken and not the one to write to: its author has to mend it */
function parse({ path, text }: Before, isWanted: boolean): Document | undefined {
  const document = parseDocument(text ?? '{}\n', { schema: 'failsafe' })
  const [error] = document.errors
  const isList = document.contents === null || isMap(document.contents)
  if (!error && isList) return document
  if (!isWanted) return undefined
  throw refusal(path, error?.linePos?.[0].line ?? 1, learnedFilePhrases.broken)
}

const LISTS = [['utterances'], ['plain', 'taught'], ['hard', 'taught']] as const

/** @returns whether anything was there to take out */
function takeOut(document: Document, isSame: (text: string) => boolean): boolean {
  return LISTS.map((path) => {
    const list = document.getIn(path)
    if (!isSeq(list)) return false
    const before = list.items.length
    list.items = list.items.filter((item) => !(isScalar(item) && isSame(String(item.value))))
    if (list.items.length === 0) document.deleteIn(path)
    return list.items.length < before
  }).some(Boolean)
}

const holdsAny = (document: Document): boolean => LISTS.some((path) => document.hasIn(path))

function putIn(document: Document, target: TeachingTarget, sentences: readonly string[]): void {
  const path = target.kind === 'silence' ? ['hard', 'taught'] : ['utterances']
  if (isMap(document.contents)) document.contents.flow = false
  if (document.contents === null || (isMap(document.contents) && document.contents.items.length === 0)) {
    document.commentBefore = learnedFilePhrases.fileHead
  }
  if (target.kind === 'human') document.setIn(['id'], 'human')
  if (target.kind === 'section' && !document.has('section')) {
    document.setIn(['id'], target.intentId)
    document.setIn(['guide'], target.guideId)
    document.setIn(['section'], target.ownKey)
    document.setIn(['title'], target.title)
  }
  if (!isSeq(document.getIn(path))) document.setIn(path, document.createNode([]))
  for (const sentence of sentences) document.addIn(path, document.createNode(sentence))
}

const headingOf = (question: string): string =>
  question
    .replace(/\s+/g, ' ')
    .replace(/[[\]#<>`*_{}\\]/g, '')
    .trim()
    .slice(0, 60)

/** Steps stay steps; what else Markdown would make something of, stays as it was written. */
const asProse = (line: string): string =>
  line
    .trim()
    .replace(/^[#>=|`~:]/, '\\$&')
    .replace(/[<{]/g, '\\$&')

function refusal(
  path: string,
  line: number,
  { message, remedy }: { readonly message: string; readonly remedy: string },
) {
  const near = relative(process.cwd(), path)
  const file = near.startsWith('..') ? path : near.replaceAll(sep, '/')
  return new KnowledgeError([errorAt({ file, line }, message, remedy)])
}

/** What people read in the files of what was taught, and about them. */
const learnedFilePhrases = {
  fileHead: ' 在聊天里教会的说法。可以改，可以删；改完说“重载”。',
  answersHead: (id: string): string =>
    ['---', '# 采纳的结单说明。可以改，可以删；改完说“重载”。', `id: ${id}`, 'title: 同事答过的问题', '---'].join('\n'),
  unreadable: { message: '文件打不开', remedy: '检查权限' },
  unwritable: { message: '文件写不进去', remedy: '检查权限和磁盘空间' },
  broken: { message: '文件格式不对，没有改动', remedy: '运行 npm run knowledge 查看，改好再教' },
} as const
