import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type OpenReleases, openReleases, type ReleasesSetup } from '../../../src/releases/open.js'
import { capturedLog } from '../captured-log.js'

const GUIDE = `---
id: fasttest
title: 小指南
---

# 小指南

## 1、填写说明

1. 点“填写”。
2. 选“包含”。

## 2、等多久

1. 要等八天。

## 3、找类目

1. 在设置里。
`

const utterances = (id: string, section: string, lines: readonly string[]): string =>
  `id: ${id}\nsection: "${section}"\nutterances:\n${lines.map((line) => `  - ${line}\n`).join('')}`

const FILES: Readonly<Record<string, string>> = {
  'knowledge/guide.md': GUIDE,
  'intents/fill.yaml': utterances('fill', '1', [
    '说明怎么填',
    '那个说明怎么填写',
    '填写说明的地方',
    '弹窗说明怎么填',
    '怎么填说明',
  ]),
  'intents/days.yaml': utterances('days', '2', ['审核要多久', '要等多久', '审核几天能好', '多久能审完', '等几天']),
  'intents/category.yaml': utterances('category', '3', [
    '类目在哪里',
    '哪里找类目',
    '找不到类目',
    '类目在哪找',
    '类目怎么找',
  ]),
  'intents/silence.yaml': `plain:\n  general:\n${['早上好', '吃了吗', '谢谢', '下班了', '好的呢', '辛苦了'].map((line) => `    - ${line}\n`).join('')}`,
  'intents/golden.yaml': `questions:
  - question: 说明怎么填
    expect: "1"
  - question: 审核要多久
    expect: "2"
  - question: 早上好
    heard: overheard
    expect: silence
`,
}

/** A knowledge base of three sections on disk, for releases that take no time. */
export class SmallKnowledge {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
    for (const [path, text] of Object.entries(FILES)) this.write(path, text)
  }

  path(path: string): string {
    return join(this.folder, path)
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true })
    writeFileSync(this.path(path), text)
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8')
  }

  edit(path: string, from: string, to: string): void {
    const text = this.read(path)
    if (!text.includes(from)) throw new Error(`${path} lacks ${from}`)
    this.write(path, text.replace(from, to))
  }

  /** Starts as the bot does; every start is one of a new process. */
  async open(facts: Partial<ReleasesSetup> = {}): Promise<OpenReleases> {
    return openReleases({
      paths: {
        ...{ knowledgeDir: this.path('knowledge'), intentsDir: this.path('intents') },
        ...{ learnedDir: this.path('data/learned'), cacheDir: this.path('data/cache') },
        ...{ releasesDir: this.path('data/releases'), illustrationsDir: this.path('none'), hasDocsSite: false },
      },
      limits: { goldenMayLose: 0, heldOutMayLosePoints: 1, wrongMayGainPoints: 0.5 },
      ...{ timeoutSeconds: 60, isRestart: false, clock: { now: () => Date.now() }, log: capturedLog().log },
      ...facts,
    })
  }
}
