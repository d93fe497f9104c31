import { createHash } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { tellSection } from '../evaluate/explain.js'
import type { AuthorsFile, KnowledgeFolder } from '../knowledge/files.js'
import { parseGuide } from '../knowledge/guide/parse.js'
import { qualifyKeys } from '../knowledge/keys.js'
import { ReadingMemory } from '../knowledge/read.js'
import type { Guide, Problem, Section } from '../model/knowledge.js'
import { type Clock, type DurableList, failed, type Log, type Orderer, type Report } from '../model/ports.js'
import type { Party } from '../model/ticket.js'
import type { KnowledgeSnapshot } from '../model/understanding.js'
import { writeDurably } from '../store/json-file.js'
import { openRecords } from '../store/records.js'

/** What somebody has begun to change of a section; nothing of it is live. */
export interface Edit {
  readonly key: string
  /** The whole section, from its heading on. */
  readonly markdown: string
  /** Of the section as it stood on disk when the edit was begun. */
  readonly baseHash: string
  readonly by: string
  readonly atMs: number
}

/** Edits as they stand on disk. */
const storedEdits: z.ZodType<readonly Edit[]> = z.array(
  z.strictObject({ key: z.string(), markdown: z.string(), baseHash: z.string(), by: z.string(), atMs: z.number() }),
)

/** What was begun lies in a file of its own; a damaged one is refused, nothing in it is thrown away. */
export const openEdits = ({ dataDir, log }: { readonly dataDir: string; readonly log: Pick<Log, 'error'> }) =>
  openRecords<Edit>(join(dataDir, 'edits.json'), { schema: storedEdits, log })

export interface SectionView {
  readonly key: string
  readonly title: string
  readonly file: string
  /** Of its heading in the file, 1-based. */
  readonly line: number
  /** As it stands on disk. */
  readonly markdown: string
  readonly hash: string
  readonly edit: Edit | null
  /** Of the edit where there is one; lines count from the beginning of the file. */
  readonly problems: readonly Problem[]
  /** What a customer would be told who asks for it, bubble by bubble. */
  readonly bubbles: readonly { readonly text: string; readonly picture?: string }[]
}

export interface KnowledgeTree {
  readonly guides: readonly {
    readonly title: string
    readonly file: string
    readonly sections: readonly { readonly key: string; readonly title: string; readonly isEdited: boolean }[]
  }[]
  readonly edits: readonly Edit[]
  readonly isReadOnly: boolean
}

export interface EditorParts {
  readonly folder: KnowledgeFolder
  readonly list: DurableList<Edit>
  readonly snapshot: () => KnowledgeSnapshot
  /** As any other reload: examined, and refused where it does worse. */
  readonly reload: (order: ReleaseOrder) => Promise<Report>
  readonly clock: Clock
}

export interface ReleaseOrder {
  readonly by: Orderer
  /** Also when the golden questions get worse. */
  readonly force: boolean
}

interface Place {
  readonly file: AuthorsFile
  readonly section: Section
  readonly markdown: string
  /** Lines of the file, from 0; `to` is not included. */
  readonly from: number
  readonly to: number
}

/**
 * Edits the sections of the guides as drafts, which lie on the server and are never live before they are released. A
 * release writes them to the authors' files and reloads; what a reload refuses is taken out of the files again.
 */
export class KnowledgeEditor {
  readonly #parts: EditorParts
  readonly #memory = new ReadingMemory()

  constructor(parts: EditorParts) {
    this.#parts = parts
  }

  async tree(): Promise<KnowledgeTree> {
    const { list } = this.#parts
    const edits = list.records()
    const guides = await this.#guides()
    return {
      guides: guides.map(({ guide }) => ({
        ...{ title: guide.title, file: guide.file },
        sections: guide.sections.map(({ key, title }) => ({
          ...{ key, title, isEdited: edits.some((edit) => edit.key === key) },
        })),
      })),
      edits,
      isReadOnly: guides.some(({ file }) => !isWritable(file.file)),
    }
  }

  /** @returns undefined where there is no such section on disk */
  async section(key: string): Promise<SectionView | undefined> {
    const place = await this.#find(key)
    return place && this.#view(place, this.#editOf(key))
  }

  /** Keeps a draft. @returns also what stands on disk now; `isKept: false` when that is not what it was made from */
  async keep(
    key: string,
    { markdown, baseHash }: Pick<Edit, 'markdown' | 'baseHash'>,
    by: Party,
  ): Promise<{ readonly isKept: boolean; readonly view: SectionView } | undefined> {
    const { list, clock } = this.#parts
    const place = await this.#find(key)
    if (!place) return undefined
    if (hashOf(place.markdown) !== baseHash) return { isKept: false, view: this.#view(place, this.#editOf(key)) }
    const others = list.records().filter((edit) => edit.key !== key)
    const edit: Edit = { key, markdown, baseHash, by: by.name, atMs: clock.now() }
    await list.save(markdown === place.markdown ? others : [...others, edit])
    return { isKept: true, view: this.#view(place, markdown === place.markdown ? undefined : edit) }
  }

  async drop(key: string): Promise<void> {
    const { list } = this.#parts
    await list.save(list.records().filter((edit) => edit.key !== key))
  }

  /** Writes all drafts to the authors' files and takes them into use, or leaves both as they were. */
  async release({ by, force }: ReleaseOrder): Promise<Report> {
    const { list, reload } = this.#parts
    const edits = list.records()
    if (edits.length === 0) return failed(say.nothing)
    const changed = new Map<string, { readonly before: string; readonly places: { place: Place; edit: Edit }[] }>()
    for (const edit of edits) {
      const place = await this.#find(edit.key)
      if (!place) return failed(say.gone(edit.key))
      // Written by a release that a kill has cut: the same words may be written again.
      const isSame = hashOf(place.markdown) === edit.baseHash || place.markdown === edit.markdown
      if (!isSame) return failed(say.changedOnDisk(edit.key))
      const of = changed.get(place.file.file) ?? { before: place.file.text, places: [] }
      of.places.push({ place, edit })
      changed.set(place.file.file, of)
    }
    const files = [...changed].map(([file, { before, places }]) => ({ file, before, after: withEdits(before, places) }))
    try {
      for (const { file, after } of files) await writeDurably(resolve(file), after)
    } catch {
      await restore(files)
      return failed(say.unwritable)
    }
    const report = await reload({ by, force })
    if (report.ok) await list.save([])
    else await restore(files)
    return report.ok ? report : failed(`${report.text}\n${say.keptAsDraft}`)
  }

  #editOf = (key: string): Edit | undefined => this.#parts.list.records().find((edit) => edit.key === key)

  async #guides(): Promise<readonly { readonly guide: Guide; readonly file: AuthorsFile }[]> {
    const files = (await this.#parts.folder.readGuides()).filter(isGuide)
    const guides = qualifyKeys(
      files.map((file) => this.#memory.of(file, parseGuide).guide),
      [],
    )
    return guides.flatMap((guide) => {
      const file = files.find((one) => one.file === guide.file)
      return file ? [{ guide, file }] : []
    })
  }

  async #find(key: string): Promise<Place | undefined> {
    for (const { guide, file } of await this.#guides()) {
      const section = guide.sections.find((one) => one.key === key)
      if (section) return placeOf(section, guide, file)
    }
    return undefined
  }

  #view(place: Place, edit: Edit | undefined): SectionView {
    const { snapshot, clock } = this.#parts
    const { file, section, markdown, from } = place
    const text = edit ? withEdits(file.text, [{ place, edit }]) : file.text
    const lineCount = (edit?.markdown ?? markdown).split('\n').length
    const { guide, problems } = parseGuide({ file: file.file, text })
    const edited = guide.sections.find(({ line }) => line === section.line) ?? section
    const now = snapshot()
    const told = { ...edited, key: section.key, guideId: section.guideId }
    const withIt: KnowledgeSnapshot = { ...now, sections: new Map(now.sections).set(section.key, told) }
    return {
      ...{ key: section.key, title: edited.title, file: file.file, line: section.line, markdown },
      hash: hashOf(markdown),
      edit: edit ?? null,
      problems: problems.filter(({ line }) => line > from && line <= from + lineCount),
      bubbles: tellSection(section.key, withIt, clock.now()),
    }
  }
}

/** Short answers stand in files of their own kind, what was taught in the chat is edited there. */
const isGuide = ({ kept }: AuthorsFile): boolean => kept.startsWith('knowledge/') && !/(?:^|\/)answers\//.test(kept)

function placeOf(section: Section, guide: Guide, file: AuthorsFile): Place {
  const lines = file.text.split('\n')
  const next = guide.sections.map(({ line }) => line).filter((line) => line > section.line)
  const from = section.line - 1
  const to = next.length > 0 ? Math.min(...next) - 1 : lines.length
  return { file, section, from, to, markdown: lines.slice(from, to).join('\n') }
}

/** From the end to the beginning, so that the lines of those before stay where they are. */
function withEdits(text: string, edits: readonly { readonly place: Place; readonly edit: Edit }[]): string {
  const lines = text.split('\n')
  for (const { place, edit } of edits.toSorted((a, b) => b.place.from - a.place.from))
    lines.splice(place.from, place.to - place.from, ...edit.markdown.split('\n'))
  return lines.join('\n')
}

async function restore(files: readonly { readonly file: string; readonly before: string }[]): Promise<void> {
  for (const { file, before } of files) {
    const path = resolve(file)
    if ((await readFile(path, 'utf8')) !== before) await writeDurably(path, before)
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

function isWritable(file: string): boolean {
  try {
    accessSync(resolve(file), constants.W_OK)
    return true
  } catch {
    return false
  }
}

const say = {
  nothing: '没有改过的小节。',
  gone: (key: string): string => `小节 ${key} 在文件里找不到了，先看看文件是不是被别人改过。`,
  changedOnDisk: (key: string): string => `小节 ${key} 的文件刚被别人改过，打开这一节看看两边有什么不同，再发布。`,
  unwritable: '文件写不进去，没有发布：请检查权限和磁盘空间。',
  keptAsDraft: '改动还留着，是草稿。',
} as const
