import { go } from './app.js'
import { Empty, Sheet, toastError } from './parts.js'
import { post } from './store.js'
import { html, useState } from './vendor/preact.js'

/** @typedef {string | null | string[] | { choose: string, of: string[] }} FieldValue */

const TRUTH = /** @type {[string, string][]} */ ([
  ['true', '是'],
  ['false', '否'],
])
const ORIGIN = [
  ['source', '出处', 'text', '不写就是整张表的出处'],
  ['date', '核对日期', 'text', '例如 2026-11-30'],
  [
    'strength',
    '有多可靠',
    [
      ['', '和整张表一样'],
      ['S', '官方'],
      ['M', '多份转载'],
      ['W', '单个用户'],
    ],
  ],
]

/** What the fields of a row are called, and how each is filled in. @type {Record<string, any[][]>} */
const FORMS = {
  categories: [
    ['path', '类目', 'text', '后台显示的路径，例如 商家自营-酒类'],
    ['documents', '要交的资质', 'documents', '一行一项；不用交就空着'],
    ['individual', '个人主体能选', TRUTH],
    ['secondReview', '要过属地网信二审', TRUTH],
    ['words', '客户怎么叫它', 'list', '一行一个，至少两个字'],
    ['for', '用在哪里', 'text', '一句话：卖什么、做什么用它'],
    ['note', '提醒', 'text', '可以不写'],
    ['notice', '驳回通知里的写法', 'list', '一行一个，照抄原话'],
    ...ORIGIN,
  ],
  notOpen: [
    ['name', '名字', 'text', ''],
    ['words', '客户怎么叫它', 'list', '一行一个'],
    ['advice', '怎么答', 'text', ''],
    ...ORIGIN,
  ],
  noRow: [
    ['name', '名字', 'text', ''],
    ['words', '客户怎么叫它', 'list', '一行一个'],
    ['rows', '可以选的类目', 'list', '一行一个路径'],
    ['advice', '怎么答', 'text', ''],
    ...ORIGIN,
  ],
  rejections: [
    ['number', '编号', 'text', '通知里的编号，例如 2.1'],
    ['list', '在哪份文件', 'text', '常见拒绝情形，或平台运营规范'],
    ['title', '短标题', 'text', ''],
    ['marks', '通知里的原话', 'list', '一行一段，一字不差'],
    ['meaning', '意思', 'text', '一句人话，40 字以内'],
    ['customer', '客户要做的', 'list', '一行一件，最多三行'],
    ['vendor', '厂商要做的', 'nullable', '不用厂商就空着'],
    [
      'actor',
      '谁来改',
      [
        ['customer', '客户自己改'],
        ['vendor', '等厂商改'],
        ['both', '客户先做，做不了交厂商'],
      ],
    ],
    ['sections', '对应的小节', 'list', '一行一个编号，没有就空着'],
    ['ask', '客户怎么说起它', 'list', '一行一种说法'],
    ...ORIGIN,
  ],
}
const DOCUMENT_CHOICES = [['all', '每一项都要'], ...[1, 2, 3].map((count) => [String(count), `任选 ${count} 项`])]

/** @param {FieldValue | undefined} value */
const asLines = (value) => (Array.isArray(value) ? value.join('\n') : typeof value === 'string' ? value : '')
/** @param {string} text */
const toLines = (text) => text.split('\n').filter((line) => line.trim() !== '')
/** @param {string} list @param {string} name */
const labelOf = (list, name) => FORMS[list]?.find(([field]) => field === name)?.[1] ?? name

/** Problems by the field that they stand under; those of no field by the empty name. @param {any} row @param {any[]} problems @returns {Map<string, any[]>} */
function problemsByField(row, problems) {
  const begins = Object.entries(row.lines).sort(([, a], [, b]) => b - a)
  const found = new Map()
  for (const problem of problems) {
    const missing = /^缺少“(\w+)”/.exec(problem.message)?.[1]
    const name = missing ?? begins.find(([, line]) => problem.line >= line)?.[0] ?? ''
    const place = FORMS[row.list]?.some(([field]) => field === name) ? name : ''
    found.set(place, [...(found.get(place) ?? []), problem])
  }
  return found
}

/**
 * A row of a table, a field a line: what is wrong with one stands under it.
 *
 * @param {{ row: any, file: string, problems: any[], pending: Record<string, FieldValue>, mayEdit: boolean, change: (name: string, value: FieldValue) => void }} props
 */
export function RowForm({ row, file, problems, pending, mayEdit, change }) {
  const values = { ...row.fields, ...pending }
  const wrong = problemsByField(row, problems)
  const say = (/** @type {any} */ { message, line, remedy, severity }) =>
    html`<p class="field-problem" data-severity=${severity}>${file}:${line} ${message.replace(/“([A-Za-z]+)”/g, (/** @type {string} */ _, /** @type {string} */ name) => `“${labelOf(row.list, name)}”`)}。${/^[^A-Za-z]*$/.test(remedy) ? remedy : ''}</p>`
  return html`<form class="form row-form" id="row-form" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    ${(wrong.get('') ?? []).map(say)}
    ${FORMS[row.list]?.map(
      ([
        name = '',
        label,
        kind,
        hint,
      ]) => html`<div class="row-field" data-field=${name} data-wrong=${String(wrong.has(name))}>
      <label><span>${label}${hint ? html` <small>${hint}</small>` : ''}</span>
        <${Field} kind=${kind} value=${values[name]} isReadOnly=${!mayEdit} label=${label} change=${(/** @type {FieldValue} */ value) => change(name, value)} />
      </label>${(wrong.get(name) ?? []).map(say)}
    </div>`,
    )}
  </form>`
}

/** @param {{ kind: any, value: any, isReadOnly: boolean, label: string, change: (value: FieldValue) => void }} props */
function Field({ kind, value, isReadOnly, label, change }) {
  const lines = (/** @type {any} */ shown, /** @type {(lines: string[]) => void} */ take) =>
    html`<textarea class="field" rows=${Math.min(8, Math.max(2, asLines(shown).split('\n').length))} value=${asLines(shown)} readonly=${isReadOnly} aria-label=${label} spellcheck=${false} onInput=${(/** @type {any} */ event) => take(toLines(event.target.value))}></textarea>`
  const choice = (
    /** @type {string[][]} */ options,
    /** @type {string} */ chosen,
    /** @type {(value: string) => void} */ take,
  ) =>
    html`<select class="field" disabled=${isReadOnly} value=${chosen} aria-label=${label} onChange=${(/** @type {any} */ event) => take(event.target.value)}>${!options.some(([option]) => option === chosen) && html`<option value=${chosen}>${chosen || '选一个'}</option>`}${options.map(([option, words]) => html`<option value=${option}>${words}</option>`)}</select>`
  if (Array.isArray(kind)) return choice(kind, value ?? '', change)
  if (kind === 'list') return lines(value, change)
  if (kind === 'documents') {
    const { choose = 'all', of = [] } = value ?? {}
    return html`${choice(DOCUMENT_CHOICES, choose, (next) => change({ choose: next, of }))}${lines(of, (next) => change({ choose, of: next }))}`
  }
  // A long sentence is read whole.
  return html`<textarea class="field" rows=${(value ?? '').length > 24 ? 2 : 1} value=${value ?? ''} readonly=${isReadOnly} aria-label=${label} spellcheck=${false} onInput=${(
    /** @type {any} */ event,
  ) => {
    const text = event.target.value.replace(/\n/g, ' ')
    change(kind === 'nullable' && text.trim() === '' ? null : text)
  }}></textarea>`
}

/** @param {{ tables: any[], current: string, mayEdit: boolean, line: (one: any) => any, onDone: () => Promise<void> }} props */
export function Tables({ tables, current, mayEdit, line, onDone }) {
  const [q, setQ] = useState('')
  const [isNew, setNew] = useState(false)
  const shown = tables
    .map((table) => ({
      ...table,
      rows: table.rows.filter((/** @type {any} */ one) => q === '' || one.title.includes(q)),
    }))
    .filter(({ rows }) => rows.length > 0)
  return html`<div class="pad answer-find">
      <input class="field" type="search" value=${q} placeholder="找一行" aria-label="找一行" onInput=${(/** @type {any} */ event) => setQ(event.target.value)} />
      ${mayEdit && tables.length > 0 && html`<button type="button" class="button small" id="add-row" onClick=${() => setNew(true)}>＋一行</button>`}
    </div>
    ${shown.map(({ list, title, rows }) => {
      const isOpen = q !== '' || rows.some((/** @type {any} */ one) => one.key === current || one.isEdited)
      return html`<details key=${`${list} ${isOpen}`} open=${isOpen} data-list=${list}><summary>${title} <small>${rows.length}</small></summary>${rows.map(line)}</details>`
    })}
    ${shown.length === 0 && html`<${Empty} title=${q === '' ? '还没有表格。' : '没有符合的。'} />`}
    ${isNew && html`<${NewRow} tables=${tables} onClose=${() => setNew(false)} onDone=${onDone} />`}`
}

const NAMES = {
  categories: '类目的路径，例如 商家自营-酒类',
  notOpen: '叫什么',
  noRow: '叫什么',
  rejections: '通知里的编号，例如 2.1',
}

/** @param {{ tables: any[], onClose: () => void, onDone: () => Promise<void> }} props */
function NewRow({ tables, onClose, onDone }) {
  const [list, setList] = useState(/** @type {keyof typeof NAMES} */ (tables[0].list))
  const [name, setName] = useState('')
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault()
    try {
      const { key } = await post('/api/rows', { list, name })
      await onDone()
      onClose()
      go(`/knowledge/${encodeURIComponent(key)}`)
    } catch (failed) {
      toastError(failed)
    }
  }
  return html`<${Sheet} title="＋一行" onClose=${onClose}><form class="form" onSubmit=${save}>
    <label>加到哪张表<select class="field" id="row-list" value=${list} onChange=${(/** @type {any} */ event) => setList(event.target.value)}>${tables.map((one) => html`<option value=${one.list}>${one.title}</option>`)}</select></label>
    <label>${NAMES[list]}<input class="field" id="row-name" required maxlength="80" value=${name} onInput=${(/** @type {any} */ event) => setName(event.target.value)} /></label>
    <div class="buttons end"><button type="button" class="button" onClick=${onClose}>先不加</button><button type="submit" class="button primary" id="row-save">往下填</button></div>
  </form></${Sheet}>`
}
